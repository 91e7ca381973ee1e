"""A member's mail address: given by the member, used only after a link that was sent there has been pressed."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app, render_template, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import Connection, select, update

from stream.accounts import passwords, queries
from stream.accounts.models import User
from stream.accounts.problems import InvalidInput, Problem
from stream.db import reading, write
from stream.mail import Letter, Mail, enqueue, register
from stream.settings import mail_address
from stream.web.content import catalogue
from stream.web.outside import absolute, writing_in
from stream.web.page import named

GOOD_FOR = timedelta(days=2)
LONGEST = 320
KIND = "confirm-address"
_SHAPE = re.compile(r"[^@\s]+@[^@\s]+")


def init_app(app: Flask) -> None:
    """Write the mails with the link."""
    register(app, KIND, letter)


def problem_with(address: str) -> str | None:
    """The code of what is wrong with an address, or None."""
    parsed = mail_address(address) if len(address) <= LONGEST and _SHAPE.fullmatch(address) else None
    plain = parsed is not None and parsed.addr_spec == address
    return None if plain else "mail-shape"


def set_address(user_id: int, address: str, current: str, at: datetime) -> None:
    """Note an address, knowing the password, and send it a link; an empty one forgets the address."""
    if not passwords.is_right(current, queries.credentials_by_id(user_id).password_hash):
        raise InvalidInput(Problem("mail_current", "wrong-current"))
    problem = problem_with(address) if address else None
    if problem:
        raise InvalidInput(Problem("mail", problem))

    def work(connection: Connection) -> None:
        mine = update(User).where(User.id == user_id)
        connection.execute(mine.values(mail=address or None, mail_confirmed_at=None))
        if address:
            key = f"{KIND}:{user_id}:{at.timestamp()}"
            enqueue(connection, Mail(key, KIND, str(user_id), {"address": address}), at)

    write(work)


def confirm(token: str, at: datetime) -> bool:
    """Use the address from now on; whether the link was good for the address the member has."""
    found = read_token(token)
    if found is None:
        return False
    user_id, address = found
    mine = update(User).where(User.id == user_id, User.mail == address).values(mail_confirmed_at=at)
    return write(lambda connection: connection.execute(mine)).rowcount == 1


def token_for(user_id: int, address: str) -> str:
    """The secret part of the link."""
    return str(_serializer().dumps([user_id, address]))


def read_token(token: str) -> tuple[int, str] | None:
    """Which member's which address a link confirms, if it is a link of ours and not too old."""
    try:
        user_id, address = _serializer().loads(token[:1000], max_age=int(GOOD_FOR.total_seconds()))
    except (BadSignature, ValueError, TypeError):
        return None
    return int(user_id), str(address)


def address_of(user_id: int) -> tuple[str, bool] | None:
    """The member's address and whether it is confirmed."""
    query = select(User.mail, User.mail_confirmed_at).where(User.id == user_id)
    with reading() as connection:
        row = connection.execute(query).first()
    return (row.mail, row.mail_confirmed_at is not None) if row and row.mail else None


def letter(data: Mapping[str, Any], mail: Mail) -> Letter | None:
    """The mail with the link; None when the member has another address by now."""
    user_id, address = int(mail.recipient), str(data["address"])
    query = select(User.username, User.language).where(User.id == user_id, User.mail == address)
    with reading() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    with writing_in(row.language):
        link = absolute(url_for("accounts.confirm_address", token=token_for(user_id, address)))
        site = str(named(catalogue().site.name))
        context = {"link": link, "username": row.username}
        return Letter(
            to=address,
            subject=f"[{site}] " + _("Is this your address?"),
            text=render_template("accounts/confirm_letter.txt", **context),
            html=render_template("accounts/confirm_letter.html", **context),
        )


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="confirm-address")
