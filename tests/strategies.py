"""Hypothesis strategies: commands, and the histories they lead to under the site's own rulebook."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from stream.ledger.decisions import (
    AdjustXp,
    AnswerReview,
    AttemptExercise,
    Command,
    CompleteLesson,
    OpenLesson,
    ReopenLesson,
    ResolveReport,
    decide,
)
from stream.ledger.events import Event
from stream.ledger.rulebook import Rulebook, parse_rulebook
from stream.ledger.standing import Standing, evolve
from stream.resources import SAMPLE_LESSONS

RULEBOOK: Rulebook = parse_rulebook((SAMPLE_LESSONS / "rulebook.toml").read_text(encoding="utf-8"))
PUBLISHED = {"light": ("l1", "l2", "l3", "l4"), "colour": ("c1", "c2", "c3"), "short": ("s1",)}
START = datetime(2026, 1, 1, tzinfo=UTC)
COURSE_OF = {lesson: course for course, lessons in PUBLISHED.items() for lesson in lessons}

lessons = st.sampled_from(sorted(COURSE_OF))
instants = st.integers(0, 400 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


def occasion(at: datetime) -> dict[str, object]:
    """What every command carries."""
    return {"at": at, "day": at.date(), "published": PUBLISHED}


@st.composite
def commands(draw: st.DrawFn) -> Command:
    """Anything a learner or the admin may do."""
    base, lesson = occasion(draw(instants)), draw(lessons)
    exercise = f"{lesson}/{draw(st.sampled_from('12'))}"
    due = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 400)))
    return draw(
        st.sampled_from(
            [
                OpenLesson(lesson=lesson, language=draw(st.sampled_from(["en", "ko"])), **base),  # type: ignore[arg-type]
                CompleteLesson(lesson=lesson, course=COURSE_OF[lesson], language="en", **base),  # type: ignore[arg-type]
                ReopenLesson(lesson=lesson, **base),  # type: ignore[arg-type]
                AttemptExercise(exercise=exercise, lesson=lesson, passed=draw(st.booleans()), **base),  # type: ignore[arg-type]
                AnswerReview(item=exercise, lesson=lesson, good=draw(st.booleans()), due=due, **base),  # type: ignore[arg-type]
                ResolveReport(report="r1", outcome=draw(st.sampled_from(["fixed", "declined"])), **base),  # type: ignore[arg-type]
                AdjustXp(amount=draw(st.integers(0, 500)), reason="a gift", **base),  # type: ignore[arg-type]
            ]
        )
    )


def played(given: list[Command]) -> list[Event]:
    """The events that these commands lead to, one after another."""
    standing, events = Standing(), []
    for command in given:
        for event in decide(standing, command, RULEBOOK):
            standing = evolve(standing, event)
            events.append(event)
    return events


histories = st.lists(commands(), max_size=40).map(played)
