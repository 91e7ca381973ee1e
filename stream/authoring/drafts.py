"""A text that is not saved yet, read as the site would read it: the real compiler, and what it would break."""

from collections.abc import Collection, Iterator

from stream.catalogue.cross_checks import missing_images
from stream.catalogue.files import MAX_BYTES
from stream.catalogue.lesson_file import LessonText, Place, read_lesson
from stream.catalogue.model import Catalogue, Problem
from stream.catalogue.reading import Reading
from stream.markdown.render import compile_lesson

TOO_LARGE = "too-large"


def read_draft(text: str, at: Place, catalogue: Catalogue, images: Collection[str]) -> Reading[LessonText]:
    """The text as the file at this place, with everything that would be wrong if it were saved."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        return Reading(None, (Problem(at.path, 1, TOO_LARGE, f"this file is larger than {MAX_BYTES // 1024} KB"),))
    reading = read_lesson(text.encode("utf-8", "replace"), at, catalogue.site.personas, compile_lesson)
    if reading.value is None:
        return reading
    beside = (*missing_images(reading.value, images), *_lost_id(reading.value, at, catalogue))
    return Reading(reading.value, tuple(sorted((*reading.problems, *beside), key=lambda problem: problem.line)))


def _lost_id(text: LessonText, at: Place, catalogue: Catalogue) -> Iterator[Problem]:
    """Everything that learners have done belongs to the lesson's id, so it must not change by accident."""
    key = text.front.id or at.slug
    lesson, other = catalogue.by_slug.get(at.slug), catalogue.by_id.get(key)
    line = text.front.line("id")
    if other is not None and other.slug != at.slug:
        yield Problem(at.path, line, "duplicate-id", f"the id {key} is taken by the lesson {other.slug}")
    elif lesson is not None and lesson.id != key and next(iter(lesson.translations.values())).path == at.path:
        message = f"the id was {lesson.id}: progress, comments and notes belong to it and would be left behind"
        yield Problem(at.path, line, "id-changed", message)
