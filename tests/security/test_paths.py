"""Nothing that is typed becomes a path: no file comes out but those that are meant to."""

from itertools import product

import given
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from stream.factory import create_app
from stream.settings import Settings, load_settings
from stream.web import assets

UP = ["..", "%2e%2e", "%252e%252e", "..%00", "....", "..;", ".%2e", "%c0%ae%c0%ae", "%uff0e%uff0e", "．．", "x/..", "~"]
BETWEEN = ["/", "%2f", "\\", "%5c", "//", "%252f", "／"]
GOALS = ["instance/secret_key", "lessons/site.toml", "etc/passwd"]
WHOLE = ["/etc/passwd", "file:///etc/passwd", "\\\\host\\share", "C:\\Windows\\win.ini", "CON", "NUL.svg", "http://x.example/x",
         "php://filter", "\0", "%00", "..%2f" * 12 + "etc/passwd", "../" * 12 + "etc/passwd%00.svg"]  # fmt: skip
SPELLINGS = [(up + between) * 3 + goal for (up, between), goal in zip(product(UP, BETWEEN), GOALS * 28, strict=True)]
PLACES = [
    "/static/x/{}", "/media/dials/{}", "/media/{}/dial.svg", "/{}/", "/en/lessons/{}",
    "/en/courses/{}", "/en/courses/{}/picture.png", "/en/tags/{}", "/en/people/{}", "/en/lessons/{}/threads/x",
    "/en/admin/lessons/{}/en/edit", "/en/admin/lessons/dial/{}/edit", "/en/admin/lessons/dial/en/revisions/{}",
    "/en/admin/statistics/files/{}.csv", "/en/admin/lessons/dial/en/edit?from={}", "/en/me/ledger?format={}",
]  # fmt: skip
NOT_THERE = """
.git/HEAD .git/config .svn/entries .env .htaccess instance/secret_key instance/stream.db stream.db
stream.toml secret_key lessons/site.toml lessons/rulebook.toml requirements.txt pyproject.toml wsgi.py backups/
static/ static/x/ static/x/css/
media/ media/dials/ media/dials/course.toml media/dials/01-encoder.en.md console metrics debug
server-status status admin graphql swagger.json openapi.json actuator/health phpinfo.php wp-login.php
_debug_toolbar/ en/metrics en/console
""".split()


@pytest.fixture
def admin(member: given.Visitor) -> given.Visitor:
    """Who may see most."""
    given.role(member.app, "minji", "admin")
    return member


def found_at(visitor: given.Visitor, address: str) -> TestResponse:
    """The answer, after slashes were merged or one was added at the end."""
    answer = visitor.client.get(address, buffered=True)
    while answer.status_code == 308:
        assert answer.location.startswith("http://localhost/"), address
        answer = visitor.client.get(answer.location, buffered=True)
    return answer


def test_no_spelling_leads_out_of_a_folder(admin: given.Visitor, settings: Settings) -> None:
    secrets = (settings.secret_key, "root:x:", "[name]", "SQLite format")
    for place, spelling in product(PLACES, (*SPELLINGS, *WHOLE)):
        answer = found_at(admin, place.format(spelling))
        assert answer.status_code == 404 or "?" in place, (place, spelling)
        assert not any(secret in answer.text for secret in secrets), (place, spelling)


def test_what_is_not_meant_for_readers_is_not_there(visitor: given.Visitor) -> None:
    assert [path for path in NOT_THERE if found_at(visitor, f"/{path}").status_code != 404] == []
    assert visitor.get("/?__debugger__=yes&cmd=resource&f=debugger.js").location == "/en/"


def test_one_file_has_one_address(visitor: given.Visitor) -> None:
    """Otherwise everybody could fill the memory with spellings."""
    digest = assets.digest("css/site.css")
    assert visitor.get(f"/static/{digest}/css/site.css").status_code == 200
    for spelling in ("css/./site.css", "css/../css/site.css", "./css/site.css", "js/../css/site.css", "CSS/site.css"):
        assert visitor.get(f"/static/{digest}/{spelling}").status_code == 404


def test_other_methods_are_refused(visitor: given.Visitor) -> None:
    for method in ("TRACE", "TRACK", "CONNECT", "DEBUG", "PROPFIND", "PUT", "DELETE", "PATCH"):
        answer = visitor.client.open("/en/sign-in", method=method, headers={"Cookie": "secret=1"})
        assert answer.status_code == 405, method
        assert "secret" not in answer.text, method


def test_no_setting_of_the_environment_makes_a_site_talk_of_itself(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    places = {"instance": settings.instance, "lessons": settings.lessons, "database_url": settings.database_url}
    app: Flask = create_app(load_settings(given.EMPTY_ENVIRONMENT, **places))
    app.add_url_rule("/fault", "fault", lambda: str(1 / 0))
    answer = given.Visitor(app).get("/fault")
    given.close(app)
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    assert "Traceback" not in answer.text
