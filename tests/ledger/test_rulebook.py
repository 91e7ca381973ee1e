"""A rulebook that cannot be used says what to change."""

import pytest
from strategies import RULEBOOK

from stream.ledger.rulebook import RulebookError, parse_rulebook
from stream.resources import SAMPLE_LESSONS

TEXT = (SAMPLE_LESSONS / "rulebook.toml").read_text(encoding="utf-8")


def test_the_sample_has_the_amounts_names_and_fourteen_achievements() -> None:
    assert dict(RULEBOOK.amounts) == {
        "lesson.completed": 40,
        "exercise.passed": 20,
        "course.finished": 100,
        "review.answered": 2,
    }
    assert len(RULEBOOK.achievements) == 14
    assert {language: len(names) for language, names in RULEBOOK.level_names.items()} == {"en": 13, "ko": 13}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[xp]", "[px]", "the table 'xp' is missing"),
        ('"lesson.completed" = 40', '"lesson.completed" = -1', "whole number"),
        ('"lesson.completed" = 40', '"lesson.completed" = "many"', "whole number"),
        ('"exercise.passed" = 20', '"exercise.passed" = 20\n"login" = 5', "'login' gives no XP"),
        ('rule = "exercises-passed"', 'rule = "luck"', "achievement 'hands-on': there is no rule 'luck'"),
        ('key = "ten-steps"', 'key = "first-light"', "'first-light' stands there twice"),
        ('"Spark", ', "", "same number of levels"),
        ('en = "Sharp Eye", ', "", "name has no text in 'en'"),
        ("scale = 1", "scale = 0", "1 or more"),
        ('version = "1"', "version = 1", "version must be a text"),
        ("[xp]", "[xp", "Expected"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(RulebookError, match="(?s).*" + said):
        parse_rulebook(TEXT.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"lesson.completed" = 40', '"lesson.completed" = -1'),
        ('"review.answered" = 10 ', '"review.answered" = "ten"'),
        ('"exercise.passed" = 20', "login = 5"),
        ('rule = "failed-then-passed"', 'rule = "luck"'),
        ('name = { en = "Sharp Eye", ', "name = { "),
        ("percent = 50", "percent = 0"),
        ("scale = 1", "scale = 0"),
        ('version = "1"', "version = 1"),
        ("scale = 1", "scale = = 1"),
    ],
)
def test_the_line_of_what_is_wrong_is_named(old: str, new: str) -> None:
    with pytest.raises(RulebookError) as raised:
        parse_rulebook(TEXT.replace(old, new, 1))
    assert raised.value.line == TEXT[: TEXT.index(old)].count("\n") + 1


def test_where_a_key_is_missing_its_table_is_named() -> None:
    text = TEXT.replace("percent = 50\n", "", 1)
    with pytest.raises(RulebookError, match="percent") as raised:
        parse_rulebook(text)
    assert text.splitlines()[raised.value.line - 1 : raised.value.line + 1] == ["[[achievements]]", 'key = "halfway"']
