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
        ("scale = 1", "scale = 0", "1 to 1000000"),
        ('version = "1"', "version = 1", "version must be a text"),
        ("[xp]", "[xp", "Expected"),
        ("[[achievements]]", "", "levels.names: write each language's names as a list of texts"),
        ('en = ["Spark", "Flicker", ', 'en = "Spark"\nfr = ["Feu", ', "list of texts"),
        ('"Spark", "Flicker"', '1, "Flicker"', "list of texts"),
        ('"Spark", "Flicker"', '"", "Flicker"', "list of texts"),
        ('"lesson.completed" = 40', f'"lesson.completed" = {10**6 + 1}', "whole number, 0 to 1000000"),
        ('"lesson.completed" = 40', f'"lesson.completed" = {"9" * 5000}', "digits"),
        ("scale = 1", f"scale = {10**30}", "1 to 1000000"),
        ("need = 10\n", f"need = {10**30}\n", "1 to 1000000"),
        ('{ en = "Sharp Eye"', "{ en = 7", "name has no text in 'en'"),
        ('"Sharp Eye"', '"Sharp\\u0000Eye"', "control character"),
        ("[xp]", "achievements = [1]\n[xp]", "Cannot"),
        ('ko = "첫 빛" }', 'ko = "첫 빛", fr = 7 }', "name has no text in 'fr'"),
        ('version = "1"', f'version = "{"1" * 101}"', "at most 100"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(RulebookError, match="(?s).*" + said):
        parse_rulebook(TEXT.replace(old, new, 1))


@pytest.mark.parametrize("achievements", ["[1]", '["first-light"]', "[[]]", '"none"', "{}", "2026-11-28"])
def test_achievements_that_are_no_tables_are_told(achievements: str) -> None:
    text = f"achievements = {achievements}\n" + TEXT.partition("[[achievements]]")[0]
    with pytest.raises(RulebookError, match=r"write each one as \[\[achievements\]\]"):
        parse_rulebook(text)


@pytest.mark.parametrize("text", ["a = " + "[" * 5_000, 'version = "\\ud800"', "a = 1979-13-45", "a = 24:00:00"])
def test_what_no_parser_takes_is_told(text: str) -> None:
    with pytest.raises(RulebookError):
        parse_rulebook(text)


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
