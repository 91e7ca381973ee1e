"""Laws over every address of the site, found by asking for all of them."""

import json
from collections.abc import Iterator
from typing import Any

import given
import pytest
from flask import Flask
from sqlalchemy import inspect, text

from stream.db import db, reading

VALUES = {
    "slug": "dial",
    "username": "minji",
    "comment_id": 1,
    "notification_id": 1,
    "session_id": 1,
    "invite_id": 1,
    "name": "weeks",
    "pattern_id": 1,
    "thread_id": 1,
    "block": "b-0000000000",
    "reference": "AAAAA-AAAAA",
    "learner_id": "0" * 32,
    "token": "x",
    "key": "dials",
    "tag": "control",
    "course": "dials",
    "path": "x.png",
    "wanted": "0" * 12,
    "text": "en",
    "revision": "0" * 40,
    "language": "en",
}
ACT = {"id": "device-event-1", "type": "lesson.completed", "subject": "dial", "at": "2026-01-01T00:00:00Z"}
FORM = {
    "body": "x",
    "category": "typo",
    "why": "x",
    "do": "hide",
    "words": "some words",
    "answer": "five",
    "note": "x",
    "events": json.dumps([ACT]),
    "exercise": "dial",
    "goal": "3",
    "alerts": "all",
    "mail": "daily",
    "replies": "on",
    "username": "new-name",
    "password": given.PASSWORD,
    "item": "dial/dial",
    "remembered": "yes",
    "lesson": "dial",
    "language": "ko",
}
WITHOUT_TOKEN = {"accounts.confirm_address_post", "notifications.unsubscribe_post"}  # the address itself is the proof


def addresses(app: Flask, method: str) -> Iterator[tuple[str, str]]:
    """(endpoint, address) of every route that takes this method."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if method in (rule.methods or ()):
                values: dict[str, Any] = {name: VALUES[name] for name in rule.arguments}
                yield rule.endpoint, rule.build(values)[1]  # type: ignore[index]


def contents(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the database but when sessions were seen."""
    with app.app_context(), reading() as connection:
        tables = sorted(inspect(db.engine).get_table_names())
        return {
            name: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {name}"))), key=repr)
            for name in tables
            if name != "sessions"
        }


@pytest.fixture
def moderator_with_everything(app: Flask, member: given.Visitor, moderator: given.Visitor) -> given.Visitor:
    """A moderator on a site where there is something for every address."""
    member.comment("Hello @haru")
    moderator.get("/en/lessons/dial")
    moderator.post("/en/lessons/dial/complete")
    return moderator


def test_nothing_changes_without_the_sessions_token(app: Flask, moderator_with_everything: given.Visitor) -> None:
    before = contents(app)
    for endpoint, address in addresses(app, "POST"):
        answer = moderator_with_everything.client.post(address, data=FORM)
        assert answer.status_code < 500, endpoint
        assert endpoint in WITHOUT_TOKEN or contents(app) == before, endpoint


def test_nothing_changes_by_looking(app: Flask, moderator_with_everything: given.Visitor) -> None:
    before = contents(app)
    for endpoint, address in addresses(app, "GET"):
        answer = moderator_with_everything.get(address)
        assert answer.status_code < 500, endpoint
    assert contents(app) == before


def test_a_page_of_another_site_changes_nothing(app: Flask, moderator_with_everything: given.Visitor) -> None:
    before = contents(app)
    for endpoint, address in addresses(app, "POST"):
        form = {**FORM, "csrf_token": moderator_with_everything.token}
        answer = moderator_with_everything.client.post(address, data=form, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403, endpoint
    assert contents(app) == before


def test_every_page_of_a_member_is_kept_by_nobody(app: Flask, moderator_with_everything: given.Visitor) -> None:
    for endpoint, address in addresses(app, "GET"):
        if endpoint.startswith(("assets.", "lessons.media", "root", "maintenance.", "offline.worker")):
            continue
        answer = moderator_with_everything.get(address)
        assert answer.headers["Cache-Control"] == "private, no-store", endpoint


def test_visitors_meet_no_fault_anywhere(app: Flask, visitor: given.Visitor) -> None:
    for method in ("GET", "POST"):
        for endpoint, address in addresses(app, method):
            answer = visitor.client.open(address, method=method, data=FORM if method == "POST" else None, buffered=True)
            assert answer.status_code < 500, endpoint
