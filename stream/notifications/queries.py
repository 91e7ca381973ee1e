"""What a member has been told, and how they want to be told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from stream.db import reading
from stream.ledger.codec import instant
from stream.notifications.models import notifications, preferences
from stream.together import Answers, Part, read_together

PAGE = 30
MAIL_CHOICES = ("at-once", "daily", "off")


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a member wants to hear of, and by which way besides the inbox."""

    replies: bool = True
    mentions: bool = True
    mail: str = "at-once"


DEFAULT = Preferences()


@dataclass(frozen=True, slots=True)
class Notification:
    """A line of the inbox."""

    id: int
    kind: str
    subject: str
    about: Mapping[str, str]
    at: datetime
    is_read: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of the inbox, newest first."""

    lines: tuple[Notification, ...]
    unread: int
    has_more: bool


UNREAD = """
SELECT CAST(count(*) AS TEXT) AS unread, NULL AS b, NULL AS c, NULL AS d, NULL AS e
FROM notifications WHERE learner_id = :me AND read_at IS NULL
"""


def own_unread(learner_id: str) -> Part:
    """What `unread_in` wants to know."""
    return Part("unread", UNREAD, {"me": learner_id})


def unread_in(own: Answers) -> int:
    """How many notifications the member has not seen, from the answer to `own_unread`."""
    return int(own["unread"][0][0])


def unread_count(learner_id: str) -> int:
    """How many notifications the member has not seen."""
    return unread_in(read_together([own_unread(learner_id)]))


def inbox_of(learner_id: str, page: int = 1) -> Inbox:
    """A page of what the member was told."""
    query = _lines(notifications.c.learner_id == learner_id).order_by(notifications.c.id.desc())
    with reading() as connection:
        rows = connection.execute(query.limit(PAGE + 1).offset(PAGE * (page - 1))).all()
    return Inbox(tuple(_notification(row) for row in rows[:PAGE]), unread_count(learner_id), len(rows) > PAGE)


def notification_of(learner_id: str, notification_id: int) -> Notification | None:
    """One of the member's own notifications."""
    query = _lines((notifications.c.learner_id == learner_id) & (notifications.c.id == notification_id))
    with reading() as connection:
        row = connection.execute(query).first()
    return _notification(row) if row else None


def carried_by(mail_key: str) -> tuple[Notification, ...]:
    """The notifications that a mail is to carry and that are still there and unseen, oldest first."""
    query = _lines((notifications.c.mail_key == mail_key) & notifications.c.read_at.is_(None))
    with reading() as connection:
        return tuple(_notification(row) for row in connection.execute(query.order_by(notifications.c.id)))


def preferences_of(learner_id: str) -> Preferences:
    """How the member wants to be told."""
    with reading() as connection:
        return preferences_of_all(connection, {learner_id}).get(learner_id, DEFAULT)


def preferences_of_all(connection: Connection, learner_ids: set[str]) -> dict[str, Preferences]:
    """The wishes of those members who have said any."""
    rows = connection.execute(select(preferences).where(preferences.c.learner_id.in_(learner_ids)))
    return {row.learner_id: Preferences(row.replies, row.mentions, row.mail) for row in rows}


def _lines(condition: Any) -> Any:
    columns = notifications.c
    chosen = (columns.id, columns.kind, columns.subject, columns.about, columns.at, columns.read_at)
    return select(*chosen).where(condition)


def _notification(row: Any) -> Notification:
    about: dict[str, str] = json.loads(row.about)
    return Notification(row.id, row.kind, row.subject, about, instant(row.at), row.read_at is not None)
