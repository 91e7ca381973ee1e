"""What may happen to an account. Each function checks, changes, commits once, and hashes before that."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from stream.accounts import invites, names, passwords, queries, sessions
from stream.accounts.admin_acts import LONGEST_WHY, SITE, Deed, record
from stream.accounts.models import User
from stream.accounts.problems import InvalidInput, Problem
from stream.accounts.resets import void_reset_links
from stream.accounts.roles import MODERATING, Role
from stream.accounts.shown import PARTS
from stream.db import write
from stream.refusal import Refusal

T = TypeVar("T")

MOST_A_WEEK = 21
WRONG = Problem("username", "wrong")  # the same for an unknown name and for a wrong password


@dataclass(frozen=True, slots=True)
class NewMember:
    """What is known of somebody who signs up."""

    username: str
    password: str
    language: str | None = None
    time_zone: str | None = None


def sign_up(new: NewMember, agent: str, at: datetime, invite: str = "") -> str:
    """Make an account and begin its first session; return the session's token. `invite` is the token of one, and then
    one of its places is taken. Raises Refusal when it has none.
    """
    values = _checked(new, at)

    def work(connection: Connection) -> str:
        place = invites.take_place(connection, invite, at) if invite else None
        user_id = _insert(connection, values)
        if place is not None:
            invites.note_guest(connection, place, user_id)
        return sessions.open_session(connection, user_id, agent, at)

    return _unless_taken(work)


def create_user(new: NewMember, at: datetime, role: Role = "member") -> None:
    """Make an account from the command line."""
    values = {**_checked(new, at), "role": role}

    def work(connection: Connection) -> None:
        _record(connection, "create-member", _insert(connection, values), at)

    _unless_taken(work)


def sign_in(username: str, password: str, agent: str, at: datetime) -> str:
    """Begin a session and return its token."""
    known = queries.credentials_of(names.key(username))
    if not passwords.is_right(password, known.password_hash if known else None) or known is None:
        raise InvalidInput(WRONG)
    fresher = passwords.hashed(password) if passwords.is_outdated(known.password_hash) else known.password_hash

    def work(connection: Connection) -> str:
        _replace_hash(connection, known.user_id, known.password_hash, fresher)
        return sessions.open_session(connection, known.user_id, agent, at)

    return write(work)


def sign_out(user_id: int, session_id: int, at: datetime) -> None:
    """End the session of this device."""
    write(lambda connection: sessions.end(connection, user_id, at, only=session_id))


def revoke_session(user_id: int, session_id: int, at: datetime) -> bool:
    """End one of the member's sessions; whether there was such a one. Somebody else's is none."""
    return write(lambda connection: sessions.end(connection, user_id, at, only=session_id)) > 0


def revoke_other_sessions(user_id: int, session_id: int, at: datetime) -> None:
    """Sign the member out everywhere but on this device."""
    write(lambda connection: sessions.end(connection, user_id, at, keep=session_id))


def revoke_all_sessions(username: str, at: datetime) -> int:
    """Sign a member out everywhere, from the command line; how many sessions that ended."""
    user_id = queries.user_id_of(username)

    def work(connection: Connection) -> int:
        _record(connection, "sign-out", user_id, at)
        return sessions.end(connection, user_id, at)

    return write(work)


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """Whose password changes, from what to what."""

    user_id: int
    current: str
    new: str


def change_password(change: PasswordChange, agent: str, at: datetime) -> str:
    """Set a new password, knowing the current one; end all sessions and return the token of a new one."""
    known = queries.credentials_by_id(change.user_id)
    if not passwords.is_right(change.current, known.password_hash):
        raise InvalidInput(Problem("current", "wrong-current"))
    if problem := passwords.problem_with(change.new, known.username):
        raise InvalidInput(Problem("new", problem))
    fresher = passwords.hashed(change.new)

    def work(connection: Connection) -> str:
        _replace_hash(connection, known.user_id, known.password_hash, fresher)
        void_reset_links(connection, known.user_id, at)
        sessions.end(connection, known.user_id, at)
        return sessions.open_session(connection, known.user_id, agent, at)

    return write(work)


def set_preferences(user_id: int, language: str, time_zone: str | None) -> None:
    """Remember the member's language and time zone."""
    values = update(User).where(User.id == user_id).values(language=language, time_zone=time_zone)
    write(lambda connection: connection.execute(values))


