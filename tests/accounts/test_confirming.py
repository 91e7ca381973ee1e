"""Before a dangerous act the password is asked for again, and what was typed for the act is not lost."""

import re

import given
import pytest
from flask import Flask, request

from stream.accounts.confirming import confirmed_only
from stream.accounts.login import admins_only


@pytest.fixture
def done(app: Flask) -> list[dict[str, list[str]]]:
    """What was done at `/danger`."""
    found: list[dict[str, list[str]]] = []

    def danger() -> str:
        found.append(request.form.to_dict(flat=False))
        return "done"

    app.add_url_rule("/<language>/danger", "danger", admins_only(confirmed_only(danger)), methods=["POST"])
    return found


@pytest.fixture
def admin(done: list[object], app: Flask) -> given.Visitor:
    """Somebody who runs the site."""
    someone = given.Visitor(app).sign_up("haru")
    given.role(app, "haru", "admin")
    someone.get("/en/")
    return someone


def carried(page: str) -> dict[str, list[str]]:
    """The hidden fields of the question."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.partition('class="sheet"')[2]
    ):
        fields.setdefault(name, []).append(value)
    return {name: values for name, values in fields.items() if name != "csrf_token"}


def test_the_question_carries_along_what_was_posted(admin, done):
    answer = admin.post("/en/danger", why="two\nlines & more", part=["a", "b"])
    assert (answer.status_code, done) == (403, [])
    assert carried(answer.text) == {"why": ["two\nlines &amp; more"], "part": ["a", "b"]}
    assert admin.post("/en/danger", why="x", confirm_password=given.PASSWORD).text == "done"
    assert done[0]["why"] == ["x"]


def test_it_asks_once_in_ten_minutes(admin, done, wait):
    admin.post("/en/danger", confirm_password=given.PASSWORD)
    wait(minutes=9)
    assert admin.post("/en/danger").text == "done"
    wait(minutes=2)
    assert admin.post("/en/danger").status_code == 403


def test_a_wrong_password_asks_again_and_keeps_what_was_posted(admin, done):
    answer = admin.post("/en/danger", why="kept", confirm_password="wrong")
    assert (answer.status_code, done) == (422, [])
    assert carried(answer.text) == {"why": ["kept"]}
    assert "wrong" not in carried(answer.text)


def test_guessing_ends_soon(admin, done):
    codes = [admin.post("/en/danger", confirm_password=f"guess {turn}").status_code for turn in range(12)]
    assert codes[-1] == 429
    assert admin.post("/en/danger", confirm_password=given.PASSWORD).status_code == 429
    assert done == []


def test_another_device_has_to_ask_for_itself(app, admin, done):
    admin.post("/en/danger", confirm_password=given.PASSWORD)
    assert given.Visitor(app).sign_in("haru").post("/en/danger").status_code == 403


def test_there_is_no_question_for_others(admin, done, member):
    assert member.post("/en/danger", confirm_password=given.PASSWORD).status_code == 404
