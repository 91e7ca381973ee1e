"""What comments look like to whoever reads them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import Flask, current_app, g
from markupsafe import Markup, escape

from stream import accounts
from stream.comments.comment import Comment, Viewer
from stream.comments.context import rules, stretch_key, viewer
from stream.comments.discussions import Discussion
from stream.ledger.levels import Curve
from stream.progress.rules import rulebook
from stream.web.addresses import built
from stream.web.content import at
from stream.web.htmx import page_before, wants_fragment
from stream.web.kept_fragments import for_page, kept_piece
from stream.web.page import here, hue, instant, lesson_html, moments, rendered_html
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


NEXT = "\ufdd0next\ufdd1"  # between comments; noncharacters: no text of ours or of anybody's holds them
NOBODY = ""  # the id of no learner
PLACES = Printed(*places(len(Printed._fields)))


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever looks, and when: all that the look of a comment depends on besides itself."""

    viewer: Viewer
    language: str
    at: datetime
    edit_for: timedelta
    curve: Curve | None  # none: whoever looks wants to see no levels
    here: str  # the page that the comment is on; "" where that is not known
    moment: Callable[[datetime], str]  # in their language and time zone

    @classmethod
    def of_request(cls) -> "Reader":
        """Whoever asks."""
        curve = rulebook().curve if accounts.shown().xp else None
        page = page_before() or "" if wants_fragment() else here()
        return cls(viewer(), g.language, at(), rules().edit_for, curve, page, moments())

    def as_any(self) -> "Reader":
        """Somebody who sees as much, and of whom nothing is."""
        me = self.viewer
        return replace(self, viewer=replace(me, learner_id=None if me.learner_id is None else NOBODY))


def init_app(app: Flask) -> None:
    """Give templates `comments_html` and `stretch_html`."""
    app.extensions["stream.comment_kinds"] = Kinds("comments/_comment.html", comment=PLACES)
    app.jinja_env.globals.update(comments_html=comments_html, stretch_html=stretch_html)


def comments_html(found: Iterable[Comment], new: int | None = None) -> Markup:
    """Comments as whoever asks sees them. `new` is the one that was written just now."""
    return rendered_html(for_page("".join(_each(found, Reader.of_request(), new))))


def stretch_html(found: Discussion, new: int | None = None) -> Markup:
    """A page of the talk about a lesson: what all see alike is kept, and what is the reader's own put in its place."""
    key, reader, comments = stretch_key(found), Reader.of_request(), found.page.comments
    if key is None:
        return comments_html(comments, new)
    everybodys = kept_piece("stretch", key, lambda: NEXT.join(_each(map(_of_others, comments), reader.as_any())))
    me = reader.viewer.learner_id
    own = [number for number, each in enumerate(comments) if me and (each.is_mine or each.asker_id == me)]
    if not own:
        return rendered_html(for_page(everybodys.replace(NEXT, ""), packed_once=True))
    pieces = everybodys.split(NEXT)
    for number, html in zip(own, _each([comments[number] for number in own], reader, new), strict=True):
        pieces[number] = html
    return rendered_html(for_page("".join(pieces)))


def _each(found: Iterable[Comment], reader: Reader, new: int | None = None) -> list[str]:
    kinds: Kinds = current_app.extensions["stream.comment_kinds"]
    return kinds.each((look_of(comment, reader, comment.id == new), printed(comment, reader)) for comment in found)


def _of_others(comment: Comment) -> Comment:
    """As those see it who have not written it."""
    return comment._replace(is_mine=False) if comment.is_mine else comment


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
