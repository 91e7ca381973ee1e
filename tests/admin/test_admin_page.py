"""One page says what waits and how the site is; each number leads to its list, and the list has as many."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import given
import pytest
from admin_pages import numbers
from flask import Flask

from stream.admin.deeds import WORDS
from stream.backup import making
from stream.settings import Settings

PATHS = ("", "comments", "reports", "record", "content", "mail", "members", "health", "backups")


@pytest.mark.parametrize("path", PATHS)
def test_for_members_and_visitors_there_is_no_such_page(member, visitor, path):
    assert member.get(f"/en/admin/{path}").status_code == 404
    assert visitor.get(f"/en/admin/{path}").status_code == 404


def test_moderators_see_what_waits_and_nothing_of_the_machine(moderator):
    found = numbers(moderator.get("/en/admin/").text)
    assert set(found) == {"comments", "reports"}
    for path in ("content", "mail", "members", "health", "backups"):
        assert moderator.get(f"/en/admin/{path}").status_code == 404


def test_each_number_is_as_long_as_its_list(app, admin, member, visitor, lessons: Path):
    app.config["STREAM"] = given.replaced(app, moderation="all")
    member.comment("One")
    member.comment("Two")
    visitor.get("/en/report")
    visitor.post("/en/report", category="typo", body="A typo")
    (lessons / "dials" / "02-dial.en.md").write_text("---\ntitle: x\nminutes: -1\n---\n", encoding="utf-8")
    found = numbers(admin.get("/en/admin/").text)
    assert [found[key][0] for key in ("comments", "reports")] == ["2", "1"]
    wanting = [key for key, (_, _, wants) in found.items() if wants and key != "backup"]
    assert wanting == ["comments", "reports", "content"]
    assert admin.get(found["comments"][1]).text.count('class="card queue-item"') == 2
    assert "dials/02-dial.en.md:3" in admin.get(found["content"][1]).text
    assert found["content"][0] == str(admin.get(found["content"][1]).text.count('<span class="pill warn">'))
    assert found["members"][0] == "2"
    assert "A typo" in admin.get(found["reports"][1]).text


@pytest.mark.sqlite
def test_a_site_where_all_is_well_says_so(app: Flask, admin, settings: Settings):
    making.create(settings, "0.1.0", datetime.now(UTC), lambda *words: None)
    page = admin.get("/en/admin/").text
    assert "Nothing waits for you." in page
    assert [key for key, (_, _, wants) in numbers(page).items() if wants] == []


@pytest.mark.sqlite
def test_a_backup_that_is_missing_or_old_is_shown(app: Flask, admin, settings: Settings):
    assert numbers(admin.get("/en/admin/").text)["backup"][::2] == ("none", True)
    making.create(settings, "0.1.0", datetime.now(UTC) - timedelta(days=4), lambda *words: None)
    page = admin.get("/en/admin/").text
    assert numbers(page)["backup"][2]
    assert "4 days ago" in page
    assert ".zip" in admin.get(numbers(page)["backup"][1]).text


def test_every_number_leads_somewhere(admin):
    for _, href, _ in numbers(admin.get("/en/admin/").text).values():
        assert admin.get(href.partition("#")[0]).status_code == 200


def test_the_page_of_health_says_how_to_mend_what_is_not_well(admin, settings: Settings):
    (settings.instance / "secret_key").chmod(0o644)
    page = admin.get("/en/admin/health").text
    assert f"chmod 600 {settings.instance / 'secret_key'}" in page


def test_the_ledger_is_checked_when_asked(app: Flask, admin, member):
    member.get("/en/lessons/dial")
    member.post("/en/lessons/dial/complete")
    assert numbers(admin.get("/en/admin/").text)["ledger"][0] == "not checked yet"
    admin.post("/en/admin/ledger")
    assert numbers(admin.get("/en/admin/").text)["ledger"][::2] == ("every entry holds", False)
    given.tamper(app)
    admin.post("/en/admin/ledger")
    assert numbers(admin.get("/en/admin/").text)["ledger"][2]
    assert "event 2 of learner" in admin.get("/en/admin/health").text


def test_the_record_is_in_words_with_names(admin, member):
    number = member.comment("Hm")
    admin.get("/en/admin/comments")
    admin.post(f"/en/comments/{number}/moderate", do="pin")
    page = admin.get("/en/admin/record").text
    assert "pinned a comment" in page
    assert f"/en/comments/{number}" in page
    assert "made somebody an admin" in page
    assert "댓글을 고정" in admin.get("/ko/admin/record").text


def test_every_act_that_is_recorded_has_words():
    """Whoever records a new act gives it words too."""
    root = Path(given.__file__).parent.parent / "stream"
    from_source = {
        act
        for path in root.rglob("*.py")
        for act in re.findall(r'Deed\([^"]*?, "([a-z.-]+)"', path.read_text(encoding="utf-8"))
    }
    assert from_source - set(WORDS) == set()
    assert len(from_source) > 8


def test_a_moderator_is_led_to_no_page_that_is_only_for_admins(app, admin, member, moderator, users):
    assert users("sign-out", "minji").exit_code == 0
    users("role", "minji", "author")
    users("invite")
    page = moderator.get("/en/admin/record")
    assert "signed a member out everywhere" in page.text
    for address in set(re.findall(r'<a[^>]* href="(/[^"#]*)', page.text)):
        assert moderator.get(address).status_code in (200, 301, 302, 303, 308), address
