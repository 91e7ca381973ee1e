"""Invites: addresses under which so many people may sign up, for so long. Only a hash of each is kept."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Connection, insert, select, update

from stream.accounts.admin_acts import Deed, record
from stream.accounts.models import Invite, Invited, User
from stream.accounts.problems import InvalidInput, Problem
from stream.accounts.sessions import token_hash
from stream.db import reading, write
from stream.refusal import Refusal

MOST_PLACES, MOST_DAYS, LONGEST_NOTE = 200, 365, 200
DAYS = 14  # unless the admin says otherwise

State = Literal["open", "full", "expired", "revoked"]


@dataclass(frozen=True, slots=True)
class NewInvite:
    """What an admin asks for."""

    places: int
    days: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class ShownInvite:
    """An invite in the admin's list, with who came by it."""

    id: int
    note: str
    places: int
    taken: int
    created_at: datetime
    expires_at: datetime
    state: State
    made_by: str | None
    guests: tuple[tuple[str, str], ...]  # learner_id, name


def make(new: NewInvite, actor: str, at: datetime) -> str:
    """The token of a new invite. Raises InvalidInput."""
    _check(new)
    token = secrets.token_urlsafe(24)
    values = {"token_hash": token_hash(token), "made_by": actor, "note": new.note, "places": new.places, "taken": 0}
    times = {"created_at": at, "expires_at": at + timedelta(days=new.days)}

    def work(connection: Connection) -> None:
        made = connection.execute(insert(Invite).values(**values, **times).returning(Invite.id)).scalar_one()
        record(connection, Deed(actor, "invite", f"invite:{made}", new.note), at)

    write(work)
    return token


def revoke(invite_id: int, actor: str, at: datetime) -> None:
    """Let nobody else come by it. Raises Refusal when there is no such invite."""
    mine = update(Invite).where(Invite.id == invite_id, Invite.revoked_at.is_(None)).values(revoked_at=at)

    def work(connection: Connection) -> None:
        if connection.execute(mine).rowcount == 0:
            raise Refusal("unknown-invite", 404)
        record(connection, Deed(actor, "revoke-invite", f"invite:{invite_id}"), at)

    write(work)


def is_open(token: str, at: datetime) -> bool:
    """Whether somebody may still come by it. Looking takes no place."""
    with reading() as connection:
        return connection.execute(select(Invite.id).where(_open(token, at))).first() is not None


def take_place(connection: Connection, token: str, at: datetime) -> int:
    """Take one place within the caller's transaction; the invite's id. Raises Refusal when there is none left."""
    taken = update(Invite).where(_open(token, at)).values(taken=Invite.taken + 1).returning(Invite.id)
    found = connection.execute(taken).scalar_one_or_none()
    if found is None:
        raise Refusal("invite-over", 410)
    return found


def note_guest(connection: Connection, invite_id: int, user_id: int) -> None:
    """Who came by it."""
    connection.execute(insert(Invited).values(invite_id=invite_id, user_id=user_id))


def latest(at: datetime, limit: int = 100) -> list[ShownInvite]:
    """The newest invites."""
    query = select(Invite.__table__, User.username).outerjoin(User, User.learner_id == Invite.made_by)
    with reading() as connection:
        rows = connection.execute(query.order_by(Invite.id.desc()).limit(limit)).all()
        guests = _guests(connection, [row.id for row in rows])
    return [
        ShownInvite(
            row.id, row.note, row.places, row.taken, row.created_at, row.expires_at,
            _state(row.revoked_at, row.taken >= row.places, row.expires_at <= at), row.username,
            tuple(guests.get(row.id, ())),
        )
        for row in rows
    ]  # fmt: skip


def _guests(connection: Connection, invite_ids: list[int]) -> dict[int, list[tuple[str, str]]]:
    query = select(Invited.invite_id, User.learner_id, User.username).join(User, User.id == Invited.user_id)
    found: dict[int, list[tuple[str, str]]] = {}
    for row in connection.execute(query.where(Invited.invite_id.in_(invite_ids)).order_by(User.id)):
        found.setdefault(row.invite_id, []).append((row.learner_id, row.username))
    return found


def _state(revoked_at: datetime | None, is_full: bool, is_expired: bool) -> State:
    if revoked_at is not None:
        return "revoked"
    return "full" if is_full else "expired" if is_expired else "open"


def _open(token: str, at: datetime) -> ColumnElement[bool]:
    works = (Invite.taken < Invite.places) & (Invite.expires_at > at) & Invite.revoked_at.is_(None)
    return (Invite.token_hash == token_hash(token)) & works


def _check(new: NewInvite) -> None:
    rules = {
        "places": ("invite-places", 1 <= new.places <= MOST_PLACES),
        "days": ("invite-days", 1 <= new.days <= MOST_DAYS),
        "note": ("invite-note", len(new.note) <= LONGEST_NOTE and new.note.isprintable()),
    }
    wrong = [Problem(name, code) for name, (code, holds) in rules.items() if not holds]
    if wrong:
        raise InvalidInput(*wrong)
