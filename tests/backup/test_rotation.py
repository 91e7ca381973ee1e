"""Of many backups those stay that let one go back a day, a week, a month."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from stream.backup.rotation import Rotation, kept

NIGHTS = [datetime(2026, 1, 1, 2, 30, tzinfo=UTC) + timedelta(days=day) for day in range(365)]
moments = st.lists(st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)), max_size=60)
rotations = st.builds(Rotation, *[st.integers(0, 9)] * 3)


def test_a_year_of_nights_leaves_a_handful():
    left = NIGHTS[:1]
    for night in NIGHTS[1:]:
        left = sorted(kept([*left, night], Rotation(7, 4, 6)))
    assert left[-7:] == NIGHTS[-7:]
    assert len(left) <= 7 + 4 + 6
    assert left[0] < NIGHTS[-1] - timedelta(days=140)


@given(moments, rotations)
def test_the_newest_always_stays_and_keeping_twice_is_keeping_once(times, rotation):
    stay = kept(times, rotation)
    assert stay <= set(times)
    assert not times or max(times) in stay
    assert kept(stay, rotation) == stay


def test_of_one_day_the_last_stays():
    day = [datetime(2026, 5, 5, hour, tzinfo=UTC) for hour in range(10)]
    assert kept(day, Rotation(7, 4, 6)) == {day[-1]}
