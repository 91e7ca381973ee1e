"""The web around moderation: the queue, the acts on one comment, the words for which comments are held."""

from typing import Any

from flask import Response, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _

from stream import accounts, mail
from stream.accounts.login import members_only, moderators_only
from stream.accounts.queries import blocked_members
from stream.accounts.safe_next import safe_next
from stream.comments import moderation, queries
from stream.comments import queue as waiting
from stream.comments.addresses import address_of
from stream.comments.comment import Comment
from stream.comments.context import viewer
from stream.comments.forms import said
from stream.comments.views import blueprint
from stream.comments.writers import Unfit
from stream.notifications import mail_rules
from stream.refusal import Refusal
from stream.web.content import at, catalogue
from stream.web.htmx import redirect_to


@blueprint.get("/admin/comments")
@moderators_only
def queue() -> Response:
    """Held and reported comments, what was removed, and the words for which comments are held."""
    return _queue_page()


@blueprint.post("/comments/<int:comment_id>/moderate")
@members_only
def moderate(comment_id: int) -> Response:
    """Do what a moderator's button says. The person who asked may mark the answer."""
    comment = queries.comment_of(comment_id, viewer())
    if comment is None or viewer().is_blocked:
        abort(404)
    act = request.form.get("do", "")
    try:
        _do(act, comment)
    except Unfit as unfit:
        return _queue_page(said(unfit.code), 422)
    except Refusal as refusal:
        if refusal.code != "already-done":
            raise
        flash(_("Somebody has decided on that already."))
    mail.wake()
    after = url_for("comments.queue") if viewer().may_moderate else address_of(comment)
    return redirect_to(safe_next(request.form.get("next", ""), after))


@blueprint.post("/admin/members/<learner_id>/unblock")
@moderators_only
def unblock(learner_id: str) -> Response:
    """Let a member write again."""
    moderation.unblock(_my_id(), learner_id, request.form.get("why", ""), at())
    return redirect_to(url_for("comments.queue"))


@blueprint.post("/admin/patterns")
@moderators_only
def add_pattern() -> Response:
    """Hold comments with these words in them."""
    try:
        moderation.add_pattern(_my_id(), request.form.get("words", ""), at())
    except Unfit as unfit:
        return _queue_page(said(unfit.code), 422)
    return redirect_to(url_for("comments.queue", _anchor="patterns"))


@blueprint.post("/admin/patterns/<int:pattern_id>/remove")
@moderators_only
def remove_pattern(pattern_id: int) -> Response:
    """Hold them no longer."""
    moderation.remove_pattern(_my_id(), pattern_id, at())
    return redirect_to(url_for("comments.queue", _anchor="patterns"))


def _do(act: str, comment: Comment) -> None:
    why, me = request.form.get("why", ""), viewer()
    if act in ("answer", "unanswer"):
        moderation.mark_answer(_my_id(), me.may_moderate, comment.id, act == "answer", at())
        return
    if not me.may_moderate:
        abort(404)
    match act:
        case "approve":
            moderation.approve(_my_id(), comment.id, mail_rules(), at(), why)
        case "hide":
            moderation.hide(_my_id(), comment.id, why, mail_rules(), at())
        case "erase":
            moderation.erase(_my_id(), comment.id, why, at())
        case "keep":
            moderation.keep(_my_id(), comment.id, why, at())
        case "pin" | "unpin":
            moderation.pin(_my_id(), comment.id, act == "pin", at())
        case "block":
            moderation.block(_my_id(), comment.learner_id, why, at())
        case _:
            abort(400)


def _my_id() -> str:
    found = accounts.member()
    assert found is not None, "these acts are for members"
    return found.learner_id


def _queue_page(problem: str = "", status: int = 200) -> Response:
    context: dict[str, Any] = {
        "items": waiting.queue(),
        "removed": waiting.removed(),
        "patterns": waiting.all_patterns(),
        "blocked": blocked_members(),
        "lessons": catalogue().by_id,
        "problem": problem,
        "viewer": viewer(),
        "typed_why": request.form.get("why", ""),
        "typed_words": request.form.get("words", ""),
    }
    return make_response(render_template("comments/queue.html", **context), status)
