"""The course that comes with the code is clean, whole and in both languages."""

import re
from datetime import UTC, datetime

import pytest

from stream.catalogue.lint import check
from stream.catalogue.loader import Library
from stream.catalogue.model import Lesson
from stream.resources import SAMPLE_LESSONS

CATALOGUE = Library(SAMPLE_LESSONS).catalogue()
LESSONS = CATALOGUE.courses[0].listed(datetime.now(UTC))


def test_nothing_in_it_wants_mending() -> None:
    assert check(SAMPLE_LESSONS) == ()


def test_there_are_ten_lessons_in_both_languages() -> None:
    assert len(LESSONS) == 10
    assert {frozenset(lesson.translations) for lesson in LESSONS} == {frozenset({"en", "ko"})}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_every_lesson_has_its_parts(lesson: Lesson) -> None:
    for text in lesson.translations.values():
        kinds = [block.kind for block in text.document.blocks]
        assert 3 <= len(text.document.takeaways) <= 4
        assert len(text.document.exercises) == 1
        for kind in ("persona", "compare", "table", "code"):
            assert kind in kinds, (text.path, kind)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_both_languages_have_the_same_anchors_and_exercises(lesson: Lesson) -> None:
    first, second = lesson.translations.values()
    assert [each.id for each in first.document.headings] == [each.id for each in second.document.headings]
    assert [each.key for each in first.document.exercises] == [each.key for each in second.document.exercises]


def test_no_asterisk_is_left_over_in_any_text() -> None:
    left = [
        text.path
        for lesson in LESSONS
        for text in lesson.translations.values()
        if "**" in re.sub(r"<pre.*?</pre>", "", text.document.html, flags=re.DOTALL)
    ]
    assert left == []
