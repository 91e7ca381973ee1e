"""What is asked about accounts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from stream.accounts.models import User
from stream.accounts.names import key
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
    is_admin: bool
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


def learner_of(username: str) -> str | None:
    """The learner whose account is called `username`."""
    with reading() as connection:
        return connection.execute(
            select(User.learner_id).where(User.username_key == key(username))
        ).scalar_one_or_none()


def everyone() -> list[Listed]:
    """All members, oldest first."""
    query = select(User.username, User.learner_id, User.is_admin, User.created_at).order_by(User.id)
    with reading() as connection:
        return [Listed(*row) for row in connection.execute(query)]
