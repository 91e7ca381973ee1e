"""What pages and fragments need to show talk, and what pieces of it are kept by."""

from collections.abc import Hashable
from datetime import timedelta
from typing import Any

from flask import request

from stream import accounts
from stream.accounts import Member
from stream.catalogue.model import Lesson
from stream.comments import forms
from stream.comments.comment import Viewer
from stream.comments.discussions import Discussion
from stream.comments.forms import CommentForm
from stream.comments.shared import Asked, discussion_for, own_part
from stream.comments.thread_pages import Sort
from stream.comments.versions import talk_version
from stream.comments.writers import Rules, Writer
from stream.notifications import mail_rules
from stream.passages.settling import settle_if_needed
from stream.progress.rules import rulebook_file
from stream.together import Answers, Part, read_together
from stream.web.content import at, text_of
from stream.web.keeping import keep
from stream.web.page import site_settings
from stream.web.paging import page_number


def viewer() -> Viewer:
    """Whoever looks at threads in this request."""
    member = accounts.member()
    if member is None:
        return Viewer()
    return Viewer(member.learner_id, member.may_moderate, member.blocked_why is not None)


def signed_in_member() -> Member:
    """Whoever is signed in, on pages that are for members."""
    found = accounts.member()
    assert found is not None, "these pages are for members"
    return found


def writer(member: Member) -> Writer:
    """A member as whoever writes."""
    return Writer(member.learner_id, member.joined_at, member.may_moderate, member.blocked_why is not None)


def rules() -> Rules:
    """How this site holds talk."""
    settings = site_settings()
    return Rules(settings.moderation, timedelta(minutes=settings.comment_edit_minutes), mail_rules())


def thread_context(lesson: Lesson) -> dict[str, Any]:
    """What every fragment of a thread needs."""
    return {"lesson": lesson, "text": text_of(lesson), "viewer": viewer()}


def own_discussion(lesson: Lesson) -> Part:
    """What `discussion_context` wants to know."""
    return own_part(lesson, viewer())


def discussion_context(lesson: Lesson, own: Answers) -> dict[str, Any]:
    """What `comments/_comments.html` needs, and the lesson page to mark blocks that are talked about. `own` are the
    answers to `own_discussion`.
    """
    settle_if_needed(lesson)
    sort, number = _wanted()
    found = discussion_for(lesson, text_of(lesson), viewer(), Asked(sort, number), at(), own)
    return {"discussion": found, "comment_form": forms.new_form(lesson, found.draft), **thread_context(lesson)}


def discussion_alone(lesson: Lesson) -> dict[str, Any]:
    """The same, where nothing else is asked together with it."""
    return discussion_context(lesson, read_together([own_discussion(lesson)]))


def _wanted() -> tuple[Sort, int]:
    """The order and the page that the address asks for; anything else means the newest ones."""
    return ("oldest" if request.args.get("sort") == "oldest" else "newest"), page_number()


def keep_with_talk(lesson: Lesson) -> None:
    """Let a page about a lesson be kept while the rules and the number of its talk are the same. Moderators see more
    than these tell of.
    """
    rules, talk = rulebook_file().current, talk_version(lesson.id)
    keep(lambda: (rules(), talk()), for_members=not viewer().may_moderate)


def stretch_key(found: Discussion) -> tuple[Hashable, ...] | None:
    """Everything that a stretch of comments depends on besides the page's language and what is its reader's own; None
    for whoever sees more in it.
    """
    if not found.kept_as:
        return None
    me, shows_levels = viewer(), accounts.shown().xp
    is_member = me.learner_id is not None
    return *found.kept_as, is_member, me.is_blocked, accounts.time_zone(), shows_levels, rulebook_file().stamp


def form_key(form: CommentForm, lesson: Lesson, is_page: bool) -> tuple[Hashable, ...] | None:
    """Everything that a form depends on besides the page's language; None for one with something in it."""
    if form.body or form.post_id or form.problem or form.preview or form.is_edit:
        return None
    return lesson.id, lesson.slug, form, is_page
