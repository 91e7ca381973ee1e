"""What is asked about accounts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from stream.accounts.models import User
from stream.accounts.names import LONGEST, key
from stream.db import reading
from stream.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a password is checked against."""

    user_id: int
    username: str
    password_hash: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A member in the admin's list."""

    username: str
    learner_id: str
    role: str
    created_at: datetime


_CREDENTIALS = select(User.id, User.username, User.password_hash)


def credentials_of(username_key: str) -> Credentials | None:
    """The credentials of the account with this name, if there is one."""
    with reading() as connection:
        row = connection.execute(_CREDENTIALS.where(User.username_key == username_key)).one_or_none()
    return Credentials(*row) if row else None


def credentials_by_id(user_id: int) -> Credentials:
    """The credentials of somebody who is signed in."""
    with reading() as connection:
        row = connection.execute(_CREDENTIALS.where(User.id == user_id)).one_or_none()
    if row is None:
        raise Refusal("unknown-member", 404)
    return Credentials(*row)


def user_id_of(username: str) -> int:
    """The account called `username`; a Refusal when there is none."""
    with reading() as connection:
        query = select(User.id).where(User.username_key == key(username))
        found = connection.execute(query).scalar_one_or_none()
    if found is None:
        raise Refusal("unknown-member", 404)
    return found


def is_only_admin(connection: Connection, user_id: int) -> bool:
    """Whether nobody else runs the site. Locked, so that two admins cannot both be the last but one."""
    admins = select(User.id).where(User.role == "admin").with_for_update()
    return list(connection.execute(admins).scalars()) == [user_id]


def learner_of(username: str) -> str | None:
    """The learner whose account is called `username`."""
    with reading() as connection:
        return connection.execute(
            select(User.learner_id).where(User.username_key == key(username))
        ).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Blocked:
    """A member who may read, but not write."""

    learner_id: str
    username: str
    blocked_at: datetime
    why: str


def blocked_members() -> list[Blocked]:
    """Who may not write, and why."""
    query = select(User.learner_id, User.username, User.blocked_at, User.blocked_why)
    with reading() as connection:
        rows = connection.execute(query.where(User.blocked_at.is_not(None)).order_by(User.blocked_at.desc()))
        return [Blocked(row.learner_id, row.username, row.blocked_at, row.blocked_why or "") for row in rows]


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where and how to write to a member. Only confirmed addresses are written to."""

    learner_id: str
    username: str
    address: str
    language: str | None
    time_zone: str | None


def mailboxes(connection: Connection, learner_ids: set[str]) -> dict[str, Mailbox]:
    """The confirmed addresses of those members who have one and are not blocked."""
    query = select(User.learner_id, User.username, User.mail, User.language, User.time_zone).where(
        User.learner_id.in_(learner_ids),
        User.mail.is_not(None),
        User.mail_confirmed_at.is_not(None),
        User.blocked_at.is_(None),
    )
    return {row.learner_id: Mailbox(*row) for row in connection.execute(query)}  # type: ignore[arg-type]


def mailbox_of(learner_id: str) -> Mailbox | None:
    """The member's confirmed address."""
    with reading() as connection:
        return mailboxes(connection, {learner_id}).get(learner_id)


def zone_of(learner_id: str) -> str | None:
    """The time zone that a member has chosen."""
    with reading() as connection:
        return connection.execute(select(User.time_zone).where(User.learner_id == learner_id)).scalar_one_or_none()


def names_of(learner_ids: Iterable[str]) -> dict[str, str]:
    """What these members are called; who has no account any more is left out."""
    with reading() as connection:
        rows = connection.execute(select(User.learner_id, User.username).where(User.learner_id.in_(set(learner_ids))))
        return {row.learner_id: row.username for row in rows}


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A member whose name begins a text after an @; `written` is that beginning, as written."""

    learner_id: str
    written: str


def mentioned_in(runs: Iterable[str]) -> dict[str, Mentioned]:
    """For each run of letters after an @, the member with the longest name that begins it: `@minji님` means minji."""
    beginnings = {run: [run[:length] for length in range(min(len(run), LONGEST), 0, -1)] for run in runs}
    keys = {key(start) for starts in beginnings.values() for start in starts} - {""}
    with reading() as connection:
        rows = connection.execute(select(User.username_key, User.learner_id).where(User.username_key.in_(keys)))
        known = {row.username_key: row.learner_id for row in rows}
    found: dict[str, Mentioned] = {}
    for run, starts in beginnings.items():
        written = next((start for start in starts if key(start) in known), None)
        if written is not None:
            found[run] = Mentioned(known[key(written)], written)
    return found


def everyone() -> list[Listed]:
    """All members, oldest first."""
    query = select(User.username, User.learner_id, User.role, User.created_at).order_by(User.id)
    with reading() as connection:
        return [Listed(*row) for row in connection.execute(query)]
