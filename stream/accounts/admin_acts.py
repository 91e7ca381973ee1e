"""The record of what people with rights did: who, when, what, why. Written in the same transaction as the act."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from stream.accounts.models import AdminAct, User
from stream.db import reading

SITE = "site"  # the actor where a rule of the site acted by itself
LONGEST_WHY = 500


@dataclass(frozen=True, slots=True)
class Deed:
    """An act to record; `subject` is like "comment:12"."""

    actor: str
    act: str
    subject: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class RecordedDeed:
    """A line of the record. `actor` is a name, or none where the site acted or the account is gone."""

    at: datetime
    actor: str | None
    act: str
    subject: str
    why: str


def record(connection: Connection, deed: Deed, at: datetime) -> None:
    """Add a line to the record, within the caller's transaction."""
    connection.execute(
        insert(AdminAct).values(at=at, actor=deed.actor, act=deed.act, subject=deed.subject, why=deed.why[:LONGEST_WHY])
    )


def latest(limit: int, offset: int = 0, subject: str = "") -> list[RecordedDeed]:
    """The newest lines of the record, of all or about one subject."""
    query = (
        select(AdminAct.at, User.username, AdminAct.act, AdminAct.subject, AdminAct.why)
        .outerjoin(User, User.learner_id == AdminAct.actor)
        .order_by(AdminAct.id.desc())
        .limit(limit)
        .offset(offset)
    )
    if subject:
        query = query.where(AdminAct.subject == subject)
    with reading() as connection:
        return [RecordedDeed(*row) for row in connection.execute(query)]
