"""The tree between parsing and rendering: tokens as mistune makes them, with the line each began on."""

from collections.abc import Iterable, Iterator
from typing import Any

from mistune.util import unescape

Token = dict[str, Any]

_BREAKS = {"softbreak": " ", "linebreak": " ", "footnote_ref": ""}
_INLINE = frozenset(
    ("text", "emphasis", "strong", "strikethrough", "link", "foreign", "codespan", "inline_html", "ruby", "inline_math")
) | frozenset(_BREAKS)


def text_token(raw: str) -> Token:
    """Text to be read as Markdown text is: entities count."""
    return {"type": "text", "raw": raw}


def walk(tokens: Iterable[Token]) -> Iterator[Token]:
    """Every token, outer before inner, in reading order."""
    for token in tokens:
        yield token
        yield from walk(token.get("children", ()))


def plain(tokens: Iterable[Token]) -> str:
    """The words alone, white space collapsed."""
    return " ".join("".join(_plain(token) for token in tokens).split())


def _plain(token: Token) -> str:
    kind = token["type"]
    if kind in _BREAKS:
        return _BREAKS[kind]
    if kind == "text":
        return unescape(token["raw"])
    words = "".join(_plain(child) for child in token["children"]) if "children" in token else token.get("raw", "")
    return str(words) if kind in _INLINE else f" {words} "
