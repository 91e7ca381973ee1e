"""The chain: honest histories pass, any change shows, and the row is named."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from strategies import histories

from stream.ledger.chain import LedgerRow, verify
from stream.ledger.events import Event
from stream.ledger.history import Head, Recording, entries_of, event_ids

RECORDING = Recording("learner", "act-0001", datetime(2026, 1, 2, tzinfo=UTC), "1")


def rows_of(history: list[Event]) -> list[LedgerRow]:
    """The rows that record a history, with ids as a database gives them."""
    rows = entries_of(history, RECORDING, Head())
    return [row._replace(id=number) for number, row in enumerate(rows, start=101)]


@given(histories)
def test_an_honest_history_has_no_flaw(history: list[Event]) -> None:
    assert verify(rows_of(history)) is None


@given(histories.filter(bool), st.data())
def test_a_change_of_any_column_of_any_row_is_noticed(history: list[Event], data: st.DataObject) -> None:
    rows = rows_of(history)
    number = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.sampled_from(LedgerRow._fields[1:]))
    value = getattr(rows[number], column)
    changed = value + 1 if isinstance(value, int) else value[:-1] + chr(ord(value[-1]) ^ 1)
    flaw = verify([*rows[:number], rows[number]._replace(**{column: changed}), *rows[number + 1 :]])
    assert flaw is not None
    assert flaw.id in (101 + number, 102 + number)


@given(histories.filter(lambda history: len(history) > 1), st.data())
def test_a_missing_or_swapped_row_is_noticed(history: list[Event], data: st.DataObject) -> None:
    rows = rows_of(history)
    number = data.draw(st.integers(0, len(rows) - 2))
    assert verify([*rows[:number], *rows[number + 1 :]]) is not None
    rows[number], rows[number + 1] = rows[number + 1], rows[number]
    assert verify(rows) is not None


def test_events_of_one_act_have_ids_that_follow_from_its_own() -> None:
    first, again = event_ids("act-0001"), event_ids("act-0001")
    ids = [next(first) for _ in range(5)]
    assert ids == [next(again) for _ in range(5)]
    assert ids[0] == "act-0001"
    assert len(set(ids)) == 5
