"""What the log tells: who was let in and who was not, and nothing that would let somebody else in."""

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import replace

import given
import pytest
from flask import Flask
from smtp_server import SmtpServer, path_in
from sqlalchemy import text

from stream.accounts.resets import make_reset_link
from stream.clock import now
from stream.db import write
from stream.factory import create_app
from stream.logs import OneLine
from stream.mail.postman import Postman
from stream.settings import Settings

ADDRESS, WRONG = "minji.kim@example.org", "a wrong passphrase of hers"
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (INFO|WARNING|ERROR) [a-z._]+: .+|  \| .*")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the server would write to standard error."""
    written, root, ours = io.StringIO(), logging.getLogger(), logging.getLogger("stream")
    handler, level = logging.StreamHandler(written), ours.level
    handler.setFormatter(OneLine())
    root.addHandler(handler)
    ours.setLevel(logging.INFO)
    yield written
    ours.setLevel(level)
    root.removeHandler(handler)


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    """A mail server."""
    with SmtpServer().listening() as listening:
        yield listening


@pytest.fixture
def site(settings: Settings, server: SmtpServer) -> Iterator[Flask]:
    """A site that logs all it can, and sends mail."""
    asked = replace(settings, access_log=True, public_url="http://learn.example.org", mail_security="none")
    app = create_app(replace(asked, mail_host="127.0.0.1", mail_port=server.port, mail_from="a@b.example"))
    app.extensions["stream.postman"].close()  # it would send in the background whenever it likes
    yield app
    given.close(app)


def mailed(app: Flask, server: SmtpServer, path: str) -> str:
    """The address with this path in the mail that goes out now."""
    postman = Postman(app)
    postman.writers = app.extensions["stream.postman"].writers
    postman.run_once(now())
    return path_in(server.messages[-1], path)


def secrets_of(*visitors: given.Visitor) -> Iterator[str]:
    """What would make somebody else one of them."""
    for each in visitors:
        cookie = each.client.get_cookie("session")
        assert cookie is not None
        yield from (each.token, cookie.value)


def test_no_secret_stands_in_the_log(site: Flask, server: SmtpServer, log: io.StringIO) -> None:
    minji, other = given.Visitor(site).sign_up("minji"), given.Visitor(site)
    learned = [*secrets_of(minji), given.PASSWORD, WRONG, ADDRESS]
    other.get("/en/sign-in")
    other.post("/en/sign-in", username="minji", password=WRONG)
    other.post("/en/sign-in", username=given.PASSWORD, password=WRONG)  # in the wrong field
    minji.post("/en/me/mail", mail=ADDRESS, mail_current=given.PASSWORD)
    confirm = mailed(site, server, "/me/mail/confirm/")
    minji.get(confirm)
    minji.post(confirm)
    other.client.post("/en/sign-in/link", data={"csrf_token": other.token, "for": "sign-in-link", "who": ADDRESS})
    link = mailed(site, server, "/sign-in/link/")
    other.get(link)
    assert other.post(link).status_code == 303
    learned += [*secrets_of(other), confirm.rsplit("/", 1)[1], link.rsplit("/", 1)[1]]
    with site.app_context():
        reset = make_reset_link("minji", now())
    other.get(f"/en/reset/{reset}")
    other.post(f"/en/reset/{reset}", password="another good passphrase")
    other.get("/en/me/pair")
    code = re.search(r"\b\d{3} ?\d{3}\b", re.sub("<svg.*?</svg>", "", other.post("/en/me/pair").text, flags=re.DOTALL))
    assert code is not None
    reported = other.post("/en/report", category="typo", body="Here", lesson="dial").location
    other.get(reported)
    learned += [reset, "another good passphrase", reported.partition("?")[0].rsplit("/", 1)[1], *secrets_of(other)]
    learned += [code[0], code[0].replace(" ", "")]
    written = log.getvalue()
    assert "POST /en/reset/... 303" in written
    assert [secret for secret in learned if len(secret) > 5 and secret in written] == []


@pytest.mark.sqlite
def test_a_fault_tells_the_log_no_value_of_a_row(site: Flask, server: SmtpServer, log: io.StringIO) -> None:
    minji = given.Visitor(site).sign_up("minji")
    stop = "CREATE TRIGGER broken BEFORE UPDATE ON users BEGIN SELECT RAISE(ABORT, 'broken'); END"
    with site.app_context():
        write(lambda connection: connection.execute(text(stop)))
    assert minji.post("/en/me/mail", mail=ADDRESS, mail_current=given.PASSWORD).status_code == 500
    written = log.getvalue()
    assert "IntegrityError" in written
    assert ADDRESS not in written


def test_who_is_let_in_and_who_is_not_is_told(site: Flask, log: io.StringIO) -> None:
    minji = given.Visitor(site).sign_up("minji")
    minji.post("/en/sign-out")
    minji.get("/en/sign-in")
    minji.post("/en/sign-in", username="minji", password=WRONG)
    minji.post("/en/pair", username="minji", code="123456")
    minji.sign_in("minji")
    minji.get("/en/admin/members")
    minji.client.post("/en/me/goal", data={"goal": "3"})
    form = {"goal": "3", "csrf_token": minji.token}
    minji.client.post("/en/me/goal", data=form, headers={"Origin": "https://evil.example"})
    told = [line.partition(": ")[2] for line in log.getvalue().splitlines() if "stream.access" not in line]
    expected = [
        "sign-in of learner [0-9a-f]{32}",
        "sign-out of learner [0-9a-f]{32}",
        "sign-in refused for account [0-9a-f]{8}",
        "code refused for account [0-9a-f]{8}",
        "sign-in of learner [0-9a-f]{32}",
        "refused to learner [0-9a-f]{32}: admin.members",
        "a form without its token was refused: progress.set_goal .*",
        "a change asked for by another site was refused: progress.set_goal",
    ]
    assert len(told) == len(expected), told
    assert [line for line, pattern in zip(told, expected, strict=True) if not re.fullmatch(pattern, line)] == []


def test_nothing_that_was_sent_makes_a_line_of_its_own(site: Flask, log: io.StringIO) -> None:
    forged = "x\r\n2026-01-01T00:00:00Z INFO stream.accounts: sign-in of learner x\x1b[2J\u2028\u202e"

    def fault(_path: str) -> str:
        raise RuntimeError(forged)

    site.add_url_rule("/fault/<path:_path>", "fault", fault)
    visitor = given.Visitor(site)
    visitor.get("/en/sign-in")
    visitor.post("/en/sign-in", username=forged, password=forged)
    visitor.get(f"/en/lessons/{forged}")
    assert visitor.get(f"/fault/{forged}").status_code == 500
    visitor.client.open("/en/", method="GET\x1b")
    lines = log.getvalue().split("\n")[:-1]
    assert len(lines) > 8
    assert [line for line in lines if not LINE.fullmatch(line) or not line.isprintable()] == []
    assert not [line for line in lines if line.startswith("2026-01-01T00:00:00Z")]
    assert "\\x1b[2J" in log.getvalue()
