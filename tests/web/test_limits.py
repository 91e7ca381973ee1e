"""What stands in a setting about limits."""

import pytest

from stream.web.limits import Limit, limits_in


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("10 per 15 minutes; 40 per day", (Limit(10, 900), Limit(40, 86_400))),
        ("6/minute, 100/day", (Limit(6, 60), Limit(100, 86_400))),
        ("1 PER 2 Hours", (Limit(1, 7_200),)),
    ],
)
def test_a_limit_is_so_many_in_so_many_seconds(text: str, limits: tuple[Limit, ...]) -> None:
    assert limits_in(text) == limits


@pytest.mark.parametrize(
    "text", ["", "often", "10", "10 per fortnight", "0 per day", "5 per 0 hours", "5 per hour;", "-1 per day"]
)
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no limit|never lets"):
        limits_in(text)
