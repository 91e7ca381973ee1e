"""The web around threads: read, write, answer, change, mark as helpful, report to moderators, be told of answers."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Flask, Response, abort, make_response, render_template, request, url_for
from flask_wtf.csrf import CSRFError

from stream import accounts, mail
from stream.accounts import Member
from stream.accounts.login import members_only
from stream.accounts.signals import signed_in_with_act
from stream.accounts.views import ask_to_sign_in
from stream.catalogue.model import Lesson
from stream.comments import forms, leaving, queries, reactions, service, shared
from stream.comments.alerts import set_alerts, set_thread_alerts
from stream.comments.block_threads import block_extras, block_thread_of, detached_thread_of
from stream.comments.comment import Comment
from stream.comments.context import (
    comment_keys,
    discussion_context,
    form_key,
    keep_with_talk,
    own_discussion,
    rules,
    stretch_key,
    thread_context,
    viewer,
)
from stream.comments.drafts import draft_of, keep_draft, place_of
from stream.comments.forms import CommentForm, said
from stream.comments.moderation import hold_flood
from stream.comments.service import EditedMeanwhile, NewComment, Posted
from stream.comments.texts import made_of
from stream.comments.thread_pages import Position, position_of
from stream.comments.writers import Unfit, Writer
from stream.markdown.comments import problem_with
from stream.passages.settling import settle_if_needed
from stream.progress.rules import level_of
from stream.progress.views import act_limit
from stream.refusal import Refusal
from stream.together import read_together
from stream.web.content import at, catalogue, lesson_or_404, text_of
from stream.web.htmx import fragments, redirect_to, wants_fragment
from stream.web.limits import Budget, limited, member_key
from stream.web.page import site_settings
from stream.web.paging import page_number
from stream.web.security import require_token, without_token

blueprint = Blueprint("comments", __name__, url_prefix="/<language>")
FLOOD = "15 per 10 minutes"  # refused comments, after which a writer is taken for a program


def init_app(app: Flask) -> None:
    """Keep what somebody was writing when their session had ended; show levels beside names."""
    signed_in_with_act.connect(_keep_what_was_written, app)
    app.jinja_env.globals["comment_level"] = level_of
    app.jinja_env.globals.update(stretch_key=stretch_key, comment_keys=comment_keys, form_key=form_key)
    leaving.init_app(app)
    shared.init_app(app)


@blueprint.get("/lessons/<slug>/comments")
def lesson_comments(slug: str) -> Response:
    """The lesson's thread on a page of its own; for htmx the next stretch of it, or the whole in another order."""
    lesson = lesson_or_404(slug)
    keep_with_talk(lesson)
    context = _discussion(lesson)
    if not wants_fragment():
        return _page("comments/lesson.html", **context)
    is_stretch = "page" in request.args
    return fragments("comments/_stretch.html" if is_stretch else "comments/_comments.html", **context)


@blueprint.post("/lessons/<slug>/comments")
@without_token
def post(slug: str) -> Response:
    """Write on the lesson, on one of its blocks, or in answer to somebody. What was typed survives whatever happens."""
    lesson = lesson_or_404(slug)
    form = forms.sent_form(lesson, request.form)
    if request.form.get("do") == "preview":
        return preview(slug=slug)
    member = accounts.member()
    if member is None:
        return _sign_in_first(lesson, form)
    problem, status, wait = _refused_before(member)
    if problem:
        return _form_again(lesson, form, said(problem, wait), status, wait)
    new = NewComment(lesson, text_of(lesson).language, form.body, form.post_id, form.block, _number(form.parent))
    try:
        posted = service.post(_writer(member), new, rules(), at())
    except Unfit as unfit:
        form = replace(form, block="") if unfit.code == "block-gone" else form
        return _form_again(lesson, form, said(unfit.code))
    mail.wake()
    return _posted(lesson, posted, is_on_lesson=not (new.block or new.parent))


