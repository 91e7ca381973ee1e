"""Lesson text to a compiled document. Never raises for any text: what is wrong becomes a problem with its line."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import mistune
from mistune.plugins.footnotes import footnotes
from mistune.plugins.formatting import strikethrough
from mistune.plugins.math import math
from mistune.plugins.ruby import ruby
from mistune.plugins.table import table
from mistune.plugins.task_lists import task_lists

from stream.markdown.blocks import EXPLICIT, block_id
from stream.markdown.directives import compare, details, exercise, figure, persona
from stream.markdown.directives.exercise import exercise_of
from stream.markdown.directives.fence import Fence, colon_fence
from stream.markdown.directives.takeaways import takeaways_of
from stream.markdown.document import Block, Document, Exercise, Heading, Problem
from stream.markdown.emphasis import cjk_emphasis
from stream.markdown.plain import plain, size_of
from stream.markdown.renderer import LessonRenderer, PersonaVoice
from stream.markdown.sanitise import clean
from stream.markdown.state import LinedState

LONGEST = 400_000  # characters; more is no lesson
PLUGINS = (table, footnotes, strikethrough, task_lists, ruby, math, cjk_emphasis, colon_fence)
KIND = {"block_code": "code", "block_math": "math", "block_quote": "quote", "thematic_break": "rule"}
EXPLICIT_ID = re.compile(r"[ \t]*\{#([^\s{}]+)\}[ \t]*$")
FIRST_TAG = re.compile(r"<[a-z][a-z0-9]*")
OPTIONS = {
    "persona": persona.OPTIONS,
    "details": details.OPTIONS,
    "figure": figure.OPTIONS,
    "exercise": exercise.OPTIONS,
}
INSIDE = {**dict.fromkeys(compare.CARDS, "compare"), "answer": "exercise", "hint": "exercise"}
TAKEN_OUT = ("takeaways", "exercise")

Token = dict[str, Any]


def compile_lesson(text: str, *, language: str, personas: Mapping[str, PersonaVoice], image_url: str = "") -> Document:
    """Compile a lesson's body. `image_url` goes before the paths of its pictures; lines count from 1 in `text`."""
    if len(text) > LONGEST:
        problem = Problem(1, "too-long", f"the lesson has {len(text)} characters; {LONGEST} are the most")
        return Document(html="", problems=(problem,))
    markdown = mistune.Markdown(renderer=None, plugins=PLUGINS)
    state = LinedState()
    markdown.before_render_hooks.append(lambda _markdown, state: _take_explicit_ids(state.tokens))
    parsed, _ = markdown.parse(text, state)
    assert isinstance(parsed, list)
    tokens = [token for token in parsed if token["type"] != "blank_line"]
    renderer = LessonRenderer(markdown.inline, language, personas, image_url, state)
    _check_directives(renderer, tokens)
    _check_headings(renderer, tokens)
    return _document(renderer, tokens)


def _document(renderer: LessonRenderer, tokens: list[Token]) -> Document:
    shown = [token for token in tokens if _directive(token) not in TAKEN_OUT]
    pieces = [(token, _with_id(renderer, token)) for token in shown]
    takeaways = tuple(
        item
        for token in _directives(tokens, "takeaways")
        for item in takeaways_of(renderer, token["fence"], token["children"])
    )
    exercises = _exercises(renderer, tokens)
    return Document(
        html=clean("".join(html for _, (_, html) in pieces), renderer.notes.ids.given),
        blocks=tuple(_block(token, own) for token, (own, _) in pieces if own),
        headings=tuple(_headings(shown)),
        takeaways=takeaways,
        exercises=exercises,
        images=tuple(renderer.notes.images),
        size=size_of(tokens),
        problems=tuple(sorted(renderer.notes.problems, key=lambda problem: (problem.line, problem.code))),
    )


def _exercises(renderer: LessonRenderer, tokens: list[Token]) -> tuple[Exercise, ...]:
    found: list[Exercise] = []
    for token in _directives(tokens, "exercise"):
        if (each := exercise_of(renderer, token["fence"], token["children"], found)) is not None:
            found.append(each)
    return tuple(found)


def _with_id(renderer: LessonRenderer, token: Token) -> tuple[str, str]:
    """The block's id and HTML; the id stands on its first element."""
    html = str(renderer.render_token(token, renderer._state))
    if token["type"] == "heading":
        return token["given_id"], html
    if token["type"] == "footnotes" or FIRST_TAG.match(html) is None:
        return "", html
    own = renderer.notes.ids.claim(block_id(_kind(token), plain([token])))
    return own, FIRST_TAG.sub(lambda tag: f'{tag[0]} id="{own}"', html, count=1)


def _block(token: Token, own: str) -> Block:
    return Block(own, _kind(token), plain([token]), token.get("line", 0))


def _kind(token: Token) -> str:
    return _directive(token) or KIND.get(token["type"], str(token["type"]))


def _headings(tokens: Iterable[Token]) -> Iterable[Heading]:
    for token in tokens:
        if token["type"] == "heading" and token["attrs"]["level"] in (2, 3):
            yield Heading(token["given_id"], token["attrs"]["level"], plain(token["children"]))


def _take_explicit_ids(tokens: Iterable[Token]) -> None:
    """Move `{#id}` at the end of headings into their attributes, before the text is parsed."""
    for token in tokens:
        if token["type"] == "heading" and (found := EXPLICIT_ID.search(token["text"])) and EXPLICIT.fullmatch(found[1]):
            token["text"] = token["text"][: found.start()]
            token["attrs"]["id"] = found[1]
        _take_explicit_ids(token.get("children", ()))


def _check_headings(renderer: LessonRenderer, tokens: Iterable[Token]) -> None:
    before = 1
    for token in tokens:
        if token["type"] != "heading":
            continue
        level, own, line = token["attrs"]["level"], token["attrs"].get("id"), token.get("line", 0)
        if level == 1:
            renderer.notes.problem(
                line, "heading-one", "headings of a lesson begin at ##: the title is in the front matter"
            )
        elif level > before + 1:
            renderer.notes.problem(line, "heading-gap", f"a heading of level {level} follows one of level {before}")
        if own and not renderer.notes.ids.is_free(own):
            renderer.notes.problem(line, "reserved-id", f"the id {own!r} is taken by the page itself")
        before = max(level, 2)


def _check_directives(renderer: LessonRenderer, tokens: Iterable[Token], around: str = "") -> None:
    for token in tokens:
        name = _directive(token)
        if name:
            _check_fence(renderer, token["fence"], around)
        _check_directives(renderer, token.get("children", ()), name or around)


def _check_fence(renderer: LessonRenderer, fence: Fence, around: str) -> None:
    notes = renderer.notes
    if not fence.closed:
        notes.problem(fence.line, "unclosed-directive", f"{{{fence.name}}} is not closed: end it with as many colons")
    for option in sorted(fence.options.keys() - OPTIONS.get(fence.name, frozenset())):
        notes.problem(fence.line, "unknown-option", f"{{{fence.name}}} has no option {option!r}")
    if (wanted := INSIDE.get(fence.name)) and around != wanted:
        notes.problem(fence.line, "misplaced-directive", f"{{{fence.name}}} stands inside {{{wanted}}}")
    if around and fence.name in TAKEN_OUT:
        notes.problem(fence.line, "misplaced-directive", f"{{{fence.name}}} stands on its own, not inside {{{around}}}")


def _directives(tokens: Iterable[Token], name: str) -> list[Token]:
    return [token for token in tokens if _directive(token) == name]


def _directive(token: Token) -> str:
    return str(token["fence"].name) if token["type"] == "directive" else ""
