"""Emphasis beside Korean particles: CommonMark's delimiter stack with the CJK-friendly flanking rules.

`cjk_emphasis` is a plugin for any mistune parser. CommonMark leaves the asterisks of `**마크다운(Markdown)**을`
standing, because a closing run after punctuation must not be followed by a letter; the amendments of the
markdown-cjk-friendly project let CJK characters stand there. Text without CJK characters reads as CommonMark says.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from unicodedata import category

from mistune import InlineParser, Markdown

from stream.markdown.cjk import is_cjk, is_full_width_quote, is_ideographic_selector, is_plain_selector
from stream.markdown.tokens import Token

_MARKERS = "*_"
_OBJECT = "\ufffc"  # stands for code, links and the like: all of them begin and end with punctuation


def cjk_emphasis(md: Markdown) -> None:
    """Register with mistune."""
    md.inline.finalize_tokens = partial(_finalize, md.inline)  # type: ignore[method-assign]


def _finalize(inline: InlineParser, tokens: list[Token], depth: int) -> list[Token]:
    room = inline.max_nested_level - depth
    if room <= 0 or "emphasis" not in inline.rules:
        return _Tree(0).build([_clean(token) for token in tokens])
    parts = list(_split(tokens))
    _match([part for part in parts if isinstance(part, Run)])
    return _Tree(room).build(parts)


@dataclass(eq=False, slots=True)
class Run:
    """A delimiter run. Matches take characters from its inner side; what is left is text."""

    marker: str
    length: int
    opens: bool
    closes: bool
    left: int = 0
    opened: list[int] = field(default_factory=list)  # how many characters each match took, innermost first
    closed: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.left = self.length


def _split(tokens: list[Token]) -> Iterator[Token | Run]:
    """Delimiter runs as `Run`, everything else as tokens, in order."""
    around = "\n\n" + "".join(map(_characters, tokens)) + "\n"
    at = 2
    for token in tokens:
        if token["type"] == "text" and token.get("_emphasis", True):
            yield from _split_text(token["raw"], around, at)
        else:
            yield _clean(token)
        at += len(_characters(token))


def _characters(token: Token) -> str:
    if token["type"] == "text":
        return str(token["raw"])
    return "\n" if token["type"] in ("softbreak", "linebreak") else _OBJECT


def _split_text(text: str, around: str, at: int) -> Iterator[Token | Run]:
    start = 0
    while start < len(text):
        end = start + 1
        is_run = text[start] in _MARKERS
        while end < len(text) and (text[end] == text[start] if is_run else text[end] not in _MARKERS):
            end += 1
        piece = text[start:end]
        yield _run(piece, around, at + start) if is_run else {"type": "text", "raw": piece}
        start = end


def _run(text: str, around: str, at: int) -> Run:
    before, after = _Side.before(around, at), _Side.after(around, at + len(text))
    left = not after.is_space and (not after.is_foreign_mark or before.lets_open)
    right = not before.is_space and (not before.is_foreign_mark or after.lets_close)
    if text[0] == "_":
        opens, closes = left and (not right or before.is_mark), right and (not left or after.is_mark)
        return Run("_", len(text), opens, closes)
    return Run("*", len(text), opens=left, closes=right)


@dataclass(frozen=True, slots=True)
class _Side:
    """What stands at one side of a delimiter run."""

    is_space: bool
    is_mark: bool  # punctuation or a symbol
    is_cjk: bool
    is_selector: bool = False

    @property
    def is_foreign_mark(self) -> bool:
        return self.is_mark and not self.is_cjk

    @property
    def lets_close(self) -> bool:
        return self.is_space or self.is_foreign_mark or self.is_cjk

    @property
    def lets_open(self) -> bool:
        return self.lets_close or self.is_selector

    @classmethod
    def after(cls, around: str, at: int) -> "_Side":
        char = around[at]
        return cls(_is_space(char), _is_mark(char), is_cjk(char))

    @classmethod
    def before(cls, around: str, at: int) -> "_Side":
        base, char = around[at - 2], around[at - 1]
        if is_plain_selector(char):
            wide = is_cjk(base) or is_full_width_quote(base, char)
            return cls(is_space=False, is_mark=_is_mark(base), is_cjk=wide)
        return cls(_is_space(char), _is_mark(char), is_cjk(char), is_ideographic_selector(char))


def _is_space(char: str) -> bool:
    return char in "\t\n\f\r" or category(char) == "Zs"


def _is_mark(char: str) -> bool:
    return category(char)[0] in "PS"


def _match(runs: list[Run]) -> None:
    """CommonMark's "process emphasis": give each closer its nearest opener."""
    openers: list[Run] = []
    bottoms: dict[tuple[str, bool, int], int] = {}
    for run in runs:
        if run.closes:
            _close(run, openers, bottoms)
        if run.opens and run.left:
            openers.append(run)


