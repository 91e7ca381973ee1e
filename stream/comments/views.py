"""The web around the talk about a lesson: read it, and choose what to be told of."""

from typing import Any

from flask import Blueprint, Flask, Response, abort, request, url_for

from stream.accounts import Member
from stream.accounts.login import members_only
from stream.accounts.signals import signed_in_with_act
from stream.comments import leaving, looks, responses, shared
from stream.comments.addresses import comments_of
from stream.comments.alerts import set_alerts, set_thread_alerts
from stream.comments.block_threads import block_thread_of, detached_thread_of
from stream.comments.context import (
    discussion_alone,
    form_key,
    keep_with_talk,
    signed_in_member,
    thread_context,
    viewer,
)
from stream.comments.drafts import keep_draft
from stream.passages.settling import settle_if_needed
from stream.web.content import at, lesson_or_404, text_of
from stream.web.htmx import fragments, redirect_to, wants_fragment
from stream.web.paging import page_number

blueprint = Blueprint("comments", __name__, url_prefix="/<language>")


def init_app(app: Flask) -> None:
    """Keep what somebody was writing when their session had ended; give templates what they show of talk."""
    signed_in_with_act.connect(_keep_what_was_written, app)
    app.jinja_env.globals["form_key"] = form_key
    leaving.init_app(app)
    looks.init_app(app)
    shared.init_app(app)


@blueprint.get("/lessons/<slug>/comments")
def lesson_comments(slug: str) -> Response:
    """The lesson's thread on a page of its own; for htmx the next stretch of it, or the whole in another order."""
    lesson = lesson_or_404(slug)
    keep_with_talk(lesson)
    context = discussion_alone(lesson)
    if not wants_fragment():
        return responses.page("comments/lesson.html", **context)
    is_stretch = "page" in request.args
    return fragments("comments/_stretch.html" if is_stretch else "comments/_comments.html", **context)


@blueprint.get("/lessons/<slug>/threads/<block>")
def block_thread(slug: str, block: str) -> Response:
    """The talk about one block: beside it for htmx, else on a page of its own."""
    lesson = lesson_or_404(slug)
    settle_if_needed(lesson)
    return responses.block_thread(lesson, block)


@blueprint.get("/lessons/<slug>/threads/<block>/mark")
def block_mark(slug: str, block: str) -> Response:
    """The mark alone: what an opened thread leaves when it is closed again."""
    lesson = lesson_or_404(slug)
    if not wants_fragment():
        return redirect_to(url_for("lessons.show", slug=slug, _anchor=block))
    found = block_thread_of(lesson, text_of(lesson).language, block, viewer())
    if found is None:
        abort(404)
    return fragments("comments/_mark.html", lesson=lesson, block=block, count=found.page.shown)


@blueprint.get("/lessons/<slug>/detached/<int:thread_id>")
def detached_thread(slug: str, thread_id: int) -> Response:
    """More of the talk about a block that is gone."""
    lesson = lesson_or_404(slug)
    found = detached_thread_of(lesson, text_of(lesson).language, thread_id, viewer(), page_number())
    if found is None:
        abort(404)
    context = {"thread": found, **thread_context(lesson)}
    if wants_fragment():
        return fragments("comments/_thread_stretch.html", **context)
    return responses.page("comments/detached.html", **context)


@blueprint.post("/lessons/<slug>/alerts")
@members_only
def alerts(slug: str) -> Response:
    """Say which comments on this lesson one wants to hear of."""
    lesson = lesson_or_404(slug)
    level = request.form.get("alerts", "mine")
    set_alerts(signed_in_member().learner_id, lesson, level, at())
    if wants_fragment():
        return fragments("comments/_alerts.html", lesson=lesson, alerts=level, is_saved=True)
    return redirect_to(comments_of(lesson))


@blueprint.post("/lessons/<slug>/threads/<block>/alerts")
@members_only
def block_alerts(slug: str, block: str) -> Response:
    """The same for the talk about one block."""
    lesson = lesson_or_404(slug)
    found = block_thread_of(lesson, text_of(lesson).language, block, viewer())
    if found is None or found.page.thread_id is None:
        abort(404)
    set_thread_alerts(signed_in_member().learner_id, found.page.thread_id, request.form.get("alerts", "mine"))
    if wants_fragment():
        return responses.block_thread(lesson, block)
    return redirect_to(url_for("comments.block_thread", slug=slug, block=block))


def _keep_what_was_written(_app: Flask, *, member: Member, act: str, kept: str, kept_for: str, **_: Any) -> None:
    if act == "comment" and kept.strip():
        keep_draft(member.learner_id, kept_for[:400], kept[:20_000], at())