def set_weekly_goal(user_id: int, lessons: int | None) -> None:
    """So many lessons a week, or no goal. Nobody else sees it, and nothing is said when it is missed."""
    goal = lessons if lessons and 1 <= lessons <= MOST_A_WEEK else None
    write(lambda connection: connection.execute(update(User).where(User.id == user_id).values(weekly_goal=goal)))


def hide(user_id: int, parts: Iterable[str]) -> None:
    """Show these parts of the game no more, and all others."""
    values = update(User).where(User.id == user_id).values(hides=" ".join(part for part in PARTS if part in set(parts)))
    write(lambda connection: connection.execute(values))


def give_role(username: str, role: Role, at: datetime) -> None:
    """Give a member a role from the command line. It is the only way to make an admin, or to unmake one.

    Raises InvalidInput when the site would have no admin any more.
    """
    user_id = queries.user_id_of(username)

    def work(connection: Connection) -> None:
        if role != "admin" and queries.is_only_admin(connection, user_id):
            raise InvalidInput(Problem("name", "no-admin-left"))
        connection.execute(update(User).where(User.id == user_id).values(role=role))
        _record(connection, f"role-{role}", user_id, at)

    write(work)


def block_member(connection: Connection, actor: str, learner_id: str, why: str, at: datetime) -> None:
    """Let a member read, but not write. Who runs or moderates the site cannot be blocked."""
    mine = (User.learner_id == learner_id) & User.role.not_in(MODERATING)
    changed = connection.execute(update(User).where(mine).values(blocked_at=at, blocked_why=why[:LONGEST_WHY]))
    if changed.rowcount == 0:
        raise Refusal("unknown-member", 404)
    record(connection, Deed(actor, "block", f"member:{learner_id}", why), at)


def unblock_member(connection: Connection, actor: str, learner_id: str, why: str, at: datetime) -> None:
    """Let a member write again."""
    mine = update(User).where(User.learner_id == learner_id).values(blocked_at=None, blocked_why=None)
    if connection.execute(mine).rowcount == 0:
        raise Refusal("unknown-member", 404)
    record(connection, Deed(actor, "unblock", f"member:{learner_id}", why), at)


def _checked(new: NewMember, at: datetime) -> dict[str, object]:
    """The new row, or everything that is wrong with it but being taken, which only the database can say."""
    username = names.tidied(new.username)
    wrong = (names.problem_with(username), passwords.problem_with(new.password, username))
    found = [Problem(field, code) for field, code in zip(("username", "password"), wrong, strict=True) if code]
    if found:
        raise InvalidInput(*found)
    return {
        "username": username,
        "username_key": names.key(username),
        "password_hash": passwords.hashed(new.password),
        "learner_id": secrets.token_hex(16),
        "role": "member",
        "language": new.language,
        "time_zone": new.time_zone,
        "created_at": at,
    }


def _insert(connection: Connection, values: dict[str, object]) -> int:
    return connection.execute(insert(User).values(values).returning(User.id)).scalar_one()


def _unless_taken(work: Callable[[Connection], T]) -> T:
    try:
        return write(work)
    except IntegrityError:
        raise InvalidInput(Problem("username", "name-taken")) from None


def _replace_hash(connection: Connection, user_id: int, old: str, new: str) -> None:
    """Go on only if the password that was checked is still the password."""
    kept = connection.execute(select(User.password_hash).where(User.id == user_id)).scalar_one_or_none()
    if kept != old:
        raise InvalidInput(WRONG)
    if new != old:
        connection.execute(update(User).where(User.id == user_id).values(password_hash=new))


def _record(connection: Connection, act: str, user_id: int, at: datetime) -> None:
    """What the command line did to a member."""
    learner_id = connection.execute(select(User.learner_id).where(User.id == user_id)).scalar_one()
    record(connection, Deed(SITE, act, f"member:{learner_id}"), at)
