"""How often the talk about a lesson has changed, and what in it is whose: what is kept of it depends on both."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from stream.db import values
from stream.statements import run
from stream.together import Answers, Part

VERSION = "SELECT version FROM talk_versions WHERE lesson_id = :key"
# The cross join has SQLite go by what one member found helpful, and not through all that was said about the lesson.
OWN = """
SELECT
  (SELECT CAST(version AS TEXT) FROM talk_versions WHERE lesson_id = :lesson) AS version,
  CASE
    WHEN EXISTS (SELECT 1 FROM comments WHERE learner_id = :me AND lesson_id = :lesson AND state = 'held') THEN 'held'
    WHEN EXISTS (SELECT 1 FROM comments WHERE learner_id = :me AND lesson_id = :lesson) THEN 'yes' END AS written,
  CASE WHEN EXISTS (SELECT 1 FROM helpful CROSS JOIN comments WHERE helpful.learner_id = :me
    AND comments.id = helpful.comment_id AND comments.lesson_id = :lesson) THEN 'yes' END AS found_helpful,
  (SELECT level FROM thread_follows WHERE learner_id = :me AND thread_id =
    (SELECT id FROM threads WHERE lesson_id = :lesson AND kind = 'lesson')) AS level,
  (SELECT body FROM comment_drafts WHERE learner_id = :me AND place = :place) AS draft
"""


@dataclass(frozen=True, slots=True)
class OwnInTalk:
    """A member's own in the talk about a lesson; `version` counts its changes."""

    version: int
    has_written: bool
    has_held: bool  # written something that waits for a moderator
    has_found_helpful: bool
    alerts: str
    draft: str


def talk_version(lesson_id: str) -> Callable[[], int | None]:
    """Asks for the number of a lesson, also after this request; None while nobody has said anything."""
    return partial(values().of, VERSION, lesson_id)


def version_within(connection: Connection, lesson_id: str) -> int:
    """The number as a read or write sees it."""
    return next((int(version) for (version,) in run(connection, VERSION, {"key": lesson_id})), 0)


def own_talk(lesson_id: str, learner_id: str | None, place: str) -> Part:
    """What `own_in_talk` wants to know; `place` names the draft for the form on the lesson."""
    return Part("talk", OWN, {"lesson": lesson_id, "me": learner_id or "", "place": place})


def own_in_talk(found: Answers) -> OwnInTalk:
    """What whoever asks has there, from the answers to `own_talk`."""
    [(version, written, found_helpful, level, draft)] = found["talk"]
    is_held, helped = written == "held", bool(found_helpful)
    return OwnInTalk(int(version or 0), bool(written), is_held, helped, level or "mine", draft or "")
