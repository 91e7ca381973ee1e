"""What the form of a comment sends: a new text or a change, with or without its token."""

from flask import request
from flask_wtf.csrf import CSRFError

from stream.catalogue.model import Lesson
from stream.comments import forms
from stream.comments.forms import CommentForm
from stream.web.security import require_token


def edit_or_new(lesson: Lesson) -> CommentForm:
    """The sent form, of an edit or of a new comment."""
    sent, number = request.form, number_in(request.form.get("comment", ""))
    if number is None:
        return forms.sent_form(lesson, sent)
    return sent_edit(number)


def sent_edit(comment_id: int) -> CommentForm:
    """The form for a change of this comment, as it was sent."""
    body, version = request.form.get("body", ""), number_in(request.form.get("version", "")) or 0
    return forms.edit_form(comment_id, body.replace("\r\n", "\n"), version)


def has_token() -> bool:
    """Whether the form came with a token that still holds."""
    try:
        require_token()
    except CSRFError:
        return False
    return True


def number_in(text: str) -> int | None:
    """The number of a comment or version that a field holds."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
