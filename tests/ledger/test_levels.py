"""The level curve and its exact inverse."""

from hypothesis import given
from hypothesis import strategies as st

from stream.ledger.levels import Curve, level_name

CURVE = Curve()
TABLE = [0, 200, 450, 750, 1100, 1500, 1950, 2450, 3000, 3600, 4250, 4950, 5700, 6500]


def test_the_table_is_the_one_that_was_promised() -> None:
    assert [CURVE.threshold(level) for level in range(14)] == TABLE


def test_the_inverse_is_exact_everywhere() -> None:
    level = 0
    for xp in range(20_001):
        if xp == CURVE.threshold(level + 1):
            level += 1
        assert CURVE.level_at(xp) == level


@given(st.integers(0, 10**12), st.integers(1, 50))
def test_a_threshold_is_the_first_xp_of_its_level(xp: int, scale: int) -> None:
    curve = Curve(scale=scale)
    level = curve.level_at(xp)
    assert curve.threshold(level) <= xp < curve.threshold(level + 1)


@given(st.integers(0, 20_000))
def test_the_three_numbers_of_the_bar_agree(xp: int) -> None:
    progress = CURVE.progress(xp)
    assert progress.into_level + progress.to_go == progress.for_level
    assert 0 <= progress.percent < 100


def test_a_corrected_balance_below_zero_stands_at_the_start() -> None:
    assert CURVE.progress(-40) == CURVE.progress(0)


def test_levels_go_on_past_the_last_name() -> None:
    assert [level_name(level, ["Spark", "Nova"]) for level in (0, 1, 2, 4)] == ["Spark", "Nova", "Nova +1", "Nova +3"]