@blueprint.post("/lessons/<slug>/comments/preview")
@without_token
@limited(act_limit, who=member_key)
def preview(slug: str) -> Response:
    """How a text will look. For htmx the preview alone, without scripts the form with it. Nothing is stored."""
    lesson = lesson_or_404(slug)
    if accounts.member() is None:
        abort(404)
    form = _edit_or_new(lesson)
    problem = problem_with(form.body)
    html = "" if problem else made_of(form.body)[0].html
    if wants_fragment():
        return fragments("comments/_preview.html", preview=html, problem=problem and said(problem))
    form = replace(form, preview=html, problem=said(problem) if problem else "")
    return _page("comments/form.html", form=form, **thread_context(lesson))


@blueprint.get("/lessons/<slug>/threads/<block>")
def block_thread(slug: str, block: str) -> Response:
    """The talk about one block: beside it for htmx, else on a page of its own."""
    lesson = lesson_or_404(slug)
    settle_if_needed(lesson)
    return _block_thread(lesson, block)


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
    return _page("comments/detached.html", **context)


@blueprint.get("/comments/<int:comment_id>")
def permalink(comment_id: int) -> Response:
    """Wherever the comment stands now."""
    return redirect_to(_address_of(_comment_or_404(comment_id)))


@blueprint.get("/comments/<int:comment_id>/reply")
@members_only
def reply(comment_id: int) -> Response:
    """The form for an answer: below the comment, or without scripts on a page with it."""
    comment = _comment_or_404(comment_id)
    lesson = _lesson_of(comment)
    draft = draft_of(_me().learner_id, place_of(lesson.id, "", comment.id))
    form = forms.reply_form(lesson, comment.id, draft)
    return _form_page(lesson, form, comment)


@blueprint.get("/comments/<int:comment_id>/edit")
@members_only
def edit(comment_id: int) -> Response:
    """The form for a change of one's own comment."""
    comment = _own_or_404(comment_id)
    source = queries.source_of(comment_id, _me().learner_id)
    assert source is not None, "it is one's own"
    return _form_page(_lesson_of(comment), forms.edit_form(comment_id, *source), comment)


@blueprint.post("/comments/<int:comment_id>/edit", endpoint="edit_post")
@without_token
@limited(act_limit, who=member_key)
def save_edit(comment_id: int) -> Response:
    """Change one's own comment."""
    member = accounts.member()
    if member is None:
        return redirect_to(url_for("accounts.sign_in", next=url_for("comments.edit", comment_id=comment_id)))
    comment = _own_or_404(comment_id)
    if request.form.get("do") == "preview":
        return preview(slug=_lesson_of(comment).slug)
    form = _sent_edit(comment_id)
    if not _has_token():
        return _edit_again(comment, form, said("expired"))
    try:
        service.edit(_writer(member), comment_id, form.body, _number(form.version) or 0, rules(), at())
    except Unfit as unfit:
        return _edit_again(comment, form, said(unfit.code))
    except EditedMeanwhile as newer:
        form = replace(form, version=str(newer.version), current=newer.body)
        return _edit_again(comment, form, said("edited-meanwhile"), 409)
    return _changed(comment_id)


@blueprint.post("/comments/<int:comment_id>/delete")
@members_only
def delete(comment_id: int) -> Response:
    """Take one's own comment back."""
    comment = _own_or_404(comment_id)
    lesson, position = _lesson_of(comment), _position(comment)
    service.remove(_writer(_me()), comment_id, rules(), at())
    if position.block:
        if wants_fragment():
            return _block_thread(lesson, position.block)
        return redirect_to(url_for("comments.block_thread", slug=lesson.slug, block=position.block))
    return _whole(lesson) if wants_fragment() else redirect_to(_comments_of(lesson))


@blueprint.post("/comments/<int:comment_id>/helpful")
@limited(act_limit, who=member_key)
def find_helpful(comment_id: int) -> Response:
    """Mark a comment as helpful, or take that back."""
    comment = _comment_or_404(comment_id)
    if accounts.member() is None:
        return redirect_to(url_for("accounts.sign_in", next=_address_of(comment)))
    reactions.find_helpful(_writer(_me()), comment_id, request.form.get("helpful") != "no")
    return _changed(comment_id)


