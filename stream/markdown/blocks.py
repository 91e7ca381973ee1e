"""Blocks: what comments attach to. A block's id is made of its own words, so that it survives edits elsewhere,
moving, and compiling again.
"""

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from unicodedata import normalize

from stream.markdown.document import Block, Piece
from stream.markdown.tokens import Token, plain

ID = re.compile(r"b-[0-9a-f]{10}(-[0-9]+)?")

_KINDS = {
    "block_code": "code",
    "block_quote": "quote",
    "block_math": "math",
    "block_html": "paragraph",
    "thematic_break": "rule",
}
_NOTES = re.compile(r'<section (?:[a-z-]+="[^"]*" )*class="footnotes"')
_FIRST_TAG = re.compile(r"<[a-z0-9]+(?=[ >])")


def identify(tokens: list[Token]) -> list[Block]:
    """Name the top-level tokens, in order; headings keep their anchors. Before anything but words is put into them."""
    seen = Counter[str]()
    return [_identify(token, seen) for token in tokens if token["type"] != "blank_line"]


def _identify(token: Token, seen: Counter[str]) -> Block:
    kind = str(token.get("kind") or _KINDS.get(token["type"], token["type"]))
    text = plain([token])
    if kind != "heading":
        token["id"] = _id(kind, text, seen)
    return Block(token["id"], kind, text, token["line"])


def _id(kind: str, text: str, seen: Counter[str]) -> str:
    words = " ".join(normalize("NFKC", text).casefold().split())
    base = f"b-{sha256(f'{kind} {words}'.encode()).hexdigest()[:10]}"
    seen[base] += 1
    return base if seen[base] == 1 else f"{base}-{seen[base]}"


def with_id(html: str, token: Token) -> str:
    """The block's HTML, its outermost element carrying the id."""
    if "id" not in token or token["type"] == "heading":
        return html
    return _FIRST_TAG.sub(lambda tag: f'{tag.group(0)} id="{token["id"]}"', html, count=1)


def pieces_of(html: str, blocks: Iterable[Block]) -> tuple[Piece, ...]:
    """The cleaned HTML, cut where its blocks and its footnotes begin; joined again it is the same."""
    cuts, position = [("", 0)], 0
    for block in blocks:
        opening = re.compile(rf'<[a-z0-9]+ (?:[a-z-]+="[^"]*" )*id="{re.escape(block.id)}"').search(html, position)
        if opening:
            cuts.append((block.id, opening.start()))
            position = opening.end()
    if notes := _NOTES.search(html, position):
        cuts.append(("", notes.start()))
    ends = [start for _, start in cuts[1:]] + [len(html)]
    found = (Piece(block, html[start:end]) for (block, start), end in zip(cuts, ends, strict=True))
    return tuple(piece for piece in found if piece.html)
