"""What the reading pages show beside the text: positions, takeaway sheets, what to read next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from stream.accounts import Member
from stream.catalogue.model import Catalogue, Lesson, Problem, Translation
from stream.ledger.standing import Standing
from stream.passages.service import NEVER_ONE
from stream.progress.queries import Outline, lesson_state


@dataclass(frozen=True, slots=True)
class Position:
    """Where a lesson stands in its course; `number` is padded to the width of the total. None in no list (archived)."""

    number: str
    total: int


def position_of(lesson: Lesson, outline: Outline) -> Position | None:
    """The lesson's place among those that readers see."""
    found = next((item.position for item in outline.items if item.lesson.id == lesson.id), None)
    if found is None:
        return None
    width = max(2, len(str(outline.total)))
    return Position(f"{found:0{width}}", outline.total)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One lesson's part of the course's takeaway sheet."""

    lesson: Lesson
    text: Translation


def takeaways_of(outline: Outline, language: str) -> tuple[Sheet, ...]:
    """Takeaways of every lesson of the course, in order."""
    texts = ((item.lesson, item.lesson.translation(language)) for item in outline.items)
    return tuple(Sheet(lesson, text) for lesson, text in texts if text.document.takeaways)


def foundations_of(lesson: Lesson, catalogue: Catalogue, at: datetime) -> tuple[Lesson, ...]:
    """Readable lessons that this one builds on: advice, never a lock."""
    found = (catalogue.by_id.get(key) for key in lesson.builds_on)
    return tuple(other for other in found if other is not None and other.is_readable(at))


def problems_for(member: Member | None, catalogue: Catalogue) -> tuple[Problem, ...]:
    """What is wrong in the lesson files, for the eyes of those who can mend it."""
    if member is None or not member.may_author:
        return ()
    return tuple(problem for problem in catalogue.problems if problem.severity == "error")


def tagged_items(lessons: Iterable[Lesson], standing: Standing) -> tuple[tuple[Lesson, str], ...]:
    """Lessons with the learner's state in each."""
    return tuple((lesson, lesson_state(lesson, standing)) for lesson in lessons)


def talkable_blocks(text: Translation) -> frozenset[str]:
    """The blocks of a lesson that comments can be attached to."""
    return frozenset(block.id for block in text.document.blocks if block.kind not in NEVER_ONE)
