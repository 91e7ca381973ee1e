"""What becomes of notifications when an account is deleted, and what the member may take along of them."""

import json
from typing import Any

from flask import Flask
from sqlalchemy import Connection, delete, or_, select, update

from stream.accounts.signals import account_erased, personal_data_asked
from stream.accounts.traces import Traces
from stream.db import reading
from stream.notifications import queries
from stream.notifications.models import notifications, preferences

OF_OTHERS = ("actor", "excerpt")  # who did it, and what they wrote


def init_app(app: Flask) -> None:
    """Hear of members who leave, and of those who download what is theirs."""
    account_erased.connect(_forget, app)
    personal_data_asked.connect(_take_along, app)


def _forget(_site: Flask, *, connection: Connection, learner_id: str, traces: Traces, **_more: Any) -> None:
    by_them = notifications.c.about.contains(json.dumps({"actor": learner_id})[1:-1])
    connection.execute(delete(notifications).where(or_(notifications.c.learner_id == learner_id, by_them)))
    connection.execute(delete(preferences).where(preferences.c.learner_id == learner_id))
    query = select(notifications.c.id, notifications.c.about).where(notifications.c.about.contains("@"))
    for row in connection.execute(query).all():
        about = {name: traces.out_of(text) for name, text in json.loads(row.about).items()}
        if (cleaned := json.dumps(about, ensure_ascii=False, sort_keys=True)) != row.about:
            connection.execute(update(notifications).where(notifications.c.id == row.id).values(about=cleaned))


def _take_along(_site: Flask, *, learner_id: str) -> tuple[str, dict[str, Any]]:
    """What the member was told of and wants to be told of, without what others wrote."""
    wish = queries.preferences_of(learner_id)
    query = select(notifications).where(notifications.c.learner_id == learner_id).order_by(notifications.c.id)
    with reading() as connection:
        told = [_line(row) for row in connection.execute(query)]
    return "notifications", {
        "told": told,
        "preferences": {"replies": wish.replies, "mentions": wish.mentions, "mail": wish.mail},
    }


def _line(row: Any) -> dict[str, Any]:
    about = {name: text for name, text in json.loads(row.about).items() if name not in OF_OTHERS}
    return {"kind": row.kind, "subject": row.subject, "about": about, "at": row.at, "read_at": row.read_at}