def _close(closer: Run, openers: list[Run], bottoms: dict[tuple[str, bool, int], int]) -> None:
    key = (closer.marker, closer.opens, closer.length % 3)
    while closer.left:
        at = _opener_of(closer, openers, bottoms.get(key, 0))
        if at is None:
            bottoms[key] = len(openers)  # never look below again: keeps the whole linear
            return
        _pair(openers[at], closer)
        del openers[at + bool(openers[at].left) :]
        for known, bottom in bottoms.items():
            bottoms[known] = min(bottom, len(openers))


def _opener_of(closer: Run, openers: list[Run], bottom: int) -> int | None:
    for at in range(len(openers) - 1, bottom - 1, -1):
        if openers[at].marker == closer.marker and _fit(openers[at], closer):
            return at
    return None


def _fit(opener: Run, closer: Run) -> bool:
    """The rule of three: a run that could do both must not leave a lone marker inside."""
    if not (opener.closes or closer.opens) or (opener.length + closer.length) % 3:
        return True
    return opener.length % 3 == 0 and closer.length % 3 == 0


def _pair(opener: Run, closer: Run) -> None:
    taken = 2 if opener.left >= 2 and closer.left >= 2 else 1
    for run, matches in ((opener, opener.opened), (closer, closer.closed)):
        run.left -= taken
        matches.append(taken)


class _Tree:
    """Builds nested tokens from matched runs; what would nest deeper than `room` keeps its markers as text."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.levels = [_Level()]

    def build(self, parts: "list[Token] | list[Token | Run]") -> list[Token]:
        for part in parts:
            if isinstance(part, Run):
                self._add_run(part)
            else:
                self.levels[-1].add(part, _depth(part))
        return _joined(self.levels[0].pieces)

    def _add_run(self, run: Run) -> None:
        for size in run.closed:
            self._leave(run.marker * size)
        if run.left:
            self.levels[-1].add(_text(run.marker * run.left))
        self.levels += [_Level() for _ in run.opened]

    def _leave(self, marker: str) -> None:
        inner = self.levels.pop()
        if inner.depth < self.room:
            kind = "strong" if len(marker) == 2 else "emphasis"
            self.levels[-1].add({"type": kind, "children": _joined(inner.pieces)}, inner.depth + 1)
        else:
            self.levels[-1].add([_text(marker), inner.pieces, _text(marker)], inner.depth)


Pieces = list[Any]  # tokens, and lists of the same: copying them upwards level by level would take quadratic time


class _Level:
    """What stands between an opener and its closer."""

    def __init__(self) -> None:
        self.pieces: Pieces = []
        self.depth = 0

    def add(self, piece: Token | Pieces, depth: int = 0) -> None:
        self.pieces.append(piece)
        self.depth = max(self.depth, depth)


def _joined(pieces: Pieces) -> list[Token]:
    """The tokens in order, neighbouring texts as one; `&` stays apart, or it might begin an entity."""
    tokens: list[Token] = []
    texts: list[str] = []
    for token in _flat(pieces):
        if texts and (token["type"] != "text" or texts[-1].endswith("&")):
            tokens.append(_text("".join(texts)))
            texts = []
        if token["type"] == "text":
            texts.append(token["raw"])
        else:
            tokens.append(token)
    return [*tokens, _text("".join(texts))] if texts else tokens


def _flat(pieces: Pieces) -> Iterator[Token]:
    waiting = [iter(pieces)]
    while waiting:
        piece = next(waiting[-1], None)
        if piece is None:
            waiting.pop()
        elif isinstance(piece, list):
            waiting.append(iter(piece))
        else:
            yield piece


def _text(raw: str) -> Token:
    return {"type": "text", "raw": raw}


def _depth(token: Token) -> int:
    deepest = 0
    waiting = [(token, 0)]
    while waiting:
        inner, depth = waiting.pop()
        if "children" in inner:
            deepest = max(deepest, depth + 1)
            waiting += [(child, depth + 1) for child in inner["children"]]
    return deepest


def _clean(token: Token) -> Token:
    """Without the notes that mistune's inline parser leaves for this step."""
    return {key: value for key, value in token.items() if key not in ("_emphasis", "_autolink")}
