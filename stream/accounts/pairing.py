"""Signing a second device in by six digits that the first one shows: five minutes, once, at most five tries."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from stream.accounts import passwords, sessions
from stream.accounts.models import PairingCode, User
from stream.accounts.names import key
from stream.accounts.problems import InvalidInput, Problem
from stream.db import reading, write

VALID_FOR = timedelta(minutes=5)
DIGITS, TRIES = 6, 5
WRONG = Problem("code", "wrong-code")  # the same for an unknown name, a wrong code and one that is over


def show_code(user_id: int, at: datetime) -> str:
    """A new code; the member's last one stops working."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    values = {"user_id": user_id, "code_hash": passwords.hashed(code), "expires_at": at + VALID_FOR, "tries": 0}

    def work(connection: Connection) -> None:
        _forget(connection, user_id)
        connection.execute(insert(PairingCode).values(values))

    write(work)
    return code


def pair(username: str, code: str, agent: str, at: datetime) -> str:
    """Begin a session on the device on which the code was typed; its token. Raises InvalidInput."""
    query = select(PairingCode).join(User, User.id == PairingCode.user_id).where(User.username_key == key(username))
    with reading() as connection:
        row = connection.execute(query.with_only_columns(PairingCode.user_id, PairingCode.code_hash)).one_or_none()
    digits = "".join(filter(str.isdecimal, code))
    is_right = passwords.is_right(digits, row.code_hash if row else None)  # takes as long for unknown names
    if row is None or not write(lambda connection: _try(connection, row.user_id, row.code_hash, at)) or not is_right:
        raise InvalidInput(WRONG)

    def work(connection: Connection) -> str:
        mine = delete(PairingCode).where(PairingCode.user_id == row.user_id, PairingCode.code_hash == row.code_hash)
        if connection.execute(mine).rowcount == 0:  # another device was faster
            raise InvalidInput(WRONG)
        return sessions.open_session(connection, row.user_id, agent, at)

    return write(work)


def _try(connection: Connection, user_id: int, code_hash: str, at: datetime) -> bool:
    """Count a try; whether the code may still be tried. Counted before it is known to be right, so none slips past."""
    mine = (PairingCode.user_id == user_id) & (PairingCode.code_hash == code_hash)
    may = mine & (PairingCode.tries < TRIES) & sessions.still_valid(PairingCode.expires_at, VALID_FOR, at)
    return connection.execute(update(PairingCode).where(may).values(tries=PairingCode.tries + 1)).rowcount == 1


def _forget(connection: Connection, user_id: int) -> None:
    connection.execute(delete(PairingCode).where(PairingCode.user_id == user_id))
