"""The web around one comment: find, answer, change and take it back, mark it as helpful, report it to moderators."""

from dataclasses import replace

from flask import Response, abort, make_response, request, url_for

from stream import accounts
from stream.accounts.login import members_only
from stream.comments import forms, queries, reactions, responses, service
from stream.comments.addresses import address_of, comment_or_404, comments_of, lesson_of, position_in_text
from stream.comments.comment import Comment
from stream.comments.context import rules, signed_in_member, thread_context, writer
from stream.comments.drafts import draft_of, place_of
from stream.comments.forms import CommentForm, said
from stream.comments.looks import comments_html
from stream.comments.posting_views import preview
from stream.comments.sent_forms import has_token, number_in, sent_edit
from stream.comments.service import EditedMeanwhile
from stream.comments.views import blueprint
from stream.comments.writers import Unfit
from stream.progress.views import act_limit
from stream.refusal import Refusal
from stream.web.content import at
from stream.web.htmx import redirect_to, wants_fragment
from stream.web.limits import limited, member_key
from stream.web.security import without_token


@blueprint.get("/comments/<int:comment_id>")
def permalink(comment_id: int) -> Response:
    """Wherever the comment stands now."""
    return redirect_to(address_of(comment_or_404(comment_id)))


@blueprint.get("/comments/<int:comment_id>/reply")
@members_only
def reply(comment_id: int) -> Response:
    """The form for an answer: below the comment, or without scripts on a page with it."""
    comment = comment_or_404(comment_id)
    lesson = lesson_of(comment)
    draft = draft_of(signed_in_member().learner_id, place_of(lesson.id, "", comment.id))
    form = forms.reply_form(lesson, comment.id, draft)
    return responses.form_page(lesson, form, comment)


@blueprint.get("/comments/<int:comment_id>/edit")
@members_only
def edit(comment_id: int) -> Response:
    """The form for a change of one's own comment."""
    comment = _own_or_404(comment_id)
    source = queries.source_of(comment_id, signed_in_member().learner_id)
    assert source is not None, "it is one's own"
    return responses.form_page(lesson_of(comment), forms.edit_form(comment_id, *source), comment)


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
        return preview(slug=lesson_of(comment).slug)
    form = sent_edit(comment_id)
    if not has_token():
        return _edit_again(comment, form, said("expired"))
    try:
        service.edit(writer(member), comment_id, form.body, number_in(form.version) or 0, rules(), at())
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
    lesson, position = lesson_of(comment), position_in_text(comment)
    service.remove(writer(signed_in_member()), comment_id, rules(), at())
    if position.block:
        if wants_fragment():
            return responses.block_thread(lesson, position.block)
        return redirect_to(url_for("comments.block_thread", slug=lesson.slug, block=position.block))
    return responses.whole(lesson) if wants_fragment() else redirect_to(comments_of(lesson))


@blueprint.post("/comments/<int:comment_id>/helpful")
@limited(act_limit, who=member_key)
def find_helpful(comment_id: int) -> Response:
    """Mark a comment as helpful, or take that back."""
    comment = comment_or_404(comment_id)
    if accounts.member() is None:
        return redirect_to(url_for("accounts.sign_in", next=address_of(comment)))
    reactions.find_helpful(writer(signed_in_member()), comment_id, request.form.get("helpful") != "no")
    return _changed(comment_id)


@blueprint.route("/comments/<int:comment_id>/flag", methods=["GET", "POST"])
@members_only
@limited("30 per hour", who=member_key, methods=["POST"])
def flag(comment_id: int) -> Response:
    """Ask moderators to look at a comment, and say why."""
    comment = comment_or_404(comment_id)
    lesson = lesson_of(comment)
    if request.method != "POST":  # HEAD too
        return responses.page("comments/flag.html", comment=comment, why="", problem="", **thread_context(lesson))
    why = request.form.get("why", "")
    try:
        reactions.flag(writer(signed_in_member()), comment_id, why, at())
    except Unfit as unfit:
        context = {"comment": comment, "why": why, "problem": said(unfit.code), **thread_context(lesson)}
        return responses.page("comments/flag.html", 422, **context)
    return responses.page("comments/flagged.html", comment=comment, **thread_context(lesson))


def _own_or_404(comment_id: int) -> Comment:
    comment = comment_or_404(comment_id)
    if not comment.is_mine:
        abort(404)
    if not comment.may_change(at(), rules().edit_for):
        raise Refusal("too-late-to-edit", 403)
    return comment


def _edit_again(comment: Comment, form: CommentForm, problem: str, status: int = 422) -> Response:
    return responses.form_page(lesson_of(comment), replace(form, problem=problem), comment, status)


def _changed(comment_id: int) -> Response:
    """A comment after a change: alone for htmx, else its page."""
    comment = comment_or_404(comment_id)
    if wants_fragment():
        return make_response(comments_html([comment]))
    return redirect_to(address_of(comment))
