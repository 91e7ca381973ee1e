"""The web around posting: write on a lesson, on a block or in answer to somebody. What was typed survives."""

from dataclasses import replace

from flask import Response, abort, request, url_for

from stream import accounts, mail
from stream.accounts import Member
from stream.accounts.views import ask_to_sign_in
from stream.catalogue.model import Lesson
from stream.comments import forms, queries, responses, service
from stream.comments.addresses import address_of, comments_of, position_in_text
from stream.comments.context import rules, thread_context, viewer, writer
from stream.comments.drafts import place_of
from stream.comments.forms import CommentForm, said
from stream.comments.moderation import hold_flood
from stream.comments.sent_forms import edit_or_new, has_token, number_in
from stream.comments.service import NewComment, Posted
from stream.comments.shared import shared
from stream.comments.texts import checked
from stream.comments.views import blueprint
from stream.comments.writers import Unfit
from stream.progress.views import act_limit
from stream.web.content import at, lesson_or_404, text_of
from stream.web.htmx import fragments, redirect_to, wants_fragment
from stream.web.limits import Budget, limited, member_key
from stream.web.page import site_settings
from stream.web.security import without_token

FLOOD = "15 per 10 minutes"  # refused comments, after which a writer is taken for a program


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
    new = NewComment(lesson, text_of(lesson).language, form.body, form.post_id, form.block, number_in(form.parent))
    try:
        posted = service.post(writer(member), new, rules(), at())
    except Unfit as unfit:
        form = replace(form, block="") if unfit.code == "block-gone" else form
        return _form_again(lesson, form, said(unfit.code))
    mail.wake()
    if posted.grown is not None:
        shared().grow(posted.grown)
    return _posted(lesson, posted, is_on_lesson=not (new.block or new.parent))


@blueprint.post("/lessons/<slug>/comments/preview")
@without_token
@limited(act_limit, who=member_key)
def preview(slug: str) -> Response:
    """How a text will look. For htmx the preview alone, without scripts the form with it. Nothing is stored."""
    lesson = lesson_or_404(slug)
    if accounts.member() is None:
        abort(404)
    form = edit_or_new(lesson)
    html = problem = ""
    try:
        html = checked(form.body).made.html
    except Unfit as unfit:
        problem = said(unfit.code)
    if wants_fragment():
        return fragments("comments/_preview.html", preview=html, problem=problem)
    form = replace(form, preview=html, problem=problem)
    return responses.page("comments/form.html", form=form, **thread_context(lesson))


def _refused_before(member: Member) -> tuple[str, int, int]:
    """(code, status, seconds to wait) of what speaks against a comment before its text is looked at."""
    if not has_token():
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
        back = comments_of(lesson)
    return ask_to_sign_in(back, "comment", form.body, place_of(lesson.id, form.block, number_in(form.parent)))


def _posted(lesson: Lesson, posted: Posted, is_on_lesson: bool) -> Response:
    if wants_fragment() and is_on_lesson:
        return responses.whole(lesson, new=posted.id)
    comment = queries.comment_of(posted.id, viewer())
    assert comment is not None, "it was posted a moment ago"
    if not wants_fragment():
        return redirect_to(address_of(comment))
    position = position_in_text(comment)
    if position.block:
        return responses.block_thread(lesson, position.block, new=posted.id)
    return responses.whole(lesson, new=posted.id)


def _form_again(lesson: Lesson, form: CommentForm, problem: str, status: int = 422, wait: int = 0) -> Response:
    """The form with what was typed and what is wrong: in its place for htmx, else on a page of its own."""
    form = replace(form, problem=problem)
    parent = queries.comment_of(int(form.parent), viewer()) if form.parent else None
    answer = responses.form_page(lesson, form, parent, status)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer
