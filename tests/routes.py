"""Every address of the site, what to send to it, and everything that the database holds."""

import json
from collections.abc import Iterator
from typing import Any

import given
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
