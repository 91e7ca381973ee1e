"""Courses and lessons as plain values: what an author wrote, compiled. Knows no learners, requests or files.

A `Catalogue` is one consistent reading of the lessons folder. It never changes; an edited file makes a new
one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from stream.markdown.document import Document

MEDIA_URL = "/media/"  # the address of a picture is this, the course's key, `/` and its path in the course

NEVER = datetime.max.replace(tzinfo=UTC)

Status = Literal["draft", "scheduled", "published", "archived"]
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an author should mend. `path` is relative to the lessons folder; `line` counts from 1."""

    path: str
    line: int
    code: str
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.severity}: {self.message} [{self.code}]"


@dataclass(frozen=True, slots=True)
class Persona:
    """A voice of callouts: its name and the line above its words, per language; `accent` is its hue."""

    key: str
    name: Mapping[str, str]
    label: Mapping[str, str]
    accent: str = "stream"


@dataclass(frozen=True, slots=True)
class Link:
    """A work to read next."""

    title: str
    url: str
    host: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """A lesson in one language."""

    language: str
    title: str
    summary: str
    minutes: int
    links: tuple[Link, ...]
    document: Document
    revision: str  # hash of the file's bytes, 12 hex digits
    path: str  # relative to the lessons folder
    translates: str = ""  # revision of the other language's file that this one follows, where its author says so


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson in its languages. `id` is stable for ever; `slug` stands in the address; `number` orders."""

    id: str
    slug: str
    course: str
    number: int
    level: str
    tags: tuple[str, ...]
    status: Status
    publish_at: datetime | None
    aliases: tuple[str, ...]
    builds_on: tuple[str, ...]
    translations: Mapping[str, Translation]

    def is_listed(self, at: datetime) -> bool:
        """Whether readers find it in lists and totals at this instant (published, or scheduled and due)."""
        if self.status == "scheduled":
            return self.publish_at is not None and self.publish_at <= at
        return self.status == "published"

    def is_readable(self, at: datetime) -> bool:
        """Whether its address answers: archived lessons stay readable, but leave lists and totals."""
        return self.status == "archived" or self.is_listed(at)

    def translation(self, language: str) -> Translation:
        """In this language, or else in the first one it has (the caller compares `.language`)."""
        return self.translations.get(language) or next(iter(self.translations.values()))

    def exercise_keys(self) -> frozenset[str]:
        """Keys of the exercises in any of its languages."""
        return frozenset(e.key for t in self.translations.values() for e in t.document.exercises)


class _Listing(NamedTuple):
    """What readers see of a course from one instant until another, at which a scheduled lesson comes out."""

    since: datetime
    until: datetime
    lessons: tuple[Lesson, ...]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """Ordered lessons. `lessons` holds every state; ask `listed(at)` for what readers see."""

    key: str
    level: str
    title: Mapping[str, str]
    summary: Mapping[str, str]
    lessons: tuple[Lesson, ...]
    _last: list[_Listing] = field(default_factory=list, init=False, repr=False, compare=False)  # the one asked for last

    def listed(self, at: datetime) -> tuple[Lesson, ...]:
        """The lessons that readers find at this instant, in order."""
        return self._listing(at).lessons

    def listed_ids(self, at: datetime) -> tuple[str, ...]:
        """Their ids."""
        return self._listing(at).ids

    def next_change(self, at: datetime) -> datetime | None:
        """When the next scheduled lesson comes out."""
        until = self._listing(at).until
        return None if until is NEVER else until

    def _listing(self, at: datetime) -> _Listing:
        for last in self._last:  # every page asks for those of all courses
            if last.since <= at < last.until:
                return last
        lessons = tuple(lesson for lesson in self.lessons if lesson.is_listed(at))
        coming = (lesson.publish_at for lesson in self.lessons if lesson.publish_at and lesson.publish_at > at)
        listing = _Listing(at, min(coming, default=NEVER), lessons, tuple(lesson.id for lesson in lessons))
        self._last[:] = [listing]
        return listing


@dataclass(frozen=True, slots=True)
class Site:
    """`site.toml`: the site's name per language, its languages (the first is the default), its personas, tags."""

    name: Mapping[str, str]
    languages: tuple[str, ...]
    personas: Mapping[str, Persona]
    tags: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # key of a tag or level -> label per language


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One consistent reading of the lessons folder.

    `problems` names what is wrong in the files as they are now; where a file is broken, the lesson shown is
    its last good revision.
    """

    root: Path
    site: Site
    courses: tuple[Course, ...]
    by_slug: Mapping[str, Lesson]
    by_id: Mapping[str, Lesson]
    by_alias: Mapping[str, Lesson]  # old slug -> lesson
    problems: tuple[Problem, ...]

    def course(self, key: str) -> Course | None:
        """The course with this key."""
        return next((course for course in self.courses if course.key == key), None)

    def published(self, at: datetime) -> Mapping[str, tuple[str, ...]]:
        """Course key -> ids of its listed lessons: what the ledger must know of the catalogue now."""
        return {course.key: ids for course in self.courses if (ids := course.listed_ids(at))}

    def next_change(self, at: datetime) -> datetime | None:
        """When the next scheduled lesson comes out; until then the catalogue shows the same."""
        return min(filter(None, (course.next_change(at) for course in self.courses)), default=None)

    def tagged(self, tag: str, at: datetime) -> tuple[Lesson, ...]:
        """Listed lessons with this tag or level, in order of course and number."""
        return tuple(
            lesson
            for course in self.courses
            for lesson in course.listed(at)
            if tag in lesson.tags or tag == lesson.level
        )
