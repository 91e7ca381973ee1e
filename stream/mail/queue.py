"""The queue of mail in the database: put in, taken out by one postman at a time, and settled with what came of it.

A mail is marked before it is sent and never lost: after a crash it is sent once more, with the same Message-ID.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, insert, select, update

from stream.db import insert_once, reading
from stream.ledger.codec import instant, instant_text
from stream.mail.models import mail_log, mails

DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720))  # between tries; then it failed
CRASHED_AFTER = timedelta(minutes=10)  # a mail that has been "sending" for so long has lost its postman
LONGEST_WAIT = timedelta(days=2)  # longer than any delay or digest: due after that is what was queued ahead of time
DETAIL = 500


@dataclass(frozen=True, slots=True)
class Mail:
    """What a caller wants sent: `key` makes it unique, the writer registered for `kind` makes the letter."""

    key: str
    kind: str
    recipient: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A mail that this postman alone may send now; `tries` counts this one."""

    id: int
    mail: Mail
    message_id: str
    tries: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A mail that was not taken, with the last answer of the server. `next_try` is None where it was given up."""

    id: int
    key: str
    kind: str
    recipient: str
    tries: int
    at: datetime
    detail: str
    next_try: datetime | None


def enqueue(connection: Connection, mail: Mail, at: datetime, due_at: datetime | None = None) -> bool:
    """Put a mail into the queue, within the caller's transaction; whether it now waits because of this call.

    Of mails with the same key there is only ever one. One that was dropped waits again: nobody has received it.
    """
    asked = {
        "kind": mail.kind,
        "recipient": mail.recipient,
        "data": json.dumps(dict(mail.data), ensure_ascii=False, sort_keys=True),
        "state": "waiting",
        "tries": 0,
        "due_at": instant_text(due_at or at),
    }
    made = {"key": mail.key, "created_at": instant_text(at), "message_id": secrets.token_hex(16)}
    if insert_once(connection, mails, **made, **asked):
        return True
    dropped = (mails.c.key == mail.key) & (mails.c.state == "dropped")
    return connection.execute(update(mails).where(dropped).values(asked)).rowcount == 1


def drop(connection: Connection, at: datetime, *, recipient: str = "", key_prefix: str = "", why: str = "") -> int:
    """Give up the waiting mails to `recipient`, or with keys that begin so, or both; how many."""
    if not recipient and not key_prefix:
        raise ValueError("say whose mails, or which")
    chosen = mails.c.state == "waiting"
    if recipient:
        chosen &= mails.c.recipient == recipient
    if key_prefix:
        chosen &= mails.c.key.startswith(key_prefix, autoescape=True)
    dropped = connection.execute(update(mails).where(chosen).values(state="dropped").returning(mails.c.id)).all()
    for row in dropped:
        _log(connection, row.id, "dropped", why, at)
    return len(dropped)


def forget(connection: Connection, recipient: str) -> None:
    """Remove all mails to `recipient`, sent or not, and what servers said of them: that may hold the address."""
    theirs = select(mails.c.id).where(mails.c.recipient == recipient)
    connection.execute(delete(mail_log).where(mail_log.c.mail_id.in_(theirs)))
    connection.execute(delete(mails).where(mails.c.recipient == recipient))


def claim(connection: Connection, at: datetime, limit: int = 1) -> tuple[ClaimedMail, ...]:
    """Take mails that are due, or whose postman has crashed. No other postman gets them for CRASHED_AFTER.

    A clock that was put back leaves mails that seem to be due in a year, or in fifty: they are due now.
    """
    is_time = (mails.c.due_at <= instant_text(at)) | (mails.c.due_at > instant_text(at + LONGEST_WAIT))
    due = mails.c.state.in_(("waiting", "sending")) & is_time
    rows = connection.execute(select(mails).where(due).order_by(mails.c.due_at, mails.c.id).limit(limit)).all()
    return tuple(_claimed(row) for row in rows if _take(connection, row, at))


def settle(connection: Connection, claimed: ClaimedMail, outcome: str, detail: str, at: datetime) -> str:
    """Note what came of a claimed mail: "sent", "deferred", "failed" or "dropped". Returns it; too often deferred is
    "failed". If another postman has taken the mail over meanwhile, only a "sent" still counts."""
    values: dict[str, Any] = {"state": outcome}
    if outcome == "deferred" and claimed.tries <= len(DELAYS):
        values = {"state": "waiting", "due_at": instant_text(at + DELAYS[claimed.tries - 1])}
    elif outcome == "deferred":
        outcome = values["state"] = "failed"
    elif outcome == "sent":
        values["sent_at"] = instant_text(at)
    mine = (mails.c.id == claimed.id) & ((mails.c.state == "sending") & (mails.c.tries == claimed.tries))
    chosen = mails.c.id == claimed.id if outcome == "sent" else mine
    connection.execute(update(mails).where(chosen).values(values))
    if connection.execute(_count(mails.c.id == claimed.id)).scalar_one():  # else its recipient has left meanwhile
        _log(connection, claimed.id, outcome, detail, at)
    return outcome


def sent_since(connection: Connection, recipient: str, at: datetime) -> int:
    """How many mails a recipient was sent since `at`, with those on their way: what a cap must count.

    What seems to be sent long after that was sent while the clock stood ahead.
    """
    sent = (mails.c.state == "sent") & mails.c.sent_at.between(instant_text(at), instant_text(at + LONGEST_WAIT))
    counted = sent | mails.c.state.in_(("waiting", "sending"))
    return connection.execute(_count((mails.c.recipient == recipient) & counted)).scalar_one()


def waiting_count() -> int:
    """How many mails are still to be sent."""
    with reading() as connection:
        return connection.execute(_count(mails.c.state.in_(("waiting", "sending")))).scalar_one()


def next_due() -> datetime | None:
    """When the next mail is due."""
    query = select(func.min(mails.c.due_at)).where(mails.c.state.in_(("waiting", "sending")))
    with reading() as connection:
        due = connection.execute(query).scalar_one()
    return instant(due) if due else None


def troubles(limit: int) -> tuple[Trouble, ...]:
    """The mails that failed or were put off, each once, the latest answer first."""
    latest = select(func.max(mail_log.c.id)).group_by(mail_log.c.mail_id)
    put_off = mails.c.state.in_(("waiting", "sending")) & (mail_log.c.outcome == "deferred")
    query = (
        select(mails, mail_log.c.at, mail_log.c.detail)
        .join_from(mails, mail_log)
        .where(mail_log.c.id.in_(latest), (mails.c.state == "failed") | put_off)
    )
    with reading() as connection:
        return tuple(map(_trouble, connection.execute(query.order_by(mail_log.c.id.desc()).limit(limit))))


def failure_count() -> int:
    """How many mails will not be tried again by themselves."""
    with reading() as connection:
        return connection.execute(_count(mails.c.state == "failed")).scalar_one()


def retry(connection: Connection, at: datetime, mail_id: int | None = None) -> int:
    """Let a failed mail wait again, or all of them; how many."""
    chosen = mails.c.state == "failed"
    if mail_id is not None:
        chosen &= mails.c.id == mail_id
    values = {"state": "waiting", "tries": 0, "due_at": instant_text(at)}
    return connection.execute(update(mails).where(chosen).values(values)).rowcount


def _count(condition: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(mails).where(condition)


def _trouble(row: Row[Any]) -> Trouble:
    next_try = None if row.state == "failed" else instant(row.due_at)
    return Trouble(row.id, row.key, row.kind, row.recipient, row.tries, instant(row.at), row.detail, next_try)


def _take(connection: Connection, row: Row[Any], at: datetime) -> bool:
    """Whether the row was still as read: on PostgreSQL another process may have been faster."""
    as_read = (mails.c.id == row.id) & (mails.c.state == row.state) & (mails.c.due_at == row.due_at)
    values = {"state": "sending", "tries": row.tries + 1, "due_at": instant_text(at + CRASHED_AFTER)}
    return connection.execute(update(mails).where(as_read).values(values)).rowcount == 1


def _claimed(row: Row[Any]) -> ClaimedMail:
    mail = Mail(row.key, row.kind, row.recipient, json.loads(row.data))
    return ClaimedMail(row.id, mail, row.message_id, row.tries + 1)


def _log(connection: Connection, mail_id: int, outcome: str, detail: str, at: datetime) -> None:
    shown = "".join(sign if sign.isprintable() else " " for sign in detail)[:DETAIL]  # PostgreSQL takes no NUL
    line = {"mail_id": mail_id, "at": instant_text(at), "outcome": outcome, "detail": shown}
    connection.execute(insert(mail_log).values(line))