@blueprint.route("/comments/<int:comment_id>/flag", methods=["GET", "POST"])
@members_only
@limited("30 per hour", who=member_key, methods=["POST"])
def flag(comment_id: int) -> Response:
    """Ask moderators to look at a comment, and say why."""
    comment = _comment_or_404(comment_id)
    lesson = _lesson_of(comment)
    if request.method != "POST":  # HEAD too
        return _page("comments/flag.html", comment=comment, why="", problem="", **thread_context(lesson))
    why = request.form.get("why", "")
    try:
        reactions.flag(_writer(_me()), comment_id, why, at())
    except Unfit as unfit:
        context = {"comment": comment, "why": why, "problem": said(unfit.code), **thread_context(lesson)}
        return _page("comments/flag.html", 422, **context)
    return _page("comments/flagged.html", comment=comment, **thread_context(lesson))


@blueprint.post("/lessons/<slug>/alerts")
@members_only
def alerts(slug: str) -> Response:
    """Say which comments on this lesson one wants to hear of."""
    lesson = lesson_or_404(slug)
    level = request.form.get("alerts", "mine")
    set_alerts(_me().learner_id, lesson, level, at())
    if wants_fragment():
        return fragments("comments/_alerts.html", lesson=lesson, alerts=level, is_saved=True)
    return redirect_to(_comments_of(lesson))


@blueprint.post("/lessons/<slug>/threads/<block>/alerts")
@members_only
def block_alerts(slug: str, block: str) -> Response:
    """The same for the talk about one block."""
    lesson = lesson_or_404(slug)
    found = block_thread_of(lesson, text_of(lesson).language, block, viewer())
    if found is None or found.page.thread_id is None:
        abort(404)
    set_thread_alerts(_me().learner_id, found.page.thread_id, request.form.get("alerts", "mine"))
    if wants_fragment():
        return _block_thread(lesson, block)
    return redirect_to(url_for("comments.block_thread", slug=slug, block=block))


def _discussion(lesson: Lesson) -> dict[str, Any]:
    return discussion_context(lesson, read_together([own_discussion(lesson)]))


def _writer(member: Member) -> Writer:
    return Writer(member.learner_id, member.joined_at, member.may_moderate, member.blocked_why is not None)


def _me() -> Member:
    found = accounts.member()
    assert found is not None, "these pages are for members"
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _has_token() -> bool:
    try:
        require_token()
    except CSRFError:
        return False
    return True


def _refused_before(member: Member) -> tuple[str, int, int]:
    """(code, status, seconds to wait) of what speaks against a comment before its text is looked at."""
    if not _has_token():
        return "expired", 422, 0
    if request.form.get(forms.HONEYPOT):
        return "robot", 422, 0
    wait = Budget(site_settings().comment_limit, "comments", member.learner_id).charge()
    if not wait:
        return "", 0, 0
    if Budget(FLOOD, "flood", member.learner_id).charge():
        hold_flood(member.learner_id, at())
        return "flood", 429, wait
    return "too-many", 429, wait


def _sign_in_first(lesson: Lesson, form: CommentForm) -> Response:
    """The session has ended: sign in, and the text is in its form again."""
    if form.parent:
        back = url_for("comments.reply", comment_id=form.parent)
    elif form.block:
        back = url_for("comments.block_thread", slug=lesson.slug, block=form.block)
    else:
        back = _comments_of(lesson)
    return ask_to_sign_in(back, "comment", form.body, place_of(lesson.id, form.block, _number(form.parent)))


def _keep_what_was_written(_app: Flask, *, member: Member, act: str, kept: str, kept_for: str, **_: Any) -> None:
    if act == "comment" and kept.strip():
        keep_draft(member.learner_id, kept_for[:400], kept[:20_000], at())


def _posted(lesson: Lesson, posted: Posted, is_on_lesson: bool) -> Response:
    if wants_fragment() and is_on_lesson:
        return _whole(lesson, new=posted.id)
    comment = queries.comment_of(posted.id, viewer())
    assert comment is not None, "it was posted a moment ago"
    if not wants_fragment():
        return redirect_to(_address_of(comment))
    position = _position(comment)
    return _block_thread(lesson, position.block, new=posted.id) if position.block else _whole(lesson, new=posted.id)


def _whole(lesson: Lesson, new: int | None = None) -> Response:
    """All of `#comments` anew."""
    return fragments("comments/_comments.html", new_comment=new, **_discussion(lesson))


