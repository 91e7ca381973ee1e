"""Deleting an account: nothing that leads to the person stays. The ledger does, and holds nothing but a random id.

Features delete what they keep themselves, in the same transaction: see `signals.account_erased`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy import Column, Connection, delete, select, update

from stream.accounts import names, passwords, queries
from stream.accounts.models import Invited, PairingCode, ResetLink, Session, SignInLink, User
from stream.accounts.problems import InvalidInput, Problem
from stream.accounts.queries import Credentials
from stream.accounts.signals import account_erased
from stream.accounts.traces import Traces
from stream.db import forget_log, write
from stream.mail.queue import forget

COMMENTS = {"keep": True, "remove": False}


@dataclass(frozen=True, slots=True)
class Farewell:
    """What somebody types who wants to leave. `comments` is a key of COMMENTS."""

    user_id: int
    typed_name: str
    password: str = field(repr=False)
    comments: str


def erase(farewell: Farewell, at: datetime) -> None:
    """Delete the account, knowing its password and its name. The last admin cannot leave."""
    known = queries.credentials_by_id(farewell.user_id)
    _check(farewell, known)
    site = current_app._get_current_object()  # type: ignore[attr-defined]
    announce = partial(account_erased.send, site, keep_comments=COMMENTS[farewell.comments], at=at)

    def work(connection: Connection) -> None:
        leaver = _leaver(connection, known)
        _require_another_admin(connection, leaver)
        traces = _traces(connection, leaver)
        announce(connection=connection, learner_id=leaver.learner_id, traces=traces)
        _delete(connection, leaver)
        take_out(connection, User.__table__.c.blocked_why, traces)  # type: ignore[arg-type]

    write(work)
    forget_log()


def take_out(connection: Connection, column: Column[Any], traces: Traces) -> None:
    """Take the traces out of all texts of a column that other people wrote."""
    called = select(column).where(column.contains("@")).distinct()
    for text in connection.execute(called).scalars().all():
        if (cleaned := traces.out_of(text)) != text:
            connection.execute(update(column.table).where(column == text).values({column: cleaned}))


def _check(farewell: Farewell, known: Credentials) -> None:
    """Raises InvalidInput with everything that is wrong."""
    rules = {
        "typed_name": ("other-name", names.key(farewell.typed_name) == names.key(known.username)),
        "comments": ("choice-missing", farewell.comments in COMMENTS),
        "leave_password": ("wrong-current", passwords.is_right(farewell.password, known.password_hash)),
    }
    wrong = [Problem(name, code) for name, (code, holds) in rules.items() if not holds]
    if wrong:
        raise InvalidInput(*wrong)


def _leaver(connection: Connection, known: Credentials) -> Any:
    """The row of whoever leaves, if the password that was checked is still the password."""
    same = (User.id == known.user_id) & (User.password_hash == known.password_hash)
    row = connection.execute(select(User.__table__).where(same)).one_or_none()
    if row is None:
        raise InvalidInput(Problem("leave_password", "wrong-current"))
    return row


def _require_another_admin(connection: Connection, leaver: Any) -> None:
    """A site without an admin would be nobody's."""
    if queries.is_only_admin(connection, leaver.id):
        raise InvalidInput(Problem("typed_name", "last-admin"))


def _traces(connection: Connection, leaver: Any) -> Traces:
    others = connection.execute(select(User.username_key).where(User.id != leaver.id)).scalars()
    return Traces(leaver.username, leaver.mail, frozenset(others))


def _delete(connection: Connection, leaver: Any) -> None:
    for recipient in (leaver.learner_id, str(leaver.id)):
        forget(connection, recipient)
    for table in (Session, ResetLink, Invited, PairingCode, SignInLink):
        connection.execute(delete(table).where(table.user_id == leaver.id))
    connection.execute(delete(User).where(User.id == leaver.id))
