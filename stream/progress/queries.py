"""Where a learner stands, as values for the pages: one read each, no rows handed out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice
from typing import NamedTuple

from sqlalchemy import Connection, select

from stream.catalogue.model import Course, Lesson
from stream.db import reading
from stream.ledger.achievements import Progress, Published
from stream.ledger.codec import Unreadable, standing_from_state, xp_in
from stream.ledger.levels import level_name
from stream.ledger.rulebook import Achievement, Rulebook
from stream.ledger.standing import Standing
from stream.progress.models import standings
from stream.statements import run
from stream.together import Answers, Part, read_together

LOST = "events without a standing"
BEGUN = """
SELECT 1 FROM events WHERE learner_id IN ({asked})
  AND NOT EXISTS (SELECT 1 FROM standings WHERE standings.learner_id = events.learner_id) LIMIT 1
"""
STANDING = """
SELECT (SELECT state FROM standings WHERE learner_id = :me) AS state,
  CASE WHEN EXISTS (SELECT 1 FROM events WHERE learner_id = :me) THEN 'yes' END AS has_begun,
  NULL AS c, NULL AS d, NULL AS e
"""


def standing_of(learner_id: str | None) -> Standing:
    """Where a learner stands; a visitor stands at the start."""
    if learner_id is None:
        return Standing()
    return standing_in(read_together([own_standing(learner_id)]))


def own_standing(learner_id: str) -> Part:
    """What `standing_in` wants to know."""
    return Part("standing", STANDING, {"me": learner_id})


def standing_in(found: Answers) -> Standing:
    """Where the learner stands whom the part was about. Raises Unreadable as `assert_not_begun` does."""
    [(state, has_begun, *_)] = found["standing"]
    if state is None and has_begun:
        raise Unreadable(LOST)
    return Standing() if state is None else standing_from_state(state)


def assert_not_begun(connection: Connection, learner_ids: Collection[str]) -> None:
    """Raise Unreadable where learners of whom no standing was found have events all the same: a damaged index does not
    show what is there, and nobody is told that they have nothing.
    """
    asked = _named(learner_ids)
    if run(connection, BEGUN.format(asked=_places(asked)), asked):
        raise Unreadable(LOST)


def _named(learner_ids: Collection[str]) -> dict[str, str]:
    """Some of them more than once, up to a power of two: a statement for each number of learners would be compiled
    anew again and again.
    """
    room = 1 << (len(learner_ids) - 1).bit_length()
    named = enumerate(islice(cycle(learner_ids), room))
    return {f"learner{number}": learner_id for number, learner_id in named}


def _places(asked: Mapping[str, str]) -> str:
    return ", ".join(f":{name}" for name in asked)


def lessons_done(learner_ids: Iterable[str]) -> dict[str, int]:
    """How many lessons each of these learners has completed; who has no history is left out."""
    query = select(standings).where(standings.c.learner_id.in_(set(learner_ids)))
    with reading() as connection:
        return {row.learner_id: len(standing_from_state(row.state).completions) for row in connection.execute(query)}


def xp_of(connection: Connection, learner_ids: set[str]) -> dict[str, int]:
    """The XP of several learners, within a read of the caller's."""
    asked = _named(learner_ids)
    if not asked:
        return {}
    query = f"SELECT learner_id, state FROM standings WHERE learner_id IN ({_places(asked)})"
    found = {learner_id: xp_in(state) for learner_id, state in run(connection, query, asked)}
    if missing := learner_ids - found.keys():
        assert_not_begun(connection, missing)
    return found


class Panel(NamedTuple):  # a tuple, as OutlineItem: made and compared at every page and act
    """The widget's numbers. Totals count what is published now; nothing ever exceeds its total."""

    level: int
    level_name: str
    next_level_name: str
    xp: int
    xp_into_level: int
    xp_for_level: int
    xp_to_go: int
    percent: int
    lessons_done: int
    lessons_total: int
    achievements: int
    achievements_total: int


def panel_of(standing: Standing, published: Published, rulebook: Rulebook, names: Sequence[str]) -> Panel:
    """The widget for this standing; `names` are the level names in the reader's language."""
    progress = rulebook.curve.progress(standing.xp)
    listed = {lesson for lessons in published.values() for lesson in lessons}
    return Panel(
        level=progress.level,
        level_name=level_name(progress.level, names),
        next_level_name=level_name(progress.level + 1, names),
        xp=standing.xp,
        xp_into_level=progress.into_level,
        xp_for_level=progress.for_level,
        xp_to_go=progress.to_go,
        percent=progress.percent,
        lessons_done=len(listed & standing.completions.keys()),
        lessons_total=len(listed),
        achievements=sum(achievement.key in standing.achievements for achievement in rulebook.achievements),
        achievements_total=len(rulebook.achievements),
    )


