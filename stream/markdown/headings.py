"""Headings: levels without gaps, and anchors that are unique, readable in any script, and stable when given.

`## Two guesses {#two-guesses}` names its anchor; otherwise it is made of the words.
"""

import re
from collections import Counter
from unicodedata import normalize

from stream.markdown.compilation import Compilation
from stream.markdown.document import Heading
from stream.markdown.html import Html, Render, attributes
from stream.markdown.labels import label
from stream.markdown.tokens import Token, plain, walk

ID = re.compile(r"[^\W_][\w-]{0,79}")
TAKEN = frozenset(("lesson", "completion", "exercise", "comments", "report", "standing", "footnotes", "main", "toc"))
TAKEN_PREFIXES = ("b-", "fn-", "fnref-", "comment-", "exercise-")  # ids that other parts of the page give

_GIVEN = re.compile(r"[ \t]*\{#([^{}\s]*)\}[ \t]*$")


def take_ids(tokens: list[Token], compilation: Compilation) -> None:
    """Cut `{#id}` off headings; before inline parsing."""
    for token in walk(tokens):
        found = _GIVEN.search(token["text"]) if token["type"] == "heading" else None
        if found:
            token["text"] = token["text"][: found.start()]
            if is_free_name(found.group(1)):
                token["given"] = found.group(1)
            else:
                compilation.error(token["line"], "bad-anchor", f"{found.group(1)!r} cannot be the id of a heading")


def is_free_name(name: str) -> bool:
    """Whether a heading may carry this id without being taken for another part of the page."""
    return bool(ID.fullmatch(name)) and name not in TAKEN and not name.startswith(TAKEN_PREFIXES)


def settle(tokens: list[Token], compilation: Compilation) -> frozenset[str]:
    """Give every heading its id, level and label; after inline parsing. Returns the ids."""
    headings = [token for token in walk(tokens) if token["type"] == "heading"]
    ids = _reserve_given(headings, compilation)
    seen = Counter[str]()
    above = 1
    for token in headings:
        token["text"] = plain(token["children"])
        token["id"] = token["id"] if "id" in token else _free(_slug(token["text"]), ids, seen)
        ids.add(token["id"])
        token["label"] = label(compilation.language, "anchor", token["text"])
        above = token["level"] = _level(token, above, compilation)
    return frozenset(ids)


def _reserve_given(headings: list[Token], compilation: Compilation) -> set[str]:
    ids: set[str] = set()
    for token in headings:
        given = token.get("given")
        if given in ids:
            compilation.error(token["line"], "duplicate-id", f"two headings have the id {given!r}")
        elif given:
            token["id"] = given
            ids.add(given)
    return ids


def _level(token: Token, above: int, compilation: Compilation) -> int:
    level = int(token["attrs"]["level"])
    if level == 1:
        compilation.error(token["line"], "h1-in-body", "headings start at ##; the title is the lesson's only #")
    elif level > above + 1:
        compilation.error(token["line"], "heading-gap", f"{'#' * level} follows {'#' * above}: a level is left out")
    return max(2, min(level, above + 1))


def _slug(text: str) -> str:
    words = re.findall(r"[^\W_]+", normalize("NFKC", text).casefold())
    slug = "-".join(words)[:60].strip("-") or "section"
    return slug if is_free_name(slug) else f"section-{slug}"


def _free(slug: str, ids: set[str], seen: Counter[str]) -> str:
    name = slug
    while name in ids:
        seen[slug] += 1
        name = f"{slug}-{seen[slug] + 1}"
    return name


def outline(tokens: list[Token]) -> tuple[Heading, ...]:
    """The table of contents: headings of the lesson itself, two levels of them."""
    found = [token for token in tokens if token["type"] == "heading" and token["level"] <= 3]
    return tuple(Heading(token["id"], token["level"], token["text"]) for token in found)


def _render(html: Html, token: Token) -> str:
    tag = f"h{token['level']}"
    link = attributes(class_="anchor", href=f"#{token['id']}", aria_label=token["label"])
    return f"<{tag}{attributes(id=token['id'])}>{html.inside(token)} <a{link}>#</a></{tag}>\n"


RENDERERS: dict[str, Render] = {"heading": _render}
