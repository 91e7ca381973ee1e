"""Who is signed in on which device. A session is a random token in a cookie, and a row that can be ended."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from stream.accounts.models import PairingCode, Session, SignInLink, instant
from stream.accounts.roles import AUTHORING, MODERATING
from stream.clock import AHEAD, FIRST
from stream.db import reading, values, write

NOTED_EVERY = timedelta(hours=1)  # a visit is written down at most so often


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts: without a visit, and in any case."""

    idle: timedelta
    longest: timedelta

    def is_over(self, created_at: datetime, seen_at: datetime, at: datetime) -> bool:
        """Whether a session has ended by itself.

        One that begins ahead of a clock that was put right lasts no longer than one that lies back as far. A clock that
        was never set ends none.
        """
        if at < FIRST <= seen_at:
            return False
        return abs(at - seen_at) > self.idle or abs(at - created_at) > self.longest


FIND = """
SELECT users.id, username, learner_id, role, blocked_why, hides, publishes, weekly_goal, language, time_zone,
  sessions.id, published_at, sessions.created_at, seen_at, users.created_at
FROM sessions JOIN users ON users.id = sessions.user_id WHERE token_hash = :token AND revoked_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Member:
    """Whoever is signed in, and the session they are using: its token, and the columns of FIND in their order.
    `signed_in_at` lets dangerous acts ask for a recent sign-in.
    """

    token: str = field(repr=False)
    id: int
    username: str
    learner_id: str
    role: str
    blocked_why: str | None  # none: not blocked
    hides: str
    publishes: str
    weekly_goal: int | None
    language: str | None
    time_zone: str | None
    session_id: int
    published_at: datetime | None  # none: no profile for others
    signed_in_at: datetime
    seen_at: datetime
    joined_at: datetime

    is_authenticated = True
    is_active = True
    is_anonymous = False

    @property
    def is_admin(self) -> bool:
        """Whether this member runs the site."""
        return self.role == "admin"

    @property
    def is_public(self) -> bool:
        """Whether everybody sees this member's profile."""
        return self.published_at is not None and self.blocked_why is None

    @property
    def may_moderate(self) -> bool:
        """Whether this member sees to it that the talk stays civil."""
        return self.role in MODERATING

    @property
    def may_author(self) -> bool:
        """Whether this member writes lessons."""
        return self.role in AUTHORING

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the token of the session, not the name of a person."""
        return self.token


@dataclass(frozen=True, slots=True)
class Device:
    """A session as its owner sees it in the list."""

    id: int
    label: str
    created_at: datetime
    seen_at: datetime
    is_this: bool


def token_hash(token: str) -> str:
    """What is kept of a random token. Random enough to need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def still_valid(expires_at: InstrumentedAttribute[datetime], valid_for: timedelta, at: datetime) -> ColumnElement[bool]:
    """Whether a secret that was valid for so long when it was made still is. One from the future never is."""
    return (expires_at > at) & (expires_at <= at + valid_for + AHEAD)


def open_session(connection: Connection, user_id: int, agent: str, at: datetime) -> str:
    """Begin a session and return its token. The member's ended sessions are cleared away."""
    token = secrets.token_urlsafe(32)
    ended = (Session.user_id == user_id) & Session.revoked_at.is_not(None)
    connection.execute(delete(Session).where(ended))
    connection.execute(
        insert(Session).values(token_hash=token_hash(token), user_id=user_id, created_at=at, seen_at=at, agent=agent)
    )
    return token


def find(token: str, lifetime: Lifetime, at: datetime) -> Member | None:
    """Whose session has this token, if it still runs. One read."""
    row = values().row(FIND, token=token_hash(token))
    if row is None:
        return None
    *known, published_at, signed_in_at, seen_at, joined_at = row
    found = Member(token, *known, *map(instant, (published_at, signed_in_at, seen_at, joined_at)))
    return None if lifetime.is_over(found.signed_in_at, found.seen_at, at) else found


def note_visit(session_id: int, at: datetime) -> None:
    """Write down that the session is in use."""
    visit = update(Session).where(Session.id == session_id, Session.seen_at < at).values(seen_at=at)
    write(lambda connection: connection.execute(visit))


def devices(user_id: int, this: int, lifetime: Lifetime, at: datetime) -> list[Device]:
    """The running sessions of a member, `this` one first, then the latest seen."""
    query = select(Session.id, Session.agent, Session.created_at, Session.seen_at).where(
        Session.user_id == user_id, Session.revoked_at.is_(None)
    )
    with reading() as connection:
        rows = [row for row in connection.execute(query) if not lifetime.is_over(row.created_at, row.seen_at, at)]
    found = [Device(row.id, row.agent, row.created_at, row.seen_at, row.id == this) for row in rows]
    return sorted(found, key=lambda device: (device.is_this, device.seen_at), reverse=True)


def end(connection: Connection, user_id: int, at: datetime, *, only: int | None = None, keep: int | None = None) -> int:
    """End the sessions of a member: all, `only` one, or all but the one to `keep`. How many that were.

    With all but one, the ways to begin another that are still open close too: a pairing code and a mailed link.
    """
    running = update(Session).where(Session.user_id == user_id, Session.revoked_at.is_(None)).values(revoked_at=at)
    if only is not None:
        running = running.where(Session.id == only)
    if keep is not None:
        running = running.where(Session.id != keep)
    if only is None:
        for way_in in (PairingCode, SignInLink):
            connection.execute(delete(way_in).where(way_in.user_id == user_id))
    return connection.execute(running).rowcount
