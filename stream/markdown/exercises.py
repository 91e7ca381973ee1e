"""Reads what an exercise's tokens mean: its key, its options, what counts as right; and what its author forgot."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, count

from stream.markdown.answers import matches
from stream.markdown.compilation import Compilation
from stream.markdown.document import Exercise, Option
from stream.markdown.tokens import Token, plain

Show = Callable[[list[Token]], str]

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads exercises in order. `show` turns tokens into clean HTML."""

    compilation: Compilation
    show: Show

    def all(self, tokens: list[Token]) -> tuple[Exercise, ...]:
        keys: set[str] = set()
        return tuple(self._one(token, number, keys) for number, token in enumerate(tokens, start=1))

    def _one(self, token: Token, number: int, keys: set[str]) -> Exercise:
        key = self._key(token, number, keys)
        keys.add(key)
        prompt = self._parts(token, "prompt")
        if not plain(prompt):
            self._error(token, "empty-prompt", f"the exercise {key!r} asks nothing")
        return Exercise(
            key=key,
            kind=token["exercise"],
            prompt_html=self.show(prompt),
            line=token["line"],
            options=self._options(token) if token["exercise"] == "choice" else (),
            pick_many=self._pick_many(token),
            answers=self._answers(token) if token["exercise"] == "short" else (),
            hint_html=self.show(self._parts(token, "hint")),
            model_html=self.show(self._parts(token, "answer")),
        )

    def _key(self, token: Token, number: int, keys: set[str]) -> str:
        key: str = token["options"].get("id", str(number))
        if not _KEY.fullmatch(key):
            self._error(token, "bad-id", f"an id is lower-case letters, digits and hyphens, not {key!r}")
            key = str(number)
        if key in keys:
            self._error(token, "duplicate-id", f"two exercises have the id {key!r}")
        return next(name for name in _names(key) if name not in keys)

    def _options(self, token: Token) -> tuple[Option, ...]:
        options = [child for child in token["children"] if child["type"] == "option"]
        right = sum(option["right"] for option in options)
        if len(options) < 2:
            self._error(token, "too-few-options", "a choice needs a task list of two options or more")
        elif not right:
            self._error(token, "no-right-option", "no option is marked right with [x]")
        elif right > 1 and not self._pick_many(token):
            self._error(token, "two-right-options", "two options are right; say `:pick: many` if both must be picked")
        return tuple(self._option(option, str(number)) for number, option in enumerate(options, start=1))

    def _option(self, option: Token, key: str) -> Option:
        words, feedback = option["children"]
        if not plain(words["children"]):
            self._error(option, "empty-option", f"option {key} says nothing")
        items = feedback["children"]
        comment = items[0]["children"] if len(items) == 1 else [_list_of(items)] if items else []
        return Option(key, self.show(unwrapped(words["children"])), option["right"], self.show(unwrapped(comment)))

    def _pick_many(self, token: Token) -> bool:
        return bool(token["options"].get("pick") == "many")

    def _answers(self, token: Token) -> tuple[str, ...]:
        written = (one.strip() for one in token["options"].get("accept", "").split("|"))
        answers = tuple(one for one in written if matches(one, (one,)))  # nobody can give one without a visible sign
        if not answers:
            self._error(token, "no-accepted-answer", "a short answer needs `:accept: one | another`")
        return answers

    def _parts(self, token: Token, kind: str) -> list[Token]:
        return [inner for part in token["children"] if part["type"] == kind for inner in part["children"]]

    def _error(self, token: Token, code: str, message: str) -> None:
        self.compilation.error(token["line"], code, message)


def _names(key: str) -> Iterator[str]:
    """The key, or else the key with a number."""
    return chain((key,), (f"{key}-{number}" for number in count(2)))


def unwrapped(tokens: list[Token]) -> list[Token]:
    """A single paragraph without its tags: it will stand in a list item or a label."""
    solid = [token for token in tokens if token["type"] != "blank_line"]
    if len(solid) == 1 and solid[0]["type"] in ("paragraph", "block_text"):
        return list(solid[0]["children"])
    return solid


def _list_of(items: list[Token]) -> Token:
    return {"type": "list", "attrs": {"ordered": False}, "children": items}
