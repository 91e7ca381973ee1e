"""What each achievement means, on paper-calendar examples."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from strategies import RULEBOOK

from stream.ledger.achievements import Progress, Published
from stream.ledger.decisions import CompleteLesson, RecheckAchievements, decide
from stream.ledger.events import (
    Event,
    ExerciseAttempted,
    ExercisePassed,
    LessonCompleted,
    LessonOpened,
    ReportResolved,
    ReviewAnswered,
)
from stream.ledger.rulebook import parse_rulebook
from stream.ledger.standing import Standing, evolve, replay
from stream.resources import SAMPLE_LESSONS

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday


def done(lesson: str, course: str = "a", at: datetime = AT) -> LessonCompleted:
    """A completion."""
    return LessonCompleted(at=at, day=at.date(), lesson=lesson, course=course, language="en")


def tried(at: datetime, day: date | None = None, passed: bool = True) -> ExerciseAttempted:
    """An act on a day."""
    return ExerciseAttempted(at=at, day=day or at.date(), exercise="x/1", lesson="x", passed=passed)


def progress(key: str, events: list[Event], published: Published | None = None) -> Progress:
    """How far the achievement is after these events."""
    achievement = RULEBOOK.achievement(key)
    assert achievement is not None
    return achievement.evaluate(replay(events), published or {})


@pytest.mark.parametrize(("key", "need"), [("first-light", 1), ("ten-steps", 10), ("century", 100)])
def test_counting_lessons(key: str, need: int) -> None:
    lessons = [done(f"l{number}", at=AT + timedelta(days=number)) for number in range(need)]
    assert progress(key, lessons[:-1]).since is None  # type: ignore[arg-type]
    reached = progress(key, lessons)  # type: ignore[arg-type]
    assert (reached.have, reached.since) == (need, lessons[-1].at)


def test_full_circle_needs_every_published_lesson_of_a_course_of_three() -> None:
    published = {"a": ("l1", "l2", "l3"), "tiny": ("t1", "t2")}
    assert not progress("full-circle", [done("t1", "tiny"), done("t2", "tiny")], published).holds
    nearly = progress("full-circle", [done("l1"), done("l3")], published)
    assert (nearly.have, nearly.need, nearly.missing) == (2, 3, ("l2",))
    assert progress("full-circle", [done("l1"), done("l2"), done("l3")], published).holds


def test_three_worlds_needs_three_lessons_in_three_courses() -> None:
    lessons = [done(f"{course}{number}", course) for course in "abc" for number in range(3)]
    assert not progress("three-worlds", lessons[:-1]).holds  # type: ignore[arg-type]
    assert progress("three-worlds", lessons).holds  # type: ignore[arg-type]


def test_halfway_needs_a_site_of_twenty() -> None:
    half = [done(f"l{number}") for number in range(10)]
    site = {"a": tuple(f"l{number}" for number in range(20))}
    assert progress("halfway", half, site).holds  # type: ignore[arg-type]
    assert not progress("halfway", half, {"a": site["a"][:19]}).holds  # type: ignore[arg-type]
    assert not progress("halfway", half[:9], site).holds  # type: ignore[arg-type]


def test_second_wind_rewards_trying_again() -> None:
    later = AT + timedelta(minutes=1)
    passed = ExercisePassed(at=later, day=later.date(), exercise="x/1", lesson="x")
    assert not progress("second-wind", [tried(AT), passed]).holds
    assert progress("second-wind", [tried(AT, passed=False), passed]).since == later


def test_steady_is_four_weeks_in_a_row_with_three_days_each() -> None:
    acts = [tried(AT + timedelta(weeks=week, days=day)) for week in range(4) for day in (0, 2, 6)]
    assert progress("steady", acts).since == acts[-1].at  # type: ignore[arg-type]
    gap = [act for act in acts if act.day.isocalendar().week != acts[4].day.isocalendar().week]
    assert not progress("steady", gap).holds  # type: ignore[arg-type]


def test_steady_holds_over_the_turn_of_the_year() -> None:
    first = datetime(2026, 12, 14, 12, tzinfo=UTC)  # weeks 51, 52, 53 of 2026 and 1 of 2027
    acts = [tried(first + timedelta(weeks=week, days=day)) for week in range(4) for day in (0, 3, 6)]
    assert [act.day.isocalendar().week for act in acts[::3]] == [51, 52, 53, 1]
    assert progress("steady", acts).holds  # type: ignore[arg-type]


@pytest.mark.parametrize("zone", ["Asia/Seoul", "America/New_York", "Pacific/Apia"])
def test_days_are_the_learners_own_on_both_sides_of_midnight(zone: str) -> None:
    late = datetime(2026, 3, 7, 23, 30, tzinfo=ZoneInfo(zone))  # the night before the clocks change in New York
    early = datetime(2026, 3, 8, 0, 30, tzinfo=ZoneInfo(zone))
    acts = [tried(moment.astimezone(UTC), day=moment.date()) for moment in (late, early)]
    assert len(replay(acts).active) == 2


def test_long_game_counts_weeks_wherever_they_are() -> None:
    acts = [tried(AT + timedelta(weeks=3 * number)) for number in range(12)]
    assert not progress("long-game", acts[:-1]).holds  # type: ignore[arg-type]
    assert progress("long-game", acts).since == acts[-1].at  # type: ignore[arg-type]


def reviewed(number: int, day: int) -> ReviewAnswered:
    """A remembered answer, due a day or more after the lesson."""
    at = AT + timedelta(days=day, minutes=number)
    return ReviewAnswered(at=at, day=at.date(), item=f"i{number}", lesson="l", good=True, due=at.date())


def test_recall_needs_twenty_answers_on_five_days() -> None:
    spread = [done("l"), *(reviewed(number, 1 + number % 5) for number in range(20))]
    crammed = [done("l"), *(reviewed(number, 1 + number % 4) for number in range(20))]
    assert progress("recall", spread).holds  # type: ignore[arg-type]
    assert not progress("recall", crammed).holds  # type: ignore[arg-type]


def test_still_there_needs_thirty_days() -> None:
    assert not progress("still-there", [done("l"), reviewed(1, 29)]).holds
    assert progress("still-there", [done("l"), reviewed(1, 30)]).holds


def test_two_tongues_needs_five_lessons_opened_in_both_languages() -> None:
    events: list[Event] = []
    for number in range(5):
        events.append(done(f"l{number}"))
        events += [LessonOpened(at=AT, day=AT.date(), lesson=f"l{number}", language=key) for key in ("en", "ko")]
    assert progress("two-tongues", events).holds
    assert not progress("two-tongues", events[:-1]).holds


def test_sharp_eye_needs_a_report_that_was_fixed() -> None:
    declined = ReportResolved(at=AT, day=AT.date(), report="r1", outcome="declined")
    fixed = ReportResolved(at=AT, day=AT.date(), report="r2", outcome="fixed")
    assert not progress("sharp-eye", [declined]).holds
    assert progress("sharp-eye", [declined, fixed]).holds


def test_archiving_half_the_lessons_takes_nothing_away() -> None:
    published = {"a": ("l1", "l2", "l3")}
    standing = Standing()
    for lesson in published["a"]:
        command = CompleteLesson(lesson=lesson, course="a", language="en", at=AT, day=AT.date(), published=published)
        for event in decide(standing, command, RULEBOOK):
            standing = evolve(standing, event)
    recheck = RecheckAchievements(at=AT + timedelta(days=9), day=AT.date(), published={"a": ("l1",)})
    assert decide(standing, recheck, RULEBOOK) == ()
    assert {"first-light", "full-circle"} <= standing.achievements.keys()


def test_an_achievement_added_later_is_earned_by_past_deeds_and_dated_then() -> None:
    text = (SAMPLE_LESSONS / "rulebook.toml").read_text(encoding="utf-8")
    texts = 'name = { en = "Pair", ko = "둘" }\ndescription = { en = "Two.", ko = "둘." }\n'
    later = parse_rulebook(f'{text}\n[[achievements]]\nkey = "pair"\nrule = "lessons-completed"\nneed = 2\n{texts}')
    standing = replay([done("l1"), done("l2", at=AT + timedelta(days=3))])
    recheck = RecheckAchievements(at=AT + timedelta(days=99), day=AT.date(), published={})
    unlocked = {event.subject: event.at for event in decide(standing, recheck, later)}
    assert unlocked["pair"] == AT + timedelta(days=3)
