"""What an admin sees of members, and may do to them on a page: each act with its reason, in the record."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from stream.accounts import resets, service, sessions
from stream.accounts.admin_acts import Deed, record
from stream.accounts.models import Session, User
from stream.accounts.names import key
from stream.accounts.roles import GIVEN_ON_PAGES
from stream.db import reading, write
from stream.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Membership:
    """A member as an admin sees one. `seen_at` is none without a session; `devices` counts those signed in."""

    user_id: int
    learner_id: str
    username: str
    role: str
    joined_at: datetime
    blocked_at: datetime | None
    blocked_why: str | None
    has_mail: bool
    seen_at: datetime | None
    devices: int


@dataclass(frozen=True, slots=True)
class Order:
    """Who does what to whom, and why. `actor` and `learner_id` are random ids, not names."""

    actor: str
    learner_id: str
    why: str
    at: datetime


_MINE = (Session.user_id == User.id) & Session.revoked_at.is_(None)
_SEEN = select(func.max(Session.seen_at)).where(_MINE).scalar_subquery()
_DEVICES = select(func.count(Session.id)).where(_MINE).scalar_subquery()
_ALL = select(
    User.id, User.learner_id, User.username, User.role, User.created_at, User.blocked_at, User.blocked_why,
    User.mail_confirmed_at.is_not(None), _SEEN, _DEVICES,
)  # fmt: skip


def members(words: str, limit: int, offset: int) -> list[Membership]:
    """Members whose name has `words` in it, whatever their letters look like; the newest first."""
    query = _ALL.order_by(User.id.desc()).limit(limit).offset(offset)
    if words.strip():
        query = query.where(User.username_key.contains(key(words), autoescape=True))
    with reading() as connection:
        return [Membership(*row) for row in connection.execute(query)]


def membership_of(learner_id: str) -> Membership:
    """One member. Raises Refusal when there is none."""
    with reading() as connection:
        row = connection.execute(_ALL.where(User.learner_id == learner_id)).one_or_none()
    if row is None:
        raise Refusal("unknown-member", 404)
    return Membership(*row)


def count_members(since: datetime | None = None) -> int:
    """How many members there are, or have come since then."""
    query = select(func.count(User.id))
    with reading() as connection:
        return connection.execute(query.where(User.created_at >= since) if since else query).scalar_one()


def change_role(order: Order, role: str) -> None:
    """Give another role; never that of an admin, and never to an admin. Raises Refusal."""
    if role not in GIVEN_ON_PAGES:
        raise Refusal("role-not-given-here", 403)

    def work(connection: Connection) -> None:
        theirs = (User.learner_id == order.learner_id) & (User.role != "admin")
        if connection.execute(update(User).where(theirs).values(role=role)).rowcount == 0:
            raise Refusal("role-not-given-here", 403)
        _record(connection, order, f"role-{role}")

    write(work)


def block(order: Order) -> None:
    """Let a member read, but not write."""
    write(lambda c: service.block_member(c, order.actor, order.learner_id, order.why, order.at))


def unblock(order: Order) -> None:
    """Let a member write again."""
    write(lambda c: service.unblock_member(c, order.actor, order.learner_id, order.why, order.at))


def sign_out_everywhere(order: Order) -> int:
    """End every session of the member; how many that were."""
    found = membership_of(order.learner_id)

    def work(connection: Connection) -> int:
        _record(connection, order, "sign-out")
        return sessions.end(connection, found.user_id, order.at)

    return write(work)


def reset_link(order: Order) -> str:
    """The token of a one-time link for a new password. For an admin, only the command line makes one."""
    found = membership_of(order.learner_id)
    if found.role == "admin":
        raise Refusal("role-not-given-here", 403)
    token = secrets.token_urlsafe(32)

    def work(connection: Connection) -> None:
        resets.keep_link(connection, found.user_id, token, order.at)
        _record(connection, order, "reset-link")

    write(work)
    return token


def _record(connection: Connection, order: Order, act: str) -> None:
    record(connection, Deed(order.actor, act, f"member:{order.learner_id}", order.why), order.at)
