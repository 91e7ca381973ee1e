"""The talk about a lesson as everybody sees it, or as one of its writers does: read once, and again when its number
has moved.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

from flask import Flask, current_app

from stream.catalogue.model import Lesson, Translation
from stream.comments.comment import Viewer
from stream.comments.discussions import Discussion, discussion_of
from stream.comments.drafts import place_of
from stream.comments.thread_pages import Sort
from stream.comments.versions import own_in_talk, own_talk
from stream.together import Answers, Part
from stream.web.keeping import keep_until

MOST = 8  # discussions, each a page of them


@dataclass(frozen=True, slots=True)
class Asked:
    """Which stretch of the talk, in which order."""

    sort: Sort
    number: int


class SharedDiscussions:
    """The discussions that were asked for last."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[Hashable, ...], Discussion] = OrderedDict()
        self._lock = Lock()

    def of(self, lesson: Lesson, text: Translation, viewer: Viewer, asked: Asked, version: int) -> Discussion:
        """The discussion as it is at this version of it, for a viewer who has a part in it or for any other."""
        key = (lesson.id, lesson.slug, text.language, text.revision, viewer, asked, version)
        with self._lock:
            if (known := self._found.get(key)) is not None:
                self._found.move_to_end(key)
                return known
        found = discussion_of(lesson, text.language, viewer, asked.sort, asked.number)
        found = replace(found, kept_as=key)
        with self._lock:
            self._found[key] = found
            while len(self._found) > MOST:
                self._found.popitem(last=False)
        return found


def init_app(app: Flask) -> None:
    """Keep discussions for `app`."""
    app.extensions["stream.discussions"] = SharedDiscussions()


def own_part(lesson: Lesson, viewer: Viewer) -> Part:
    """What `discussion_for` wants to know."""
    return own_talk(lesson.id, viewer.learner_id, place_of(lesson.id, "", None))


def discussion_for(
    lesson: Lesson, text: Translation, viewer: Viewer, asked: Asked, at: datetime, found: Answers
) -> Discussion:
    """The talk as `viewer` sees it: what all see alike where nothing in it is theirs."""
    own = own_in_talk(found)
    has_part = viewer.may_moderate or own.has_written or own.has_found_helpful
    shared: SharedDiscussions = current_app.extensions["stream.discussions"]
    talk = shared.of(lesson, text, viewer if has_part else Viewer(), asked, own.version)
    minute = None
    if own.has_written:  # one's own may be changed for some minutes
        minute = at.replace(second=0, microsecond=0)
        keep_until(minute + timedelta(minutes=1))
    return replace(talk, alerts=own.alerts, draft=own.draft, kept_as=(*(talk.kept_as or ()), minute))
