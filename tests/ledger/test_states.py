"""How the table holds a standing: packed, line by line, and always the same for the same standing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from strategies import PUBLISHED, RULEBOOK, commands, histories

from stream.ledger.achievements import EARLIER, RULES
from stream.ledger.codec import Written, standing_from_state, standing_to_state, standing_to_text, xp_in
from stream.ledger.decisions import decide
from stream.ledger.events import Event
from stream.ledger.reviews import Review, Reviews
from stream.ledger.rulebook import Achievement
from stream.ledger.standing import evolve, replay

START = datetime(2026, 1, 1, tzinfo=UTC)
days = st.integers(-400, 400).map(lambda number: date(2026, 1, 1) + timedelta(days=number))
instants = st.integers(0, 400 * 24 * 60 * 60).map(
    lambda seconds: START + timedelta(seconds=seconds, microseconds=seconds)
)
EASY = {"need": 2, "days": 1}  # so that most histories reach it
answers = st.builds(Review, st.sampled_from("abc"), st.sampled_from("de"), instants, days, days)


@given(histories)
def test_a_state_gives_back_the_standing_and_its_xp(history: list[Event]) -> None:
    standing = replay(history)
    state = standing_to_state(standing)
    assert standing_from_state(state) == standing
    assert xp_in(state) == standing.xp


@given(histories, st.lists(commands(), max_size=5))
def test_a_state_written_after_each_act_is_the_one_written_at_once(history: list[Event], later: list) -> None:  # type: ignore[type-arg]
    state, events = standing_to_state(replay(history)), list(history)
    for command in later:
        written = Written.of(state)
        new = decide(written.standing, command, RULEBOOK)
        state, events = written.after(replay(new, written.standing)), [*events, *new]
        assert state == standing_to_state(replay(events))


@given(histories)
def test_a_state_as_it_was_written_until_0_1_is_read_and_goes_on_packed(history: list[Event]) -> None:
    standing = replay(history)
    written = Written.of(standing_to_text(standing))
    assert written.standing == standing
    assert written.after(standing) == standing_to_state(standing)
    assert xp_in(standing_to_text(standing)) == standing.xp


@given(st.lists(answers, max_size=20), st.lists(answers, max_size=3))
def test_answers_come_back_in_the_order_of_time_whenever_they_were_packed(
    first: list[Review], more: list[Review]
) -> None:
    packed = Reviews(Reviews(added=first).packed, more)
    assert sorted(packed) == sorted([*first, *more])
    assert [review.at for review in packed] == sorted(review.at for review in [*first, *more])


@given(st.lists(answers, max_size=20), instants)
def test_an_instant_parts_the_answers(found: list[Review], at: datetime) -> None:
    reviews = Reviews(added=found)
    assert list(reviews.before(at)) == [review for review in reviews if review.at < at]
    assert list(reviews.since(at)) == [review for review in reviews if review.at >= at]


@given(st.lists(answers, max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_answers_and_their_days_are_counted_as_they_would_be_unpacked(
    found: list[Review], number: int, days: int
) -> None:
    counted = len(found) < number or len({review.day for review in found}) < days
    assert Reviews(added=found).are_fewer_than(number, days) == counted


@given(histories, instants)
def test_looking_only_at_what_was_before_finds_the_same_earlier_instants(history: list[Event], known: datetime) -> None:
    standing = replay(history)
    for name, earlier in EARLIER.items():
        rule, _ = RULES[name]
        since = rule(standing, {}, EASY).since
        assert earlier(standing, known, EASY) == (since if since is not None and since < known else None)


@given(histories, st.integers(1, 3), st.none() | instants)
def test_an_act_finds_of_each_rule_what_looking_at_everything_finds(
    history: list[Event], number: int, known: datetime | None
) -> None:
    standing = replace(replay(history), achievements={"easy": known} if known else {})
    for name, (rule, wanted) in RULES.items():
        numbers = dict.fromkeys(wanted, number)
        since = rule(standing, PUBLISHED, numbers).since
        expected = since if since is not None and (known is None or since < known) else None
        assert Achievement("easy", {}, {}, name, numbers).since(standing, PUBLISHED) == expected, name


@given(histories)
def test_what_an_act_does_not_change_is_the_very_same_thing(history: list[Event]) -> None:
    standing = standing_from_state(standing_to_state(replay(history)))
    after = evolve(standing, history[0]) if history else standing
    assert all(
        getattr(after, name) is value
        for name in ("fixed", "failed")
        if (value := getattr(standing, name)) == getattr(after, name)
    )
