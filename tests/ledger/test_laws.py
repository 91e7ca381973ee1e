"""The laws of the ledger, over whatever a learner may do."""

import subprocess
import sys
from datetime import timedelta
from functools import reduce

import strategies
from hypothesis import given
from hypothesis import strategies as st
from strategies import COURSE_OF, PUBLISHED, RULEBOOK, START, commands, histories, lessons, occasion

from stream.ledger.codec import from_stored, standing_from_text, standing_to_text, to_stored
from stream.ledger.decisions import CompleteLesson, OpenLesson, RecheckAchievements, ReopenLesson, decide, decide_all
from stream.ledger.events import Event
from stream.ledger.standing import Standing, evolve, replay


def after(standing: Standing, *done: object) -> Standing:
    """The standing after commands."""
    for command in done:
        for event in decide(standing, command, RULEBOOK):  # type: ignore[arg-type]
            standing = evolve(standing, event)
    return standing


@given(histories)
def test_the_balance_is_the_sum_of_the_entries_and_never_negative(history: list[Event]) -> None:
    standing = replay(history)
    assert standing.xp == sum(event.xp for event in history) >= 0


@given(histories)
def test_replaying_at_once_is_evolving_step_by_step(history: list[Event]) -> None:
    assert replay(history) == reduce(evolve, history, Standing())


@given(histories)
def test_a_standing_and_its_text_are_the_same_thing(history: list[Event]) -> None:
    text = standing_to_text(replay(history))
    assert standing_from_text(text) == replay(history)
    assert standing_to_text(standing_from_text(text)) == text


@given(histories)
def test_an_event_and_its_stored_form_are_the_same_thing(history: list[Event]) -> None:
    assert [from_stored(to_stored(event)) for event in history] == history


@given(st.lists(commands(), max_size=20), commands())
def test_a_command_sent_twice_gives_xp_once(before: list[object], command: object) -> None:
    standing = after(Standing(), *before)
    once = after(standing, command)
    twice = after(once, command)
    if not isinstance(command, (strategies.AdjustXp, strategies.AnswerReview)):  # each of these is an act of its own
        assert twice.xp == once.xp
    assert twice.achievements.keys() == once.achievements.keys()


@given(st.lists(commands(), max_size=20), lessons, st.sampled_from(["en", "ko"]))
def test_opening_and_completing_in_one_act_is_one_after_the_other(
    before: list[object], lesson: str, language: str
) -> None:
    standing = after(Standing(), *before)
    at = START + timedelta(days=500)
    act = [OpenLesson(lesson=lesson, language=language, **occasion(at)), complete(lesson, at)]  # type: ignore[arg-type]
    events, together = decide_all(standing, act, RULEBOOK)
    assert together == replay(events, standing) == after(standing, *act)


@given(st.lists(commands(), max_size=20), lessons)
def test_taking_back_at_once_restores_the_balance(before: list[object], lesson: str) -> None:
    standing = after(Standing(), *before, ReopenLesson(lesson=lesson, **occasion(START)))  # type: ignore[arg-type]
    at = START + timedelta(days=500)
    done = after(standing, complete(lesson, at))
    undone = after(done, ReopenLesson(lesson=lesson, **occasion(at + timedelta(minutes=9))))  # type: ignore[arg-type]
    assert undone.xp == standing.xp
    assert undone.completions == standing.completions
    assert undone.finished == standing.finished


@given(st.lists(commands(), max_size=30), lessons)
def test_completing_and_taking_back_farms_nothing(before: list[object], lesson: str) -> None:
    standing = after(Standing(), *before)
    at, most = START + timedelta(days=500), 40 + 100
    for round_ in range(6):
        done = after(standing, complete(lesson, at + timedelta(hours=round_)))
        again = after(done, ReopenLesson(lesson=lesson, **occasion(at + timedelta(hours=round_, minutes=30))))  # type: ignore[arg-type]
        assert again.xp <= standing.xp + most
        standing, most = again, 0 if again.xp > standing.xp else most
    assert sum(standing.completions[key].xp for key in standing.completions) <= 40 * len(COURSE_OF)


@given(st.lists(commands(), max_size=30))
def test_a_course_gives_its_bonus_once(given_commands: list[object]) -> None:
    standing = after(Standing(), *given_commands)
    bonuses = sum(sum(each.courses.values()) for each in standing.completions.values())
    assert bonuses <= 100 * len(standing.finished) <= 100 * len(PUBLISHED)


@given(st.lists(commands(), max_size=25))
def test_achievements_do_not_depend_on_a_recheck(given_commands: list[object]) -> None:
    standing = after(Standing(), *given_commands)
    rechecked = after(standing, RecheckAchievements(**occasion(START)))  # type: ignore[arg-type]
    assert rechecked.achievements == standing.achievements


@given(st.permutations([(lesson, number) for number, lesson in enumerate(sorted(COURSE_OF))]))
def test_the_order_of_arrival_changes_neither_set_nor_dates(order: list[tuple[str, int]]) -> None:
    def arrived(sequence: list[tuple[str, int]]) -> Standing:
        return after(Standing(), *(complete(lesson, START + timedelta(days=number)) for lesson, number in sequence))

    assert arrived(order).achievements == arrived(sorted(order)).achievements
    assert arrived(order).xp == arrived(sorted(order)).xp


def test_a_hundred_times_done_and_undone_is_forty_xp_and_one_achievement() -> None:
    standing = Standing()
    for minute in range(100):
        at = START + timedelta(minutes=minute)
        standing = after(standing, complete("l1", at), ReopenLesson(lesson="l1", **occasion(at)))  # type: ignore[arg-type]
    standing = after(standing, complete("l1", START + timedelta(days=1)))
    assert standing.xp == 40
    assert list(standing.achievements) == ["first-light"]


def test_the_text_of_a_standing_does_not_depend_on_the_hash_seed() -> None:
    program = (
        "import sys; sys.path[:0] = ['tests', '.']\n"
        "from strategies import *; from stream.ledger.standing import replay\n"
        "from stream.ledger.codec import standing_to_text\n"
        "done = [CompleteLesson(lesson=l, course=c, language='en', **occasion(START)) for l, c in COURSE_OF.items()]\n"
        "print(standing_to_text(replay(played(done))))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, env={"PYTHONHASHSEED": seed, "TZ": zone}
        ).stdout
        for seed, zone in (("0", "UTC"), ("1", "Asia/Seoul"), ("2", "America/Caracas"))
    }
    assert len(outputs) == 1


def complete(lesson: str, at: object) -> CompleteLesson:
    """A completion."""
    return CompleteLesson(lesson=lesson, course=COURSE_OF[lesson], language="en", **occasion(at))  # type: ignore[arg-type]
