"""Parsed tokens as plain text, for identities, lists of contents, search and counting."""

import re
from collections.abc import Iterable
from typing import Any

from stream.markdown.document import Size

HANGUL = re.compile(r"[\uac00-\ud7a3]")
WORD = re.compile(r"[^\W\d_\uac00-\ud7a3]+(?:['’-][^\W\d_\uac00-\ud7a3]+)*|\d+")

Token = dict[str, Any]


def plain(tokens: Iterable[Token]) -> str:
    """The text of tokens and all within them, blanks folded."""
    return " ".join("".join(_pieces(tokens)).split())


def _pieces(tokens: Iterable[Token]) -> Iterable[str]:
    for token in tokens:
        if "raw" in token:
            yield str(token["raw"])
        if token["type"] in ("softbreak", "linebreak", "table_cell", "paragraph", "block_text", "list_item"):
            yield " "
        yield from _pieces(token.get("children", ()))
        if token["type"] == "directive":
            yield f" {token['fence'].argument} "


def size_of(tokens: Iterable[Token]) -> Size:
    """How much there is to read; code is counted apart, in lines."""
    words = syllables = lines = 0
    for token in tokens:
        if token["type"] == "block_code":
            lines += token["raw"].count("\n") + 1
        elif "children" in token:
            inner = size_of(token["children"])
            words, syllables, lines = words + inner.words, syllables + inner.syllables, lines + inner.code_lines
        elif "raw" in token:
            text = str(token["raw"])
            words += len(WORD.findall(text))
            syllables += len(HANGUL.findall(text))
    return Size(words, syllables, lines)