class OutlineItem(NamedTuple):
    """A lesson in its course's outline: `state` is "done", "revised", "open" (begun) or "new"."""

    lesson: Lesson
    position: int
    state: str
    is_here: bool

    @property
    def is_done(self) -> bool:
        """Whether it is completed, be it in an older wording."""
        return self.state in ("done", "revised")


@dataclass(frozen=True, slots=True)
class Outline:
    """A course as one learner sees it."""

    course: Course
    items: tuple[OutlineItem, ...]

    @property
    def done(self) -> int:
        """How many of its lessons are done."""
        return sum(item.is_done for item in self.items)

    @property
    def total(self) -> int:
        """How many lessons it has."""
        return len(self.items)

    @property
    def languages(self) -> dict[str, int]:
        """In how many of its lessons each language can be read."""
        found: dict[str, int] = {}
        for item in self.items:
            for key in item.lesson.translations:
                found[key] = found.get(key, 0) + 1
        return found

    @property
    def minutes(self) -> dict[str, int]:
        """Reading time of the whole course per language."""
        languages = {key for item in self.items for key in item.lesson.translations}
        return {key: sum(item.lesson.translation(key).minutes for item in self.items) for key in languages}

    @property
    def next(self) -> OutlineItem | None:
        """The first lesson that is not done."""
        return next((item for item in self.items if not item.is_done), None)


def outline_of(course: Course, standing: Standing, at: datetime, here: Lesson | None = None) -> Outline:
    """The course's listed lessons with the learner's state in each."""
    items = (
        OutlineItem(lesson, position, lesson_state(lesson, standing), here is not None and lesson.id == here.id)
        for position, lesson in enumerate(course.listed(at), start=1)
    )
    return Outline(course, tuple(items))


@dataclass(frozen=True, slots=True)
class Next:
    """The lesson to go on with."""

    outline: Outline
    item: OutlineItem
    begun: bool  # whether the learner has done anything yet


def next_lesson(outlines: Iterable[Outline], standing: Standing) -> Next | None:
    """The first lesson that is not done, in the course worked on last, else in the first course that has one."""
    open_courses = [outline for outline in outlines if outline.next is not None]
    if not open_courses:
        return None
    chosen = max(open_courses, key=lambda outline: _last_worked_on(outline, standing))  # the first of equal ones
    assert chosen.next is not None
    return Next(chosen, chosen.next, bool(standing.opened or standing.completions))


def _last_worked_on(outline: Outline, standing: Standing) -> float:
    """When the learner last opened or completed a lesson of the course; 0 for never."""
    instants: list[datetime] = []
    for item in outline.items:
        instants.extend(standing.opened.get(item.lesson.id, {}).values())
        if (completion := standing.completions.get(item.lesson.id)) is not None:
            instants.append(completion.at)
    return max((instant.timestamp() for instant in instants), default=0.0)


def lesson_state(lesson: Lesson, standing: Standing) -> str:
    """How far the learner is with a lesson."""
    if (completion := standing.completions.get(lesson.id)) is not None:
        revisions = {translation.revision for translation in lesson.translations.values()}
        return "done" if not completion.revision or completion.revision in revisions else "revised"
    return "open" if lesson.id in standing.opened else "new"


@dataclass(frozen=True, slots=True)
class AchievementCard:
    """An achievement with the learner's way to it. `earned_at` is None until it is earned."""

    achievement: Achievement
    progress: Progress
    earned_at: datetime | None

    @property
    def shown_have(self) -> int:
        """How far, never beyond what is needed."""
        return min(self.progress.have, self.progress.need)


def achievement_cards(standing: Standing, published: Published, rulebook: Rulebook) -> tuple[AchievementCard, ...]:
    """All achievements, in the rulebook's order."""
    return tuple(
        AchievementCard(each, each.evaluate(standing, published), standing.achievements.get(each.key))
        for each in rulebook.achievements
    )


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A level: its names, the XP that reaches it, and the XP from there to the next."""

    level: int
    name: str
    names: Mapping[str, str]
    reached_at: int
    to_next: int


def level_rows(rulebook: Rulebook, names: Sequence[str], here: int) -> tuple[LevelRow, ...]:
    """Every named level, and beyond the last name as far as one above the learner."""
    last = max(len(names), here + 2)
    return tuple(_level_row(rulebook, level, names) for level in range(last))


def _level_row(rulebook: Rulebook, level: int, names: Sequence[str]) -> LevelRow:
    reached = rulebook.curve.threshold(level)
    all_names = {language: level_name(level, known) for language, known in rulebook.level_names.items()}
    return LevelRow(level, level_name(level, names), all_names, reached, rulebook.curve.threshold(level + 1) - reached)
