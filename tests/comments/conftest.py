"""What the tests of comments look at on a page."""

import re
from collections.abc import Callable

import pytest
from given import Visitor

Seen = Callable[[Visitor], list[int]]
LESSON = "/en/lessons/dial"


@pytest.fixture
def seen() -> Seen:
    """The numbers of the comments that somebody sees on the lesson, tombstones included, in order."""

    def numbers(someone: Visitor) -> list[int]:
        return [int(number) for number in re.findall(r'id="comment-(\d+)"', someone.get(LESSON).text)]

    return numbers
