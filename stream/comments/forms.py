"""The form in which a comment is written: empty, with what was typed and what is wrong with it, or with a preview."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import ngettext

from stream.catalogue.model import Lesson
from stream.comments.holding import LINKS_OF_NEW
from stream.web.addresses import built
from stream.web.page import new_event_id

HONEYPOT = "homepage"  # people do not see this field; what fills every field fills it too


@dataclass(frozen=True, slots=True)
class CommentForm:
    """One form. `key` makes ids on the page unique: "new", "reply-12", "edit-12", "block-b-0123456789". `post_id` is
    of a form that was sent; the page makes one for any other.
    """

    key: str
    action: str
    cancel: str = ""
    block: str = ""
    parent: str = ""
    body: str = ""
    post_id: str = ""
    version: str = ""
    problem: str = ""  # said in the reader's language; empty: none
    preview: str = ""  # cleaned HTML
    current: str = ""  # how the comment reads now, where it was edited meanwhile

    @property
    def is_edit(self) -> bool:
        """Whether a comment is changed, not written."""
        return bool(self.version)


def new_form(lesson: Lesson, body: str = "") -> CommentForm:
    """To write on the lesson."""
    return CommentForm("new", _action(lesson), body=body)


def block_form(lesson: Lesson, block: str, body: str = "") -> CommentForm:
    """To write on one of its blocks."""
    return CommentForm(f"block-{block}", _action(lesson), block=block, body=body)


def reply_form(lesson: Lesson, parent: int, body: str = "") -> CommentForm:
    """To answer a comment."""
    cancel = built("comments.permalink", comment_id=parent)
    return CommentForm(f"reply-{parent}", _action(lesson), cancel, parent=str(parent), body=body)


def edit_form(comment_id: int, body: str, version: int) -> CommentForm:
    """To change a comment."""
    action = built("comments.edit", comment_id=comment_id)
    cancel = built("comments.permalink", comment_id=comment_id)
    return CommentForm(f"edit-{comment_id}", action, cancel, body=body, version=str(version))


def sent_form(lesson: Lesson, form: Mapping[str, str]) -> CommentForm:
    """A form for a new comment as it was sent. A text longer than any that could be taken is cut, not echoed."""
    body, post_id = form.get("body", "").replace("\r\n", "\n"), form.get("post_id", "")
    parent, block = form.get("parent", ""), form.get("block", "")
    if parent.isascii() and parent.isdecimal() and len(parent) < 10:
        made = reply_form(lesson, int(parent), body)
    else:
        made = block_form(lesson, block[:100], body) if block else new_form(lesson, body)
    is_id = 8 <= len(post_id) <= 64 and post_id.isascii()
    return replace(made, post_id=post_id if is_id else new_event_id())


def said(code: str, seconds: int = 0) -> str:
    """What is wrong with a comment, and what to do, in the reader's language."""
    texts = {
        "empty": _("Write something first."),
        "too-long": _("That is too long: 10,000 characters at most. Shorten it and send it again."),
        "long-blanks": _("There are more than 200 blanks in a row. Take some out and send it again."),
        "characters": _("The text holds a control character that no page can show. Remove it and send it again."),
        "links": _("Members who are new here may put at most %(most)s links into a comment. Take some out, or wait "
                   "until three of your comments have been here for a day.", most=LINKS_OF_NEW),
        "blocked": _("A moderator has blocked you from writing here. You can still read and learn."),
        "parent-gone": _("The comment you answer is gone. Your text is kept: copy it, or write it as a new comment."),
        "block-gone": _("The paragraph has changed since you opened this page. Send it again: it then stands "
                        "below the lesson."),
        "robot": _("A field that people do not see was filled in, so this looks like the work of a program. "
                   "Empty it and send it again."),
        "expired": _("This page was open for too long. Your text is kept: send it again."),
        "flood": _("That was far too many comments at once. What you wrote in the last hour waits for a moderator."),
        "why-missing": _("Say why: it is written down."),
        "pattern-length": _("Between 2 and 200 characters."),
        "edited-meanwhile": _("You have changed this comment somewhere else since. Below is how it reads now; "
                              "sending replaces it with your text here."),
    }  # fmt: skip
    if code == "too-many":
        return wait(seconds)
    return str(texts[code])


def wait(seconds: int) -> str:
    """The limit that was hit, and when it is over."""
    minutes = -(-seconds // 60)
    again = ngettext("Again in %(num)s minute.", "Again in %(num)s minutes.", minutes)
    return f"{_('You have sent very many in a short time. Your text is kept here.')} {again}"


def _action(lesson: Lesson) -> str:
    return built("comments.post", slug=lesson.slug)
