"""The talk about a lesson as everybody sees it, or as one does who sees more: read once, and again when its number has
moved. Where new comments alone have moved it, it is what it was and those: whoever writes need not read what fifty
others wrote.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from threading import Lock
from typing import Any

from flask import Flask, current_app

from stream.catalogue.model import Lesson, Translation
from stream.comments.comment import Comment, Viewer
from stream.comments.discussions import Discussion, as_writer_sees, discussion_of, with_new
from stream.comments.drafts import place_of
from stream.comments.service import Grown
from stream.comments.thread_pages import Sort
from stream.comments.versions import own_in_talk, own_talk
from stream.together import Answers, Part
from stream.web.keeping import keep_until

MOST = 8  # discussions, each a page of them
MOST_GROWN = 64  # comments


@dataclass(frozen=True, slots=True)
class Asked:
    """Which stretch of the talk, in which order."""

    sort: Sort
    number: int


FIRST = Asked("newest", 1)  # where new comments come


class SharedDiscussions:
    """The discussions that were asked for last, and the comments that came last."""

    def __init__(self) -> None:
        self._found: OrderedDict[Hashable, tuple[Discussion, int]] = OrderedDict()  # with its version
        self._grown: OrderedDict[tuple[str, int], Grown] = OrderedDict()  # by lesson and version
        self._lock = Lock()

    def of(self, lesson: Lesson, text: Translation, viewer: Viewer, asked: Asked, version: int) -> Discussion:
        """The discussion at this version of it or a later one, for a viewer who sees more in it or for any other."""
        place = (lesson.id, lesson.slug, text.language, text.revision, viewer, asked)
        with self._lock:
            found = self._known(place, lesson.id, asked, version)
        if found is None:
            found, version = discussion_of(lesson, text.language, viewer, asked.sort, asked.number)
        found = replace(found, kept_as=(*place, version))
        with self._lock:
            _put(self._found, place, (found, version), MOST)
        return found

    def grow(self, grown: Grown) -> None:
        """Remember what a new comment did."""
        with self._lock:
            _put(self._grown, (grown.lesson_id, grown.after), grown, MOST_GROWN)

    def _known(self, place: Hashable, lesson_id: str, asked: Asked, version: int) -> Discussion | None:
        """What was found last, with the comments that came since; None where anything else has changed."""
        found, then = self._found.get(place, (None, version))
        since: list[Comment] = []
        while then != version:
            grown = self._grown.get((lesson_id, version))
            if grown is None or asked != FIRST:
                return None
            since.append(grown.comment)
            version = grown.before
        return reduce(with_new, reversed(since), found) if found else None


def _put(kept: OrderedDict[Any, Any], key: Hashable, value: object, most: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)


def init_app(app: Flask) -> None:
    """Keep discussions for `app`."""
    app.extensions["stream.discussions"] = SharedDiscussions()


def shared() -> SharedDiscussions:
    """Those of this site."""
    found: SharedDiscussions = current_app.extensions["stream.discussions"]
    return found


def own_part(lesson: Lesson, viewer: Viewer) -> Part:
    """What `discussion_for` wants to know."""
    return own_talk(lesson.id, viewer.learner_id, place_of(lesson.id, "", None))


def discussion_for(
    lesson: Lesson, text: Translation, viewer: Viewer, asked: Asked, at: datetime, found: Answers
) -> Discussion:
    """The talk as `viewer` sees it: what all see alike where nothing in it is theirs."""
    own = own_in_talk(found)
    sees_more = viewer.may_moderate or own.has_held or own.has_found_helpful
    talk = shared().of(lesson, text, viewer if sees_more else Viewer(), asked, own.version)
    if own.has_written:  # one's own may be changed for some minutes
        assert viewer.learner_id is not None, "visitors write nothing"
        talk = as_writer_sees(talk, viewer.learner_id)
        keep_until(at.replace(second=0, microsecond=0) + timedelta(minutes=1))
    kept_as = () if sees_more else talk.kept_as
    return replace(talk, alerts=own.alerts, draft=own.draft, kept_as=kept_as)
