"""Emphasis beside Chinese, Japanese and Korean text: a mistune plugin that knows nothing else of this site.

CommonMark decides whether `**` opens or closes by the characters beside it, and counts on spaces between words. In
`**마크다운(Markdown)**을` the closing run stands between punctuation and a particle, so it may not close. The amendment
(markdown-cjk-friendly, by tats-u): where one side of a run is punctuation and the other a letter, and either of them is
CJK, the letter counts as punctuation, as it would with a space.

It is done with a mark beside such runs while emphasis is resolved, taken out again afterwards; mistune's own resolution
stays as it is. `_` keeps CommonMark's rules, as in the amendment.
"""

import re
from collections.abc import Iterable
from types import MethodType
from typing import Any
from unicodedata import east_asian_width

from mistune import InlineParser, Markdown

MARK = "\ufdd0"  # a noncharacter: never part of a text, neither space nor letter
OBJECT = "\ufffc"  # stands for whatever is not text, such as code or a link
RUN = re.compile(r"\*+")

Token = dict[str, Any]


def cjk_emphasis(md: Markdown) -> None:
    """Register the amendment."""
    resolve = md.inline.finalize_tokens

    def finalize(_parser: InlineParser, tokens: list[Token], depth: int) -> list[Token]:
        if not any("*" in token.get("raw", "") for token in tokens if token["type"] == "text"):
            return resolve(tokens, depth)
        return _without_marks(resolve(_with_marks(tokens), depth))

    md.inline.finalize_tokens = MethodType(finalize, md.inline)  # type: ignore[method-assign]


def is_cjk(character: str) -> bool:
    """Whether a character is of a script that writes without spaces around emphasis, its punctuation included."""
    code = ord(character)
    if 0x1100 <= code <= 0x11FF or 0xA960 <= code <= 0xA97F or 0xD7B0 <= code <= 0xD7FF:
        return True  # Hangul letters that combine: narrow on their own
    is_symbol = 0x2300 <= code <= 0x2BFF or 0x1F000 <= code <= 0x1FFFF  # emoji are wide, but no script
    return east_asian_width(character) in "WFH" and not is_symbol


def _with_marks(tokens: Iterable[Token]) -> list[Token]:
    """The tokens with a mark on the letter's side of each run that the amendment is about."""
    tokens = [{**token, "raw": token["raw"].replace(MARK, "\ufffd")} if _is_text(token) else token for token in tokens]
    source = "".join(_shown(token) for token in tokens)
    start = 0
    marked: list[Token] = []
    for token in tokens:
        if _is_text(token) and token.get("_emphasis", True):
            marked.append({**token, "raw": _marked(token["raw"], source, start)})
        else:
            marked.append(token)
        start += len(_shown(token))
    return marked


def _marked(raw: str, source: str, start: int) -> str:
    pieces: list[str] = []
    done = 0
    for run in _runs(source, start, start + len(raw)):
        first, end = run
        before = source[first - 1] if first else " "
        after = source[end] if end < len(source) else " "
        left, right = _needs_mark(before, after)
        inner_first, inner_end = max(first - start, 0), min(end - start, len(raw))
        pieces += [raw[done:inner_first], MARK * left, raw[inner_first:inner_end], MARK * right]
        done = inner_end
    return "".join((*pieces, raw[done:]))


def _runs(source: str, start: int, end: int) -> Iterable[tuple[int, int]]:
    """Runs of asterisks that begin within a stretch of the source."""
    return (match.span() for match in RUN.finditer(source, start, end))


def _needs_mark(before: str, after: str) -> tuple[bool, bool]:
    """Whether a mark goes before the run, and whether one goes after it."""
    if not (is_cjk(before) or is_cjk(after)):
        return False, False
    return before.isalnum() and _is_punctuation(after), after.isalnum() and _is_punctuation(before)


def _is_punctuation(character: str) -> bool:
    return not character.isspace() and not character.isalnum()


def _is_text(token: Token) -> bool:
    return bool(token["type"] == "text")


def _shown(token: Token) -> str:
    if _is_text(token):
        return str(token["raw"])
    return "\n" if token["type"] in ("softbreak", "linebreak") else OBJECT


def _without_marks(tokens: Iterable[Token]) -> list[Token]:
    cleaned = []
    for token in tokens:
        if "children" in token:
            token = {**token, "children": _without_marks(token["children"])}
        elif _is_text(token) and MARK in token["raw"]:
            token = {**token, "raw": token["raw"].replace(MARK, "")}
        cleaned.append(token)
    return cleaned
