"""The rulebook: XP amounts, the level curve and names, the achievements, as versioned data. Read only by `decide`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unicodedata import category

from stream.ledger.achievements import EARLIER, POSSIBLE, RULES, Progress, Published
from stream.ledger.levels import Curve
from stream.ledger.standing import Standing
from stream.ledger.toml_lines import line_in, line_of

MOST = 1_000_000  # of any number: the sum of all that a learner does must fit into the database
LONGEST = 100  # characters of keys, and of the version, which every entry holds
EARNING = ("lesson.completed", "exercise.passed", "course.finished", "review.answered")


class RulebookError(Exception):
    """The text is not a rulebook; the message says what to change, `line` where.

    `table` and `key` say where to look for that line: tomllib keeps none.
    """

    def __init__(self, message: str, table: str = "", key: str = "") -> None:
        super().__init__(message)
        self.table = table
        self.key = key
        self.line = 1


@dataclass(frozen=True, slots=True)
class Achievement:
    """One achievement: its texts per language, and a rule by name with its numbers."""

    key: str
    name: Mapping[str, str]
    description: Mapping[str, str]
    rule: str
    numbers: Mapping[str, int]

    def evaluate(self, standing: Standing, published: Published) -> Progress:
        """How far this standing is."""
        rule, _ = RULES[self.rule]
        return rule(standing, published, self.numbers)

    def since(self, standing: Standing, published: Published) -> datetime | None:
        """Since when it holds; None, too, where it is recorded with an instant no later.

        What came after a recorded instant, the most of a long history, cannot make it an earlier one: see `EARLIER`.
        """
        known = standing.achievements.get(self.key)
        if known is not None and self.rule in EARLIER:
            return EARLIER[self.rule](standing, known, self.numbers)
        if not POSSIBLE[self.rule](standing, published, self.numbers):
            return None
        found = self.evaluate(standing, published).since
        return found if found is not None and (known is None or found < known) else None


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules of a site. `amounts` gives XP per event type; `review_cap` is the most that reviews give a day."""

    version: str
    amounts: Mapping[str, int]
    review_cap: int
    curve: Curve
    level_names: Mapping[str, tuple[str, ...]]
    achievements: tuple[Achievement, ...]

    def achievement(self, key: str) -> Achievement | None:
        """The achievement with this key, if these rules still have it."""
        return next((each for each in self.achievements if each.key == key), None)


def parse_rulebook(text: str) -> Rulebook:
    """The rulebook that a TOML text holds. Raises RulebookError."""
    try:
        return _rulebook(tomllib.loads(text))
    except RulebookError as error:
        error.line = line_of(text, error.table, error.key)
        raise
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, and what Python's own parsers refuse
        broken = RulebookError(str(error))
        broken.line = line_in(error, text)
        raise broken from error


def _rulebook(table: Mapping[str, Any]) -> Rulebook:
    levels = _table(table, "levels")
    names = _names(levels)
    return Rulebook(
        version=_text(table, "version", ""),
        amounts=_amounts(table),
        review_cap=_number(_table(table, "caps"), "review.answered", "caps"),
        curve=Curve(scale=_number(levels, "scale", "levels", least=1)),
        level_names=names,
        achievements=_achievements(table, tuple(names)),
    )


def _amounts(table: Mapping[str, Any]) -> Mapping[str, int]:
    amounts = _table(table, "xp")
    if unknown := sorted(amounts.keys() - set(EARNING)):
        raise RulebookError(f"xp: {unknown[0]!r} gives no XP; there are {', '.join(EARNING)}", "xp", unknown[0])
    return {key: _number(amounts, key, "xp") for key in EARNING}


def _names(levels: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    names = {language: _listed(listed, language) for language, listed in _table(levels, "names", "levels").items()}
    lengths = {len(listed) for listed in names.values()}
    if lengths in (set(), {0}):
        raise RulebookError("levels.names: name at least one level in one language", "levels.names")
    if len(lengths) > 1:
        raise RulebookError("levels.names: every language must name the same number of levels", "levels.names")
    return names


def _listed(found: object, language: str) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(name, str) and name.strip() for name in found):
        raise RulebookError("levels.names: write each language's names as a list of texts", "levels.names", language)
    return tuple(_printable(name, "levels.names", "levels.names", language) for name in found)


def _achievements(table: Mapping[str, Any], languages: tuple[str, ...]) -> tuple[Achievement, ...]:
    listed = table.get("achievements", [])
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise RulebookError("achievements: write each one as [[achievements]]")
    found = tuple(_achievement(each, languages) for each in listed)
    keys = [each.key for each in found]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise RulebookError(f"achievements: {twice!r} stands there twice", twice)
    return found


def _achievement(table: Mapping[str, Any], languages: tuple[str, ...]) -> Achievement:
    key = _text(table, "key", "achievements")
    place = f"achievement {key!r}"
    rule = _text(table, "rule", place, key)
    if rule not in RULES:
        raise RulebookError(f"{place}: there is no rule {rule!r}; there are {', '.join(RULES)}", key, "rule")
    _, wanted = RULES[rule]
    texts = {part: _texts(table, part, key, languages) for part in ("name", "description")}
    numbers = {name: _number(table, name, place, key, least=1) for name in sorted(wanted)}
    return Achievement(key, texts["name"], texts["description"], rule, numbers)


def _texts(table: Mapping[str, Any], name: str, key: str, languages: tuple[str, ...]) -> Mapping[str, str]:
    place = f"achievement {key!r}"
    texts = _table(table, name, place, key)
    for language in (*languages, *texts):
        if not isinstance(text := texts.get(language), str) or not text.strip():
            raise RulebookError(f"{place}: {name} has no text in {language!r}", key, name)
    return {language: _printable(text, f"{place}: {name}", key, name) for language, text in texts.items()}


def _table(table: Mapping[str, Any], name: str, place: str = "", where: str = "") -> Mapping[str, Any]:
    found = table.get(name)
    if not isinstance(found, dict):
        raise RulebookError(f"{f'{place}: ' if place else ''}the table {name!r} is missing", where or place, name)
    return found


def _text(table: Mapping[str, Any], name: str, place: str, where: str = "") -> str:
    found = table.get(name)
    what = f"{place}: {name}" if place else name
    if not isinstance(found, str) or not found:
        raise RulebookError(f"{what} must be a text", where or place, name)
    if len(found) > LONGEST:
        raise RulebookError(f"{what} has at most {LONGEST} characters", where or place, name)
    return _printable(found, what, where or place, name)


def _printable(text: str, what: str, table: str, key: str) -> str:
    if any(category(character) == "Cc" for character in text):
        raise RulebookError(f"{what} holds a control character", table, key)
    return text


def _number(table: Mapping[str, Any], name: str, place: str, where: str = "", least: int = 0) -> int:
    found = table.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= MOST:
        raise RulebookError(f"{place}: {name} must be a whole number, {least} to {MOST}", where or place, name)
    return found
