"""Everything the site keeps about a member as one zip: JSON for programs, and a page to read."""

import io
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from flask import current_app, render_template
from sqlalchemy import Select, select

from stream.accounts import takeout_words
from stream.accounts.login import shown
from stream.accounts.models import Session, User
from stream.accounts.signals import personal_data_asked
from stream.db import reading
from stream.mail.models import mails

UNSHOWABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # no page may hold these
NOT_TAKEN = frozenset({"id", "username_key", "password_hash", "own_version"})  # of no use to anybody but a thief
PROFILE = [column for column in User.__table__.c if column.name not in NOT_TAKEN]
DEVICE = (Session.agent, Session.created_at, Session.seen_at, Session.revoked_at)


def rows_of(queries: Mapping[str, Select[Any]]) -> dict[str, list[dict[str, Any]]]:
    """What each query finds, as plain values."""
    with reading() as connection:
        return {name: [_plain(row) for row in connection.execute(query).mappings()] for name, query in queries.items()}


def sections_of(user_id: int, learner_id: str) -> dict[str, Any]:
    """What accounts know of the member, then what each feature does, in the order of their names."""
    site = current_app._get_current_object()  # type: ignore[attr-defined]
    asked = (section for _receiver, section in personal_data_asked.send(site, learner_id=learner_id))
    return {"account": _account(user_id, learner_id), **dict(sorted(asked))}


def takeout_of(user_id: int, learner_id: str, at: datetime) -> bytes:
    """The zip."""
    sections = sections_of(user_id, learner_id)
    page = render_template(
        "accounts/takeout.html",
        sections=takeout_words.readable(sections, takeout_words.left_out(shown())),
        at=at,
        label=takeout_words.label,
        text=_showable,
    )
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(sections, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
        archive.writestr("data.html", page)
    return packed.getvalue()


def _account(user_id: int, learner_id: str) -> dict[str, Any]:
    mine = {
        "profile": select(*PROFILE).where(User.id == user_id),
        "sessions": select(*DEVICE).where(Session.user_id == user_id).order_by(Session.id),
        "mails": (
            select(mails.c.kind, mails.c.state, mails.c.created_at, mails.c.sent_at)
            .where(mails.c.recipient.in_((learner_id, str(user_id))))
            .order_by(mails.c.id)
        ),
    }
    found = rows_of(mine)
    return {**found, "profile": found["profile"][0]}


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def _showable(value: object) -> str:
    return UNSHOWABLE.sub("\ufffd", str(value))
