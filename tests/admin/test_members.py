"""An admin finds members and helps them; what is dangerous asks for the password, and everything is in the record."""

import re

import given
import pytest
from flask import Flask

from stream import accounts

CONFIRM = {"confirm_password": given.PASSWORD}


def page_of(app: Flask, username: str, language: str = "en") -> str:
    with app.app_context():
        return f"/{language}/admin/members/{accounts.learner_of(username)}"


def record(admin: given.Visitor) -> str:
    return admin.get("/en/admin/record").text


def test_members_are_found_by_a_part_of_their_name(app, admin):
    for name in ("minji", "minsu", "jun"):
        given.Visitor(app).sign_up(name)
    found = re.findall(r"<bdi>(\w+)</bdi></a>", admin.get("/en/admin/members?q=MIN").text)
    assert found == ["minsu", "minji"]
    assert "Nobody has a name like that" in admin.get("/en/admin/members?q=%25").text


def test_many_members_come_in_pages(app, admin, monkeypatch):
    monkeypatch.setattr("stream.admin.member_views.PAGE", 2)
    for name in ("minji", "minsu", "jun"):
        given.Visitor(app).sign_up(name)
    first, second = (admin.get(f"/en/admin/members?page={page}").text for page in (1, 2))
    assert [f"<bdi>{name}</bdi></a>" in first for name in ("jun", "minsu", "minji")] == [True, True, False]
    assert "minji" in second


@pytest.mark.parametrize("act", ["role", "block", "sign-out", "reset-link"])
def test_dangerous_acts_ask_for_the_password(app, admin, member, act):
    answer = admin.post(f"{page_of(app, 'minji')}/{act}", role="moderator", why="so")
    assert answer.status_code == 403
    assert 'name="confirm_password"' in answer.text
    assert "minji" not in record(admin)


@pytest.mark.parametrize("act", ["role", "block", "let-write", "sign-out", "reset-link"])
def test_only_admins_act(app, moderator, member, act):
    assert moderator.post(f"{page_of(app, 'minji')}/{act}", role="admin", why="x", **CONFIRM).status_code == 404


def test_a_role_is_given_with_a_reason(app, admin, member):
    answer = admin.post(f"{page_of(app, 'minji')}/role", role="moderator", why="helps a lot", **CONFIRM)
    assert answer.status_code == 303
    assert member.get("/en/admin/").status_code == 200
    page = admin.get(page_of(app, "minji")).text
    assert "made somebody a moderator" in page
    assert "helps a lot" in page


@pytest.mark.parametrize("role", ["admin", "", "root"])
def test_no_address_makes_an_admin(app, admin, member, role):
    assert admin.post(f"{page_of(app, 'minji')}/role", role=role, **CONFIRM).status_code == 422
    assert member.get("/en/admin/").status_code == 404


def test_no_address_unmakes_an_admin_or_lets_somebody_in_as_one(app, admin):
    other = given.Visitor(app).sign_up("chief")
    given.role(app, "chief", "admin")
    other.get("/en/")
    mine = page_of(app, "boss")
    assert other.post(f"{mine}/role", role="member", **CONFIRM).status_code == 422
    assert other.post(f"{mine}/reset-link", **CONFIRM).status_code == 422
    assert other.post(f"{mine}/block", why="x", **CONFIRM).status_code == 404
    assert admin.get("/en/admin/").status_code == 200


def test_a_one_time_link_is_shown_once_and_works_once(app, admin, member, visitor):
    page = page_of(app, "minji")
    shown = admin.post(f"{page}/reset-link", why="asked in class", **CONFIRM)
    link = re.search(r'id="link" readonly value="http://localhost([^"]+)"', shown.text)
    assert link is not None
    assert link[1] not in admin.get(page).text
    visitor.get(link[1])
    assert visitor.post(link[1], password="another long passphrase").status_code == 303
    assert given.Visitor(app).get(link[1]).status_code == 410
    assert "asked in class" in record(admin)


def test_everybody_is_signed_out_everywhere(app, admin, member):
    phone = given.Visitor(app).sign_in("minji")
    admin.post(f"{page_of(app, 'minji')}/sign-out", why="lost phone", **CONFIRM)
    for device in (member, phone):
        assert device.get("/en/me").status_code == 303
    assert "signed a member out everywhere" in record(admin)


def test_a_block_needs_a_reason_and_ends(app, admin, member):
    page = page_of(app, "minji")
    refused = admin.post(f"{page}/block", why=" ", **CONFIRM)
    assert (refused.status_code, "Say why" in refused.text) == (422, True)
    admin.post(f"{page}/block", why="spam", **CONFIRM)
    assert member.post("/en/lessons/dial/comments", body="x").status_code != 303
    admin.post(f"{page}/let-write", why="talked it over")
    assert member.comment("thanks")


def test_acts_on_the_command_line_are_in_the_record_too(app, admin, member, users):
    users("role", "minji", "author")
    users("reset-link", "minji")
    users("sign-out", "minji")
    users("create", "newone", "--password-stdin", input="a long enough passphrase\n")
    text = record(admin)
    for words in ("made somebody an author", "made a one-time link", "signed a member out", "made an account"):
        assert words in text
    assert "the command line" in text


def test_nobody_is_nobody(admin):
    assert admin.get(f"/en/admin/members/{'0' * 32}").status_code == 404
