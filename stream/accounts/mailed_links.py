"""Links that a member has sent to the confirmed address: to sign in, or to set a new password.

Whether there is such a member shows nowhere: the answer is the same, and so is the work. The secret is made when the
letter is written, so none waits in the queue.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from flask import Flask, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection, Row, delete, func, insert, select

from stream.accounts import resets, sessions
from stream.accounts.models import SignInLink, User
from stream.accounts.names import key
from stream.accounts.sessions import token_hash
from stream.clock import now
from stream.db import reading, write
from stream.mail import Letter, Mail, enqueue, register
from stream.refusal import Refusal
from stream.web.content import catalogue
from stream.web.outside import absolute, writing_in
from stream.web.page import named

Kind = Literal["sign-in-link", "password-link"]
KINDS: tuple[Kind, ...] = ("sign-in-link", "password-link")
VALID_FOR = timedelta(minutes=20)
STALE = timedelta(hours=1)  # a mail that comes so late would only surprise


def init_app(app: Flask) -> None:
    """Write these mails."""
    for kind in KINDS:
        register(app, kind, _letter)


def ask(kind: Kind, who: str, at: datetime) -> None:
    """Have a link sent to whoever has this name or confirmed address; for nobody, a mail is queued that is dropped."""
    found = _member(who)
    recipient = str(found.id) if found else "0"
    data = {"asked_at": at.isoformat()}
    write(lambda c: enqueue(c, Mail(f"{kind}:{secrets.token_hex(8)}", kind, recipient, data), at))


def owner_of(token: str, at: datetime) -> str | None:
    """Name of the member whom a sign-in link is for, as long as it works. Looking does not use it up."""
    query = select(User.username).join(SignInLink, SignInLink.user_id == User.id)
    with reading() as connection:
        return connection.execute(
            query.where(_mine(token), sessions.still_valid(SignInLink.expires_at, VALID_FOR, at))
        ).scalar_one_or_none()


def sign_in(token: str, agent: str, at: datetime) -> str:
    """Begin a session and return its token. The link works once. Raises Refusal."""

    def work(connection: Connection) -> str:
        used = (
            delete(SignInLink)
            .where(_mine(token), sessions.still_valid(SignInLink.expires_at, VALID_FOR, at))
            .returning(SignInLink.user_id)
        )
        user_id = connection.execute(used).scalar_one_or_none()
        if user_id is None:
            raise Refusal("sign-in-link-over", 410)
        return sessions.open_session(connection, user_id, agent, at)

    return write(work)


def _member(who: str) -> Row[Any] | None:
    """By name, else by confirmed address; one that two members have is nobody's."""
    by_name = select(User.id).where(User.username_key == key(who))
    by_mail = select(User.id).where(func.lower(User.mail) == who.strip().lower(), User.mail_confirmed_at.is_not(None))
    with reading() as connection:
        named_so = connection.execute(by_name).one_or_none()
        mailed_so = connection.execute(by_mail.limit(2)).all()
    return named_so or (mailed_so[0] if len(mailed_so) == 1 else None)


def _letter(data: Mapping[str, Any], mail: Mail) -> Letter | None:
    """The mail with its link; None where nobody, or nobody with a confirmed address, asked for it."""
    at, user_id = now(), int(mail.recipient)
    query = select(User.username, User.mail, User.language).where(
        User.id == user_id, User.mail_confirmed_at.is_not(None)
    )
    with reading() as connection:
        row = connection.execute(query).one_or_none()
    if row is None or at - datetime.fromisoformat(data["asked_at"]) > STALE:
        return None
    token = secrets.token_urlsafe(32)
    write(lambda connection: _keep(connection, mail.kind, user_id, token, at))
    with writing_in(row.language):
        endpoint = "accounts.mailed_link" if mail.kind == "sign-in-link" else "accounts.reset"
        context = {"username": row.username, "kind": mail.kind, "link": absolute(url_for(endpoint, token=token))}
        subject = _("Your link to sign in") if mail.kind == "sign-in-link" else _("Your link for a new password")
        return Letter(
            to=row.mail,
            subject=f"[{named(catalogue().site.name)}] {subject}",
            text=render_template("accounts/link_letter.txt", **context),
            html=render_template("accounts/link_letter.html", **context),
        )


def _keep(connection: Connection, kind: str, user_id: int, token: str, at: datetime) -> None:
    if kind == "password-link":
        resets.keep_link(connection, user_id, token, at)
        return
    connection.execute(delete(SignInLink).where(SignInLink.user_id == user_id))
    values = {"token_hash": token_hash(token), "user_id": user_id, "expires_at": at + VALID_FOR}
    connection.execute(insert(SignInLink).values(values))


def _mine(token: str) -> Any:
    return SignInLink.token_hash == token_hash(token)
