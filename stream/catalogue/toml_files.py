"""`site.toml` and `course.toml` as typed values, with a problem and its line for what is not as documented.

tomllib keeps no lines, so a key's line is looked up in the text.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from unicodedata import category

from babel import Locale, UnknownLocaleError

from stream.catalogue.keys import LEVELS, SLUG, SLUG_RULE
from stream.catalogue.model import Persona, Problem, Severity, Site
from stream.catalogue.reading import Reading, decoded, undecodable

ACCENTS = ("stream", "spark", "good")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")


@dataclass(frozen=True, slots=True)
class CourseText:
    """What `course.toml` says; a course without one has its key for a title."""

    level: str = LEVELS[0]
    title: Mapping[str, str] = field(default_factory=dict)
    summary: Mapping[str, str] = field(default_factory=dict)


def read_course(content: bytes, path: str) -> Reading[CourseText]:
    """A course's title, summary and level."""
    table = _parsed(content, path)
    if isinstance(table, Problem):
        return Reading(None, (table,))
    table.only("", "level", "title", "summary")
    level = table.one_of("level", LEVELS)
    text = CourseText(level, table.texts("title"), table.texts("summary"))
    return Reading(text, tuple(table.problems))


def read_site(content: bytes, path: str) -> Reading[Site]:
    """The site's name, languages, personas and the labels of tags."""
    table = _parsed(content, path)
    if isinstance(table, Problem):
        return Reading(None, (table,))
    table.only("", "languages", "name", "personas", "tags")
    languages = table.languages()
    name = in_every(languages, table.texts("name"), "Stream")
    site = Site(name, languages, table.personas(languages), table.tags(languages))
    return Reading(site, tuple(table.problems))


def in_every(languages: tuple[str, ...], texts: Mapping[str, str], otherwise: str) -> dict[str, str]:
    """A text for each language: its own, or the first there is."""
    first = next((texts[language] for language in languages if language in texts), otherwise)
    return {language: texts.get(language, first) for language in languages}


def _is_known(tag: str) -> bool:
    """Whether there is a locale for it: the CLDR as Babel has it."""
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def _parsed(content: bytes, path: str) -> "_Table | Problem":
    try:
        text = decoded(content)
        return _Table(path, text, tomllib.loads(text))
    except UnicodeDecodeError as error:
        return undecodable(path, content, error)
    except (ValueError, RecursionError) as error:
        return Problem(path, _line_in(str(error), text), "bad-toml", str(error))


def _line_in(message: str, text: str) -> int:
    """tomllib says the line in words only."""
    match = re.search(r"at line (\d{1,9})", message)
    return int(match[1]) if match else max(1, len(text.rstrip("\n").split("\n")))


class _Table:
    """A parsed file; its readers take out typed values and note what is wrong."""

    def __init__(self, path: str, text: str, values: dict[str, Any]) -> None:
        self._path = path
        self._lines = text.split("\n")
        self._values = values
        self.problems: list[Problem] = []

    def only(self, table: str, *known: str) -> None:
        """Warn of keys that mean nothing."""
        for key in self._at(table):
            if key not in known:
                self._wrong(f"{table}.{key}", "unknown-key", f"{key} is not a key of this file", "warning")

    def one_of(self, key: str, choices: tuple[str, ...]) -> str:
        value = self._at(key, choices[0])
        if value in choices:
            return str(value)
        self._wrong(key, f"bad-{key.rpartition('.')[2]}", f"{key} must be one of {', '.join(choices)}")
        return choices[0]

    def texts(self, key: str) -> dict[str, str]:
        """A text per language."""
        said = self._at(key)
        if not isinstance(said, dict) or not all(isinstance(text, str) for text in said.values()):
            self._wrong(key, "wrong-type", f'{key} holds a text per language, such as en = "…"')
            return {}
        if any(category(character) == "Cc" for text in said.values() for character in "".join(text.split())):
            self._wrong(key, "control-character", "this text holds a control character")
        return {language: " ".join(text.split()) for language, text in said.items() if text.strip()}

    def languages(self) -> tuple[str, ...]:
        said = self._at("languages", [])
        good = isinstance(said, list) and all(isinstance(tag, str) and _LANGUAGE.fullmatch(tag) for tag in said)
        if not good or not said:
            self._wrong("languages", "bad-languages", 'languages must be a list such as ["en", "ko"]')
            return FALLBACK.languages
        if unknown := [tag for tag in said if not _is_known(tag)]:
            message = f"nothing is known of the language {unknown[0]}: how it writes dates and numbers"
            self._wrong("languages", "bad-languages", message)
            return FALLBACK.languages
        return tuple(dict.fromkeys(said))

    def personas(self, languages: tuple[str, ...]) -> dict[str, Persona]:
        said = self._at("personas")
        if not isinstance(said, dict) or not all(isinstance(table, dict) for table in said.values()):
            self._wrong("personas", "wrong-type", "a persona is a table of its own: [personas.key]")
            return {}
        return {key: self._persona(key, f"personas.{key}", languages) for key in said}

    def tags(self, languages: tuple[str, ...]) -> dict[str, Mapping[str, str]]:
        """The label of each tag per language; a tag that is not named is its own label."""
        said = self._at("tags")
        if not isinstance(said, dict):
            self._wrong("tags", "wrong-type", 'a tag\'s labels are a table of their own: [tags.key] with en = "…"')
            return {}
        return {key: in_every(languages, self.texts(f"tags.{key}"), key) for key in said}

    def _persona(self, key: str, table: str, languages: tuple[str, ...]) -> Persona:
        if not SLUG.fullmatch(key):
            self._wrong(table, "bad-key", f"a persona's key is made of {SLUG_RULE}")
        self.only(table, "name", "label", "accent")
        name = in_every(languages, self.texts(f"{table}.name"), key)
        label = in_every(languages, self.texts(f"{table}.label"), "")
        return Persona(key, name, label, self.one_of(f"{table}.accent", ACCENTS))

    def _at(self, key: str, otherwise: Any = None) -> Any:
        """The value at a dotted key; a missing one is `otherwise`, or an empty table."""
        value: Any = self._values
        for part in filter(None, key.split(".")):
            value = value.get(part) if isinstance(value, dict) else None
        return ({} if otherwise is None else otherwise) if value is None else value

    def _wrong(self, key: str, code: str, message: str, severity: Severity = "error") -> None:
        self.problems.append(Problem(self._path, self._line(key), code, message, severity))

    def _line(self, key: str) -> int:
        """The line of `name =` or of a table's header; the top of the file when the key is not there."""
        name = re.escape(key.rpartition(".")[2])
        wanted = re.compile(rf"\s*(?:\[\s*(?:.{{0,200}}\.)?{name}\b|{name}\s*=)")
        return next((number for number, line in enumerate(self._lines, 1) if wanted.match(line)), 1)


FALLBACK = Site({"en": "Stream", "ko": "Stream"}, ("en", "ko"), {})
