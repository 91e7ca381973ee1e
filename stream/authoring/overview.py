"""Every lesson of the folder with its state: what readers see, will see, and what is too broken to show."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Literal

from stream.authoring.lesson_files import by_address
from stream.authoring.translations import NEED_WORK, TextState, states_of
from stream.catalogue.lesson_file import Place
from stream.catalogue.model import Catalogue, Course, Lesson, Problem

State = Literal["draft", "scheduled", "published", "archived", "broken"]
FILTERS = ("all", "draft", "scheduled", "published", "archived", "problems", "translations", "reports")


@dataclass(frozen=True, slots=True)
class FileLine:
    """A language of a lesson in the list. `place` is none where there is no file."""

    text: TextState
    place: Place | None
    problems: tuple[Problem, ...]
    is_editable: bool  # its address leads to it: no other file comes before it under the same name


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson in the list; `lesson` is none while none of its files can be shown."""

    slug: str
    number: int
    course: str
    title: str
    language: str  # of the title
    state: State
    lesson: Lesson | None
    files: tuple[FileLine, ...]
    reports: int

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong in any of its files."""
        return tuple(problem for file in self.files for problem in file.problems)

    @property
    def needs_translation(self) -> bool:
        """Whether a language is missing or no longer follows."""
        return any(file.text.state in NEED_WORK for file in self.files)

    def fits(self, wanted: str) -> bool:
        """Whether the lesson is among those asked for, by one of FILTERS."""
        among = {"problems": bool(self.problems), "translations": self.needs_translation, "reports": bool(self.reports)}
        return among.get(wanted, wanted in ("all", self.state))


@dataclass(frozen=True, slots=True)
class CourseLines:
    """A course with its lessons; `course` is none for a folder that is none yet."""

    key: str
    course: Course | None
    lessons: tuple[LessonLine, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything; `elsewhere` are the problems of files that are no lessons."""

    courses: tuple[CourseLines, ...]
    elsewhere: tuple[Problem, ...]

    def only(self, wanted: str) -> "Overview":
        """The lessons that were asked for."""
        kept = (
            CourseLines(c.key, c.course, tuple(line for line in c.lessons if line.fits(wanted))) for c in self.courses
        )
        return Overview(tuple(course for course in kept if course.lessons), self.elsewhere)

    def counts(self) -> dict[str, int]:
        """How many lessons each filter would show."""
        lines = [line for course in self.courses for line in course.lessons]
        return {wanted: sum(line.fits(wanted) for line in lines) for wanted in FILTERS}


@dataclass(frozen=True, slots=True)
class Now:
    """What the list is made from: `reports` are those to be settled, by the lesson's id."""

    catalogue: Catalogue
    places: tuple[Place, ...]
    reports: Mapping[str, int]
    at: datetime
    language: str


def overview(now: Now) -> Overview:
    """All lessons that the folder holds files of, by course and number."""
    places = [place for place in now.places if place.language in now.catalogue.site.languages]
    groups = [tuple(group) for _, group in groupby(places, key=attrgetter("course", "number", "slug"))]
    editable = frozenset(place.path for place in by_address(now.places).values())
    files = _Files(_by_path(now.catalogue.problems), editable)
    lines = [_line(group, now, files) for group in groups]
    courses = tuple(
        CourseLines(key, now.catalogue.course(key), tuple(of_course))
        for key, of_course in groupby(lines, key=attrgetter("course"))
    )
    known = {place.path for place in places}
    elsewhere = tuple(problem for problem in now.catalogue.problems if problem.path not in known)
    return Overview(courses, elsewhere)


def problem_count(catalogue: Catalogue) -> int:
    """How many errors there are in the lessons folder."""
    return sum(problem.severity == "error" for problem in catalogue.problems)


def _line(group: tuple[Place, ...], now: Now, known: "_Files") -> LessonLine:
    first = group[0]
    lesson = _shown(first, now.catalogue)
    files = tuple(known.lines(group, lesson, now.catalogue.site.languages))
    if lesson is None:
        return LessonLine(first.slug, first.number, first.course, first.slug, "", "broken", None, files, 0)
    text = lesson.translation(now.language)
    state: State = "published" if lesson.is_listed(now.at) else lesson.status
    number = now.reports.get(lesson.id, 0)
    return LessonLine(
        lesson.slug, lesson.number, lesson.course, text.title, text.language, state, lesson, files, number
    )


def _shown(place: Place, catalogue: Catalogue) -> Lesson | None:
    """The lesson of this file; none where another file has taken its name."""
    lesson = catalogue.by_slug.get(place.slug)
    is_this = lesson is not None and (lesson.course, lesson.number) == (place.course, place.number)
    return lesson if is_this else None


@dataclass(frozen=True, slots=True)
class _Files:
    """What is known of all files: problems by path, and the paths that an address leads to."""

    wrong: Mapping[str, tuple[Problem, ...]]
    editable: frozenset[str]

    def lines(self, group: tuple[Place, ...], lesson: Lesson | None, languages: Sequence[str]) -> Iterator[FileLine]:
        places = {place.language: place for place in group}
        states = states_of(lesson, languages) if lesson else (TextState(language, "missing") for language in languages)
        for state in states:
            place = places.get(state.language)
            path = place.path if place else ""
            if place and state.state == "missing":
                state = TextState(state.language, "broken")
            yield FileLine(state, place, self.wrong.get(path, ()), path in self.editable)


def _by_path(problems: Iterable[Problem]) -> dict[str, tuple[Problem, ...]]:
    found: dict[str, tuple[Problem, ...]] = {}
    for problem in problems:
        found[problem.path] = (*found.get(problem.path, ()), problem)
    return found
