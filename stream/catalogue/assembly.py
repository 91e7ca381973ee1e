"""From single files to one catalogue: languages become lessons, lessons become courses.

What only shows when files stand side by side is told by `cross_checks`.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from itertools import groupby
from operator import attrgetter, is_
from pathlib import Path

from stream.catalogue import cross_checks, reading_time
from stream.catalogue.cross_checks import Together
from stream.catalogue.lesson_file import LessonText, Place
from stream.catalogue.model import Catalogue, Course, Lesson, Problem, Site, Translation
from stream.catalogue.toml_files import CourseText, in_every


@dataclass(frozen=True, slots=True)
class Found:
    """All that a catalogue is made of. `stale`: paths whose shown text is not what the file holds now."""

    site: Site
    courses: Mapping[str, CourseText]
    texts: tuple[tuple[Place, LessonText], ...]
    images: frozenset[str]
    problems: tuple[Problem, ...]
    stale: frozenset[str]


class Assembler:
    """Puts files together. A lesson whose files are what they were is the one that it was, not made anew."""

    def __init__(self) -> None:
        self._known: dict[_Key, tuple[str, Together]] = {}  # with the level of its course

    def catalogue(self, root: Path, found: Found) -> Catalogue:
        """A lesson that clashes with an earlier one is left out and named."""
        togethers, clashes = cross_checks.distinct(self._together(found))
        lessons = tuple(together.lesson for together in togethers)
        by_slug = {lesson.slug: lesson for lesson in lessons}
        by_alias, alias_clashes = cross_checks.aliases(togethers, by_slug)
        across = [*clashes, *alias_clashes, *cross_checks.within(togethers, found.images)]
        # A problem of the text that is shown has no place in a file that by now holds another one.
        problems = {*found.problems, *(problem for problem in across if problem.path not in found.stale)}
        return Catalogue(
            root=root,
            site=found.site,
            courses=_courses(found, lessons),
            by_slug=by_slug,
            by_id={lesson.id: lesson for lesson in lessons},
            by_alias=by_alias,
            problems=tuple(sorted(problems, key=astuple)),
        )

    def _together(self, found: Found) -> list[Together]:
        """The files of each lesson, its languages in the site's order; lessons by course and number."""
        order = {language: at for at, language in enumerate(found.site.languages)}
        files = sorted(found.texts, key=lambda pair: (*_lesson_of(pair), order[pair[0].language]))
        groups = {key: list(group) for key, group in groupby(files, key=_lesson_of)}
        known = {key: self._as_before(key, group, found.courses) for key, group in groups.items()}
        self._known = known
        return [together for _, together in known.values()]

    def _as_before(
        self, key: "_Key", files: list[tuple[Place, LessonText]], courses: Mapping[str, CourseText]
    ) -> tuple[str, Together]:
        texts, level = tuple(text for _, text in files), courses[key[0]].level
        known = self._known.get(key)
        if known and known[0] == level and len(known[1].texts) == len(texts) and all(map(is_, known[1].texts, texts)):
            return known
        return level, cross_checks.together(_lesson(files, courses), texts)


_Key = tuple[str, int, str]  # course, number, slug


def _lesson_of(pair: tuple[Place, LessonText]) -> _Key:
    place, _ = pair
    return place.course, place.number, place.slug


def _lesson(files: list[tuple[Place, LessonText]], courses: Mapping[str, CourseText]) -> Lesson:
    """What belongs to the lesson and not to a language is taken from the first file."""
    place, first = files[0]
    front = first.front
    return Lesson(
        id=front.id or place.slug,
        slug=place.slug,
        course=place.course,
        number=place.number,
        level=front.level or courses[place.course].level,
        tags=front.tags,
        status=front.status,
        publish_at=front.publish_at,
        aliases=front.aliases,
        builds_on=front.builds_on,
        translations={at.language: _translation(at.language, text) for at, text in files},
    )


def _translation(language: str, text: LessonText) -> Translation:
    front = text.front
    return Translation(
        language=language,
        title=front.title,
        summary=front.summary,
        minutes=front.minutes or reading_time.minutes(text.document.size),
        links=front.links,
        document=text.document,
        revision=text.revision,
        path=text.path,
        translates=front.translates,
    )


def _courses(found: Found, lessons: tuple[Lesson, ...]) -> tuple[Course, ...]:
    of_course = {key: tuple(group) for key, group in groupby(lessons, key=attrgetter("course"))}
    return tuple(_course(key, text, of_course.get(key, ()), found.site) for key, text in sorted(found.courses.items()))


def _course(key: str, text: CourseText, lessons: tuple[Lesson, ...], site: Site) -> Course:
    return Course(
        key=key,
        level=text.level,
        title=in_every(site.languages, text.title, key),
        summary=in_every(site.languages, text.summary, ""),
        lessons=lessons,
    )
