"""One-time links under which a member sets a new password. The admin makes them; no mail server is needed."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from stream.accounts import passwords, queries, sessions
from stream.accounts.admin_acts import SITE, Deed, record
from stream.accounts.models import ResetLink, User
from stream.accounts.problems import InvalidInput, Problem
from stream.accounts.sessions import still_valid, token_hash
from stream.db import reading, write
from stream.refusal import Refusal

VALID_FOR = timedelta(minutes=30)


def make_reset_link(username: str, at: datetime) -> str:
    """The token of a new link, asked for on the command line."""
    user_id, token = queries.user_id_of(username), secrets.token_urlsafe(32)

    def work(connection: Connection) -> None:
        keep_link(connection, user_id, token, at)
        learner_id = connection.execute(select(User.learner_id).where(User.id == user_id)).scalar_one()
        record(connection, Deed(SITE, "reset-link", f"member:{learner_id}"), at)

    write(work)
    return token


def keep_link(connection: Connection, user_id: int, token: str, at: datetime) -> None:
    """Let `token` work from now on; earlier links of the member stop."""
    values = {"user_id": user_id, "created_at": at, "expires_at": at + VALID_FOR}
    connection.execute(delete(ResetLink).where(ResetLink.user_id == user_id))
    connection.execute(insert(ResetLink).values(token_hash=token_hash(token), **values))


def owner_of_link(token: str, at: datetime) -> tuple[int, str] | None:
    """Id and name of the member whom the link is for, as long as it works. Looking does not use it up."""
    query = (
        select(User.id, User.username)
        .join(ResetLink, ResetLink.user_id == User.id)
        .where(_unused(token), still_valid(ResetLink.expires_at, VALID_FOR, at))
    )
    with reading() as connection:
        row = connection.execute(query).one_or_none()
    return (row.id, row.username) if row else None


def use_reset_link(token: str, password: str, agent: str, at: datetime) -> str:
    """Set the password, end all sessions and begin a new one; return its token. The link works once."""
    owner = owner_of_link(token, at)
    if owner is None:
        raise Refusal("reset-link-over", 410)
    user_id, username = owner
    if problem := passwords.problem_with(password, username):
        raise InvalidInput(Problem("password", problem))
    new_hash = passwords.hashed(password)

    def work(connection: Connection) -> str:
        if not connection.execute(update(ResetLink).where(_unused(token)).values(used_at=at)).rowcount:
            raise Refusal("reset-link-over", 410)
        connection.execute(update(User).where(User.id == user_id).values(password_hash=new_hash))
        void_reset_links(connection, user_id, at)
        sessions.end(connection, user_id, at)
        return sessions.open_session(connection, user_id, agent, at)

    return write(work)


def void_reset_links(connection: Connection, user_id: int, at: datetime) -> None:
    """Links that were made for the password as it was before do not change the one that is now."""
    mine = update(ResetLink).where(ResetLink.user_id == user_id, ResetLink.used_at.is_(None))
    connection.execute(mine.values(used_at=at))


def _unused(token: str) -> ColumnElement[bool]:
    return (ResetLink.token_hash == token_hash(token)) & ResetLink.used_at.is_(None)
