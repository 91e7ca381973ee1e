"""A number of few people is not told, and neither is one from which it follows."""

from hypothesis import given
from hypothesis import strategies as st

from stream.statistics.hiding import hidden, share

counts = st.integers(0, 500)
floors = st.integers(1, 20)


@given(counts, counts, floors)
def test_what_is_told_exactly_singles_nobody_out(part, rest, floor):
    whole = part + rest
    told = hidden(part, floor, whole)
    if told.value is not None:
        assert told.value == part
        assert part == 0 or part >= floor
        assert rest == 0 or rest >= floor


@given(counts, floors)
def test_a_floor_of_one_hides_nothing(part, floor):
    assert hidden(part, 1, part + floor).value == part


@given(counts, counts, floors)
def test_a_share_is_told_only_where_both_numbers_are(part, rest, floor):
    told = share(part, part + rest, floor)
    assert told is None or hidden(part, floor, part + rest).value is not None