def _block_thread(lesson: Lesson, block: str, new: int | None = None) -> Response:
    me = viewer()
    number = page_number()
    found = block_thread_of(lesson, text_of(lesson).language, block, me, number)
    if found is None:
        abort(404)
    extras = block_extras(lesson, block, found.page.thread_id, me)
    context = {
        **thread_context(lesson),
        "thread": found,
        "form": forms.block_form(lesson, block, extras.draft),
        "alerts": extras.alerts,
        "new_comment": new,
    }
    if wants_fragment():
        is_stretch = number > 1
        return fragments("comments/_thread_stretch.html" if is_stretch else "comments/_thread.html", **context)
    pieces = {piece.block: piece.html for piece in text_of(lesson).document.pieces}
    return _page("comments/thread.html", quoted=pieces.get(block, ""), **context)


def _form_again(lesson: Lesson, form: CommentForm, problem: str, status: int = 422, wait: int = 0) -> Response:
    """The form with what was typed and what is wrong: in its place for htmx, else on a page of its own."""
    form = replace(form, problem=problem)
    parent = queries.comment_of(int(form.parent), viewer()) if form.parent else None
    answer = _form_page(lesson, form, parent, status)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


def _form_page(lesson: Lesson, form: CommentForm, comment: Comment | None, status: int = 200) -> Response:
    context = {"form": form, "comment": comment, **thread_context(lesson)}
    if not wants_fragment():
        return _page("comments/form.html", status, **context)
    answer = fragments("comments/_form.html", status=status, **context)
    if status != 200:  # the form that was sent, not the place its success would have changed
        answer.headers["HX-Retarget"] = f"#form-{form.key}"
        answer.headers["HX-Reswap"] = "outerHTML"
    return answer


def _edit_or_new(lesson: Lesson) -> CommentForm:
    """The sent form, of an edit or of a new comment."""
    sent, number = request.form, _number(request.form.get("comment", ""))
    if number is None:
        return forms.sent_form(lesson, sent)
    return _sent_edit(number)


def _sent_edit(comment_id: int) -> CommentForm:
    """The form for a change of this comment, as it was sent."""
    body, version = request.form.get("body", ""), _number(request.form.get("version", "")) or 0
    return forms.edit_form(comment_id, body.replace("\r\n", "\n"), version)


def _edit_again(comment: Comment, form: CommentForm, problem: str, status: int = 422) -> Response:
    return _form_page(_lesson_of(comment), replace(form, problem=problem), comment, status)


def _changed(comment_id: int) -> Response:
    """A comment after a change: alone for htmx, else its page."""
    comment = _comment_or_404(comment_id)
    if wants_fragment():
        return fragments("comments/_comment.html", comment=comment, **thread_context(_lesson_of(comment)))
    return redirect_to(_address_of(comment))


def _comment_or_404(comment_id: int) -> Comment:
    comment = queries.comment_of(comment_id, viewer())
    if comment is None:
        abort(404)
    _lesson_of(comment)
    return comment


def _own_or_404(comment_id: int) -> Comment:
    comment = _comment_or_404(comment_id)
    if not comment.is_mine:
        abort(404)
    if not comment.may_change(at(), rules().edit_for):
        raise Refusal("too-late-to-edit", 403)
    return comment


def _lesson_of(comment: Comment) -> Lesson:
    """The comment's lesson, if readers may see it."""
    lesson = catalogue().by_id.get(comment.lesson_id)
    if lesson is None or not lesson.is_readable(at()):
        abort(404)
    return lesson


def _position(comment: Comment) -> Position:
    return position_of(comment, text_of(_lesson_of(comment)).language)


def _address_of(comment: Comment) -> str:
    lesson, position = _lesson_of(comment), _position(comment)
    page = position.number if position.number > 1 else None
    anchor = f"comment-{comment.id}"
    if position.block:
        return url_for("comments.block_thread", slug=lesson.slug, block=position.block, page=page, _anchor=anchor)
    return url_for("lessons.show", slug=lesson.slug, page=page, _anchor=anchor)


def _comments_of(lesson: Lesson) -> str:
    return url_for("lessons.show", slug=lesson.slug, _anchor="comments")


def _page(name: str, status: int = 200, **context: Any) -> Response:
    return make_response(render_template(name, **context), status)
