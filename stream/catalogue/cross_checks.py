"""What is wrong between files that are fine alone: old names that are taken, languages that disagree, dead ends."""

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from stream.catalogue.lesson_file import LessonText
from stream.catalogue.model import Lesson, Problem

_SHARED = ("id", "tags", "level", "status", "publish_at", "aliases", "builds_on")


@dataclass(frozen=True, slots=True)
class Together:
    """A lesson, the files it was made of, in the site's order of languages, and where these disagree."""

    lesson: Lesson
    texts: tuple[LessonText, ...]
    disagreements: tuple[Problem, ...]

    def problem(self, key: str, code: str, message: str) -> Problem:
        """At this key of the first file."""
        first = self.texts[0]
        return Problem(first.path, first.front.line(key), code, message)


def together(lesson: Lesson, texts: tuple[LessonText, ...]) -> Together:
    """A lesson and its files, compared once."""
    found = (problem for text in texts[1:] for problem in _disagreements(texts[0], text))
    return Together(lesson, texts, tuple(found))


def aliases(togethers: Sequence[Together], by_slug: Mapping[str, Lesson]) -> tuple[dict[str, Lesson], list[Problem]]:
    """Old slug to lesson; an alias that is a slug or another lesson's alias leads nowhere and is named."""
    leads: dict[str, Lesson] = {}
    problems: list[Problem] = []
    for this in togethers:
        for alias in this.lesson.aliases:
            other = by_slug.get(alias) or leads.setdefault(alias, this.lesson)
            if other is not this.lesson or alias in by_slug:
                file = next(iter(other.translations.values())).path
                problems.append(this.problem("aliases", "alias-taken", f"the alias {alias} already leads to {file}"))
    return leads, problems


def within(this: Together, known: Container[str], images: frozenset[str]) -> Iterator[Problem]:
    """What a lesson says of others, whose ids are `known`, of its pictures and in its languages."""
    for wanted in this.lesson.builds_on:
        if wanted not in known or wanted == this.lesson.id:
            yield this.problem("builds_on", "unknown-lesson", f"no other lesson has the id {wanted}")
    for text in this.texts:
        yield from missing_images(text, images)
    yield from this.disagreements


def missing_images(text: LessonText, images: Collection[str]) -> Iterator[Problem]:
    """Pictures that a text shows and the folder does not have."""
    for image in text.document.images:
        if normpath(join(dirname(text.path), unquote(image.path))) not in images:
            line = text.offset + image.line
            yield Problem(text.path, line, "missing-image", f"there is no picture {image.path} in this course")


def _disagreements(first: LessonText, other: LessonText) -> Iterator[Problem]:
    """Where a second language says something else about the lesson than the first, which counts."""
    for key in _SHARED:
        if getattr(first.front, key) != getattr(other.front, key):
            message = f"{key} differs from {first.path}:{first.front.line(key)}, which counts"
            yield Problem(other.path, other.front.line(key), "languages-differ", message, "warning")
    theirs = {exercise.key for exercise in first.document.exercises}
    ours = {exercise.key: other.offset + exercise.line for exercise in other.document.exercises}
    for key in sorted(ours.keys() ^ theirs):
        message = f"the exercise {key} is only in {other.path if key in ours else first.path}"
        yield Problem(other.path, ours.get(key, 1), "exercises-differ", message, "warning")
