"""Devices may be merged in any order and as often as one likes: the ledger says the same."""

from datetime import timedelta
from itertools import count, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import COURSE_OF, PUBLISHED, RULEBOOK, START, occasion

from stream.ledger.codec import from_stored, standing_from_text, standing_to_text, to_stored
from stream.ledger.decisions import AttemptExercise, CompleteLesson, OpenLesson, ReopenLesson
from stream.ledger.events import Event
from stream.ledger.merging import Fact, facts_of, merged, standing_of
from stream.ledger.standing import Standing, replay

ids = count(1)
lessons = st.sampled_from(sorted(COURSE_OF))
minutes = st.one_of(st.integers(0, 40), st.integers(0, 200 * 24 * 60))


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    """Anything that a learner may do on a device without an account."""
    base = occasion(START + timedelta(minutes=draw(minutes)))
    lesson, kind = draw(lessons), draw(st.sampled_from("CCCCRRAAO"))
    key = f"fact-{next(ids):06}"
    if kind == "C":
        return Fact(key, CompleteLesson(lesson=lesson, course=COURSE_OF[lesson], language="en", **base))
    if kind == "R":
        return Fact(key, ReopenLesson(lesson=lesson, **base))
    if kind == "A":
        return Fact(key, AttemptExercise(exercise=f"{lesson}/1", lesson=lesson, passed=draw(st.booleans()), **base))
    return Fact(key, OpenLesson(lesson=lesson, language=draw(st.sampled_from(["en", "ko"])), **base))


devices = st.lists(st.lists(facts(), max_size=8), min_size=3, max_size=3)


class Ledger:
    """A history to which devices send what they have."""

    def __init__(self) -> None:
        self.history: list[tuple[str, Event]] = []

    def take(self, sent: list[Fact]) -> int:
        """Merge, and return how many events that made."""
        found = merged(self.history, sent, RULEBOOK)
        self.history += [(each.fact or f"follows-{len(self.history)}-{n}", each.event) for n, each in enumerate(found)]
        return len(found)

    @property
    def standing(self) -> Standing:
        return replay(event for _, event in self.history)


def seen(standing: Standing) -> tuple[object, ...]:
    """What a learner sees."""
    done = {lesson: completion.at for lesson, completion in standing.completions.items()}
    return standing.xp, done, dict(standing.achievements), sorted(standing.finished), dict(standing.passed)


@settings(max_examples=2000, deadline=None)
@given(devices, st.data())
def test_three_devices_in_any_order_and_as_often_as_one_likes(sent: list[list[Fact]], data: st.DataObject) -> None:
    everything = [fact for device in sent for fact in device]
    for _ in range(2):
        ledger = Ledger()
        for device in [*data.draw(st.permutations(sent)), data.draw(st.sampled_from(sent))]:
            cut = data.draw(st.integers(0, len(device)))
            for piece in (device[:cut], device):
                ledger.take(piece)
        assert seen(ledger.standing) == seen(standing_of(everything, RULEBOOK))


@settings(deadline=None)
@given(st.lists(facts(), max_size=5))
def test_one_by_one_in_every_order_is_all_at_once(sent: list[Fact]) -> None:
    for order in permutations(sent[:4]):
        ledger = Ledger()
        for fact in order:
            ledger.take([fact])
        assert seen(ledger.standing) == seen(standing_of(sent[:4], RULEBOOK))


@settings(deadline=None)
@given(devices)
def test_merging_again_changes_nothing_and_every_fact_is_recorded_once(sent: list[list[Fact]]) -> None:
    ledger = Ledger()
    for device in sent:
        ledger.take(device)
    assert [ledger.take(device) for device in sent] == [0, 0, 0]
    recorded = [key for key, _ in ledger.history if key.startswith("fact-")]
    assert sorted(recorded) == sorted(fact.id for device in sent for fact in device)


@settings(deadline=None)
@given(devices)
def test_the_balance_is_the_sum_of_the_entries(sent: list[list[Fact]]) -> None:
    ledger = Ledger()
    for device in sent:
        ledger.take(device)
        assert ledger.standing.xp == sum(event.xp for _, event in ledger.history) >= 0


@settings(deadline=None)
@given(devices)
def test_what_came_late_survives_storing(sent: list[list[Fact]]) -> None:
    ledger = Ledger()
    for device in sent:
        ledger.take(device)
    events = [event for _, event in ledger.history]
    assert [from_stored(to_stored(event)) for event in events] == events
    assert standing_from_text(standing_to_text(ledger.standing)) == ledger.standing


def done(key: str, lesson: str, minute: int) -> Fact:
    command = CompleteLesson(
        lesson=lesson, course=COURSE_OF[lesson], language="en", **occasion(START + timedelta(minutes=minute))
    )
    return Fact(key, command)


def test_an_account_and_a_device_with_a_lesson_in_common() -> None:
    ledger = Ledger()
    ledger.take([done("fact-a", "l1", 1), done("fact-b", "l2", 2)])
    ledger.take([done("fact-c", "l2", 3), done("fact-d", "l3", 4)])
    assert ledger.standing.completions.keys() == {"l1", "l2", "l3"}
    assert ledger.standing.xp == 3 * 40


def test_what_a_completion_gave_then_is_not_changed_by_todays_rulebook() -> None:
    ledger = Ledger()
    ledger.take([done("fact-a", "l1", 1)])
    rich = RULEBOOK.__class__(**{**{name: getattr(RULEBOOK, name) for name in RULEBOOK.__slots__},
                                 "amounts": {**RULEBOOK.amounts, "lesson.completed": 1000}})  # fmt: skip
    undo = Fact("fact-b", ReopenLesson(lesson="l1", **occasion(START + timedelta(days=1))))
    found = merged(ledger.history, [undo], rich)
    assert sum(each.event.xp for each in found) == -40


def test_what_only_followed_is_no_fact() -> None:
    ledger = Ledger()
    ledger.take([done(f"fact-{lesson}", lesson, at) for at, lesson in enumerate(PUBLISHED["colour"])])
    assert len(ledger.history) > 3
    assert len(facts_of(ledger.history, PUBLISHED)) == 3


@pytest.mark.parametrize("minute", [5, 50])
def test_a_completion_that_was_taken_back_elsewhere_stays_taken_back(minute: int) -> None:
    undo = Fact("fact-u", ReopenLesson(lesson="l1", **occasion(START + timedelta(minutes=minute))))
    ledger = Ledger()
    ledger.take([undo])
    ledger.take([done("fact-a", "l1", 1)])
    assert ledger.standing.completions == {}
    assert ledger.standing.xp == 0


def test_a_course_that_has_grown_since_it_was_finished_gives_its_bonus_once() -> None:
    ledger, grown = Ledger(), {**PUBLISHED, "short": ("s1", "s2")}
    ledger.take([done("fact-a", "s1", 1)])
    assert ledger.standing.xp == 140
    at = START + timedelta(days=1)
    late = CompleteLesson(lesson="s2", course="short", language="en", at=at, day=at.date(), published=grown)
    ledger.take([Fact("fact-b", late)])
    assert ledger.standing.xp == 180
