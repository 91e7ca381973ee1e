"""The responses that the views of talk share: pages, and the fragments that take their place for htmx."""

from typing import Any

from flask import Response, abort, make_response, render_template

from stream.catalogue.model import Lesson
from stream.comments import forms
from stream.comments.block_threads import block_extras, block_thread_of
from stream.comments.comment import Comment
from stream.comments.context import discussion_alone, thread_context, viewer
from stream.comments.forms import CommentForm
from stream.web.content import text_of
from stream.web.htmx import fragments, wants_fragment
from stream.web.paging import page_number


def page(name: str, status: int = 200, **context: Any) -> Response:
    """A page of its own."""
    return make_response(render_template(name, **context), status)


def whole(lesson: Lesson, new: int | None = None) -> Response:
    """All of `#comments` anew."""
    return fragments("comments/_comments.html", new_comment=new, **discussion_alone(lesson))


def block_thread(lesson: Lesson, block: str, new: int | None = None) -> Response:
    """The talk about one block; `new` is the comment that was just written."""
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
    return page("comments/thread.html", quoted=pieces.get(block, ""), **context)


def form_page(lesson: Lesson, form: CommentForm, comment: Comment | None, status: int = 200) -> Response:
    """A form, with the comment that it answers or changes."""
    context = {"form": form, "comment": comment, **thread_context(lesson)}
    if not wants_fragment():
        return page("comments/form.html", status, **context)
    answer = fragments("comments/_form.html", status=status, **context)
    if status != 200:  # the form that was sent, not the place its success would have changed
        answer.headers["HX-Retarget"] = f"#form-{form.key}"
        answer.headers["HX-Reswap"] = "outerHTML"
    return answer
