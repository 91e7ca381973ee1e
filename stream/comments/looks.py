"""What comments look like to whoever reads them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import Flask, current_app, g
from markupsafe import Markup, escape

from stream import accounts
from stream.comments.comment import Comment, Viewer
from stream.comments.context import rules, viewer
from stream.ledger.levels import Curve
from stream.progress.rules import rulebook
from stream.web.addresses import built
from stream.web.content import at
from stream.web.page import here, hue, instant, lesson_html, moments
from stream.web.specialised import Kinds, places


class Look(NamedTuple):
    """All that `_comment.html` decides by."""

    state: str
    role: str
    is_new: bool  # written just now
    is_reply: bool
    is_mine: bool
    is_foreign: bool  # not in the page's language
    is_edited: bool
    is_pinned: bool
    is_answered: bool
    is_answer: bool
    is_found_helpful: bool
    is_helpful: bool  # to anybody
    has_writer: bool  # who has not left
    has_profile: bool
    shows_level: bool
    answers_reply: bool
    may_change: bool
    by_member: bool
    by_blocked: bool
    by_moderator: bool
    by_asker: bool

    @property
    def is_shown(self) -> bool:
        """Whether it has a text to show."""
        return self.state in ("shown", "held")

    @property
    def may_act(self) -> bool:
        """Whether its reader may do something about it."""
        return self.by_member and not self.by_blocked


class Printed(NamedTuple):
    """All that `_comment.html` prints of a comment, as HTML."""

    id: str
    parent_id: str
    answer_id: str
    writer: str
    letters: str
    hue: str
    profile: str
    level: str
    created_at: str
    created: str
    edited: str
    language: str
    in_reply_to: str
    html: str
    helpful: str
    here: str


PLACES = Printed(*places(len(Printed._fields)))


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever looks, and when: all that the look of a comment depends on besides itself."""

    viewer: Viewer
    language: str
    at: datetime
    edit_for: timedelta
    curve: Curve | None  # none: whoever looks wants to see no levels
    here: str
    moment: Callable[[datetime], str]  # in their language and time zone

    @classmethod
    def of_request(cls) -> "Reader":
        """Whoever asks."""
        curve = rulebook().curve if accounts.shown().xp else None
        return cls(viewer(), g.language, at(), rules().edit_for, curve, here(), moments())


def init_app(app: Flask) -> None:
    """Give templates `comments_html`."""
    app.extensions["stream.comment_kinds"] = Kinds("comments/_comment.html", comment=PLACES)
    app.jinja_env.globals["comments_html"] = comments_html


def comments_html(found: Iterable[Comment], new: int | None = None) -> Markup:
    """Comments as whoever asks sees them. `new` is the one that was written just now."""
    kinds, reader = current_app.extensions["stream.comment_kinds"], Reader.of_request()
    html: Markup = kinds.html(
        (look_of(comment, reader, comment.id == new), printed(comment, reader)) for comment in found
    )
    return html


def look_of(comment: Comment, reader: Reader, is_new: bool) -> Look:
    """How it looks to this reader."""
    me = reader.viewer
    return Look(
        state=comment.state,
        role=comment.role,
        is_new=is_new,
        is_reply=comment.is_reply,
        is_mine=comment.is_mine,
        is_foreign=comment.language != reader.language,
        is_edited=comment.edited_at is not None,
        is_pinned=comment.is_pinned,
        is_answered=comment.answer_id is not None,
        is_answer=comment.is_answer,
        is_found_helpful=comment.is_found_helpful,
        is_helpful=comment.helpful > 0,
        has_writer=comment.writer is not None,
        has_profile=comment.has_profile,
        shows_level=reader.curve is not None and comment.xp is not None,
        answers_reply=comment.in_reply_to is not None,
        may_change=comment.is_mine and comment.may_change(reader.at, reader.edit_for),
        by_member=me.learner_id is not None,
        by_blocked=me.is_blocked,
        by_moderator=me.may_moderate,
        by_asker=me.learner_id is not None and comment.asker_id == me.learner_id,
    )


def printed(comment: Comment, reader: Reader) -> Printed:
    """What is printed of it."""
    name = comment.writer or ""
    return Printed(
        id=str(comment.id),
        parent_id=str(comment.parent_id),
        answer_id=str(comment.answer_id),
        writer=escape(name),
        letters=escape((name or "?")[:2].upper()),
        hue=str(hue(comment.learner_id)),
        profile=escape(built("progress.person", username=name)) if comment.has_profile else "",
        level="" if reader.curve is None or comment.xp is None else str(reader.curve.level_at(comment.xp)),
        created_at=instant(comment.created_at),
        created=escape(reader.moment(comment.created_at)),
        edited=escape(reader.moment(comment.edited_at)) if comment.edited_at else "",
        language=escape(comment.language),
        in_reply_to=escape(comment.in_reply_to or ""),
        html=lesson_html(comment.html),
        helpful=str(comment.helpful),
        here=escape(reader.here),
    )
