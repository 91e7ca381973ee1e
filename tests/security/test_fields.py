"""What nobody is meant to set, nobody sets: each form takes its own fields, and all others are ignored."""

import json
import re
from typing import Any

import given
import pytest
from flask import Flask
from sqlalchemy import text

from stream import accounts
from stream.db import reading

NAMES = """
is_admin admin id user_id version is_answer pinned shown session_id author_id is_right passed xp balance level amount
grant username_key password_hash hash rulebook blocked_at blocked_why learner_id created_at completed_at occurred_at
recorded_at local_day mail_confirmed_at published_at pinned_at at held hidden_at helpful count event_type
"""
MORE: dict[str, Any] = {
    **dict.fromkeys(NAMES.split(), "1"),
    **{"role": "admin", "state": "visible", "status": "fixed", "type": "xp.adjusted", "subject": "encoder"},
    "_method": "DELETE",
}
LESSON = "/en/lessons/dial"


def row_of(app: Flask, table: str, number: int) -> dict[str, Any]:
    """A row, without what differs from one writing to the next."""
    with app.app_context(), reading() as connection:
        found = connection.execute(text(f"SELECT * FROM {table} WHERE id = :id"), {"id": number}).mappings().one()
    differs = ("_at", "hash", "_id", "reference", "anchor", "username", "username_key", "id")
    return {name: value for name, value in found.items() if not name.endswith(differs) or name == "published_at"}


def writer_of(app: Flask, table: str, number: int) -> str:
    """Whose row it is."""
    with app.app_context(), reading() as connection:
        found: str = connection.execute(
            text(f"SELECT learner_id FROM {table} WHERE id = :id"), {"id": number}
        ).scalar_one()
    return found


def test_a_new_member_is_a_plain_member(app: Flask) -> None:
    given.Visitor(app).sign_up("jun")
    visitor = given.Visitor(app)
    visitor.get("/en/sign-up")
    answer = visitor.post("/en/sign-up", **{**MORE, "username": "minji", "password": given.PASSWORD})
    assert answer.status_code == 303
    assert row_of(app, "users", 2) == row_of(app, "users", 1)


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/en/me/settings", {"language": "en", "time_zone": ""}),
        ("/en/me/shown", {"xp": "on", "achievements": "on"}),
        ("/en/me/notifications", {"mail": "daily", "replies": "on", "alerts": "all"}),
        ("/en/me/goal", {"goal": "3"}),
        ("/en/me/mail", {"mail": "minji@example.org", "mail_current": given.PASSWORD}),
        ("/en/me/password", {"current": given.PASSWORD, "new": "another good passphrase"}),
    ],
)
def test_what_a_member_changes_changes_nothing_else(app: Flask, address: str, form: dict[str, Any]) -> None:
    plain, greedy = given.Visitor(app).sign_up("jun"), given.Visitor(app).sign_up("minji")
    for visitor, fields in ((plain, form), (greedy, {**MORE, **form})):
        visitor.get("/en/me/settings")
        visitor.post(address, **fields)
    assert row_of(app, "users", 1) == row_of(app, "users", 2)


def test_a_comment_is_its_writers_and_like_any_other(app: Flask, member: given.Visitor, other: given.Visitor) -> None:
    with app.app_context():
        minji, jun = accounts.learner_of("minji"), accounts.learner_of("jun")
    plain, greedy = member.comment("Why?"), other.comment("Why?", **{**MORE, "parent": "", "learner_id": minji})
    assert row_of(app, "comments", greedy) == row_of(app, "comments", plain)
    assert (writer_of(app, "comments", plain), writer_of(app, "comments", greedy)) == (minji, jun)
    edit = other.get(f"/en/comments/{greedy}/edit").text
    found = re.search(r'name="version" value="(\d+)"', edit)
    assert found is not None
    other.post(f"/en/comments/{greedy}/edit", **{**MORE, "body": "Why not?", "version": found[1]})
    member.post(f"/en/comments/{plain}/edit", body="Why not?", version=found[1])
    assert row_of(app, "comments", greedy) == row_of(app, "comments", plain)


def test_xp_comes_from_what_was_done(app: Flask, member: given.Visitor) -> None:
    member.post(f"{LESSON}/complete", **MORE)
    member.post(f"{LESSON}/exercise", **{**MORE, "exercise": "dial", "answer": "wrong", "do": "attempt"})
    assert member.standing().xp == 40
    act = {
        **MORE,
        "id": "device-event-1",
        "type": "lesson.completed",
        "subject": "encoder",
        "at": "2026-01-01T00:00:00Z",
    }
    member.post("/en/events", events=json.dumps([act]), **MORE)
    assert member.standing().xp == 80


def test_a_report_is_open_and_nobodys_but_the_senders(app: Flask, member: given.Visitor, other: given.Visitor) -> None:
    form: dict[str, Any] = {"category": "typo", "body": "Here", "lesson": "dial"}
    assert member.post("/en/report", **form).status_code == 303
    assert other.post("/en/report", **{**MORE, **form}).status_code == 303
    assert row_of(app, "reports", 1) == row_of(app, "reports", 2)
