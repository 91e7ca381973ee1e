"""From single files to one catalogue: languages become lessons, lessons become courses.

What only shows when files stand side by side is told by `cross_checks`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from itertools import chain, groupby
from operator import attrgetter, is_
from pathlib import Path

from stream.catalogue import cross_checks, reading_time
from stream.catalogue.cross_checks import Together
from stream.catalogue.lesson_file import LessonText, Place
from stream.catalogue.model import Catalogue, Course, Lesson, Problem, Site, Translation
from stream.catalogue.toml_files import CourseText, in_every


@dataclass(frozen=True, slots=True)
class Found:
    """All that a catalogue is made of; texts in the order of lessons, no two of which claim the same slug or id (see
    `claims`). `stale`: paths whose shown text is not what the file holds now.
    """

    site: Site
    courses: Mapping[str, CourseText]
    texts: Mapping[str, tuple[Place, LessonText]]  # by path
    images: frozenset[str]
    problems: frozenset[Problem]
    stale: frozenset[str]


class Assembler:
    """Puts files together. A lesson whose files are what they were is the one that it was, not made anew."""

    def __init__(self) -> None:
        self._known: dict[_Key, tuple[str, Together]] = {}  # with the level of its course
        self._clashes: list[Problem] = []
        self._within: dict[str, list[Problem]] = {}  # by slug, where there are any

    def catalogue(self, root: Path, found: Found) -> Catalogue:
        """The lessons by all names they go by, and what is wrong among them."""
        togethers = self._together(found)
        lessons = tuple(together.lesson for together in togethers)
        by_slug = {lesson.slug: lesson for lesson in lessons}
        by_alias, self._clashes = cross_checks.aliases(togethers, by_slug)
        by_id = {lesson.id: lesson for lesson in lessons}
        self._within = {}
        for together in togethers:
            self._look_within(together, by_id, found)
        return Catalogue(
            root=root,
            site=found.site,
            courses=_courses(found, lessons),
            by_slug=by_slug,
            by_id=by_id,
            by_alias=by_alias,
            problems=self._problems(found),
        )

    def edited(self, before: Catalogue, found: Found, paths: Iterable[str]) -> Catalogue | None:
        """What `catalogue` would make of `found`, where only these texts are others than in the last one, `before`.

        None where an edit is for all of it to judge: ids and old slugs are each one lesson's alone.
        """
        edits: dict[str, tuple[Lesson, Lesson]] = {}  # by slug: as it was, and as it is
        for key in {found.texts[path][0].lesson for path in paths}:
            level, former = self._known[key]
            files = [found.texts[text.path] for text in former.texts]
            later = cross_checks.together(_lesson(files, found.courses), tuple(text for _, text in files))
            was, now = former.lesson, later.lesson
            if before.by_slug.get(was.slug) is not was or (was.id, was.aliases) != (now.id, now.aliases):
                return None
            self._known[key] = level, later
            self._look_within(later, before.by_id, found)
            edits[was.slug] = was, now
        return _with_edits(replace(before, problems=self._problems(found)), edits)

    def _look_within(self, together: Together, by_id: Mapping[str, Lesson], found: Found) -> None:
        problems = list(cross_checks.within(together, by_id, found.images))
        self._within.pop(together.lesson.slug, None)
        if problems:
            self._within[together.lesson.slug] = problems

    def _problems(self, found: Found) -> tuple[Problem, ...]:
        """A problem of the text that is shown has no place in a file that by now holds another one."""
        across = chain(self._clashes, *self._within.values())
        problems = {*found.problems, *(problem for problem in across if problem.path not in found.stale)}
        return tuple(sorted(problems, key=astuple))

    def _together(self, found: Found) -> list[Together]:
        """Each lesson with its files."""
        groups = {key: list(group) for key, group in groupby(found.texts.values(), key=lambda pair: pair[0].lesson)}
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


def _with_edits(before: Catalogue, edits: Mapping[str, tuple[Lesson, Lesson]]) -> Catalogue:
    """Each lesson by the one that it is now, wherever it stands."""
    later = {slug: now for slug, (_, now) in edits.items()}
    moved = {alias: now for was, now in edits.values() for alias in was.aliases if before.by_alias.get(alias) is was}
    touched = {now.course for now in later.values()}
    return replace(
        before,
        courses=tuple(
            replace(course, lessons=tuple(later.get(lesson.slug, lesson) for lesson in course.lessons))
            if course.key in touched
            else course
            for course in before.courses
        ),
        by_slug={**before.by_slug, **later},
        by_id={**before.by_id, **{now.id: now for now in later.values()}},
        by_alias={**before.by_alias, **moved},
    )
