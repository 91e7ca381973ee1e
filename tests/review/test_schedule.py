"""When an item comes back: the day after, then ever later; after a slip the next day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from stream.review.schedule import Answered, due_day

LEARNED = date(2026, 3, 28)  # the night in which clocks change in Europe


def test_what_was_learned_comes_back_the_day_after():
    assert due_day(LEARNED, []) == LEARNED + timedelta(days=1)


def test_remembered_answers_come_back_ever_later():
    answers: list[Answered] = []
    gaps = []
    due = due_day(LEARNED, answers)
    for _ in range(5):
        answers.append(Answered(due, good=True))
        due = due_day(LEARNED, answers)
        gaps.append((due - answers[-1].day).days)
    assert gaps == sorted(gaps)
    assert gaps[0] >= 2
    assert gaps[-1] >= 60


def test_a_slip_comes_back_soon():
    answers = [Answered(LEARNED + timedelta(days=1), True), Answered(LEARNED + timedelta(days=5), False)]
    assert due_day(LEARNED, answers) <= LEARNED + timedelta(days=7)
    first = [Answered(LEARNED + timedelta(days=1), False)]
    assert due_day(LEARNED, first) == LEARNED + timedelta(days=2)


@given(st.lists(st.tuples(st.integers(0, 900), st.booleans()), max_size=12))
def test_it_is_always_due_after_the_last_answer_and_within_a_year(answers):
    given_answers = [Answered(LEARNED + timedelta(days=offset), good) for offset, good in sorted(answers)]
    last = max([LEARNED, *(answer.day for answer in given_answers)])
    assert timedelta(days=1) <= due_day(LEARNED, given_answers) - last <= timedelta(days=366)
