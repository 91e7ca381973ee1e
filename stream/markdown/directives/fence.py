"""The colon fence: `:::{name} argument`, options, Markdown, and as many colons to close.

Which closer belongs to which opener is found once for a whole text, so that thousands of openers without a closer
take no longer than one. Fences inside code blocks do not count.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from re import Match
from typing import NamedTuple

from mistune import Markdown
from mistune.block_parser import BlockParser
from mistune.core import BlockState

from stream.markdown.compilation import Compilation
from stream.markdown.directives.directive import Directive, Written
from stream.markdown.lines import LineState
from stream.markdown.tokens import Token

MAX_DEPTH = 20

_OPENER = r"^ {0,3}(?P<fence_colons>:{3,})\{(?P<fence_name>[A-Za-z][\w-]*)\}(?P<fence_argument>[^\n]*)$"
_STRAY = r"^ {0,3}:{3,}[ \t]*$"
_OPTION = re.compile(r" {0,3}:([A-Za-z][\w-]*):(?:[ \t]+([^\n]*))?[ \t]*(?:\n|$)")
_LINE = re.compile(
    r"^ {0,3}(?:(?P<code>`{3,}(?=[^`\n]*$)|~{3,})(?P<info>[^\n]*)"
    r"|(?P<colons>:{3,})(?P<name>\{[A-Za-z][\w-]*\})?(?P<rest>[^\n]*))$",
    re.M,
)


def colon_fences(md: Markdown, directives: Mapping[str, Directive]) -> None:
    """Register with mistune. The first rule's name is one that mistune lets interrupt a list."""
    fences = _Fences(directives)
    md.block.register("fenced_directive", _OPENER, fences.parse, before="fenced_code")
    md.block.register("stray_fence", _STRAY, _parse_stray, before="fenced_code")
    for rules in (md.block.list_rules, md.block.block_quote_rules):
        md.block.insert_rule(rules, "fenced_directive", before="fenced_code")
        md.block.insert_rule(rules, "stray_fence", before="fenced_code")


def _parse_stray(block: BlockParser, m: Match[str], state: BlockState) -> int:
    assert isinstance(state, LineState)
    state.env["compilation"].warning(state.line_at(m.start()), "stray-fence", "this closes nothing")
    return m.end() + 1


class Closer(NamedTuple):
    """Where a closing line begins and ends."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Fences:
    """The block rule over a set of directives."""

    directives: Mapping[str, Directive]

    def parse(self, block: BlockParser, m: Match[str], state: BlockState) -> int:
        assert isinstance(state, LineState)
        line, compilation = state.line_at(m.start()), state.env["compilation"]
        name, argument = m.group("fence_name"), m.group("fence_argument").strip()
        close = state.once("fences", _pair_fences).get(m.start())
        if close is None:
            compilation.error(line, "unclosed-directive", f"{{{name}}} is opened here and never closed")
            return m.end() + 1  # what follows is read as if the opener were not there
        if state.depth() >= MAX_DEPTH:
            compilation.error(line, "too-deep", f"more than {MAX_DEPTH} levels of directives, lists and quotes")
            state.append_token({"type": "paragraph", "text": state.src[m.end() + 1 : close.start], "line": line + 1})
            return close.end
        options, body, skipped = _options(state.src[m.end() + 1 : close.start])
        written = Written(name, argument, options, self._blocks(block, state, body, line + 1 + skipped), line)
        self._add(written, state, compilation)
        return close.end

    def _blocks(self, block: BlockParser, state: LineState, body: str, line: int) -> list[Token]:
        child = state.child_state(body)
        child.first_line = line
        block.parse(child)
        return child.tokens

    def _add(self, written: Written, state: LineState, compilation: Compilation) -> None:
        directive = self.directives.get(written.name)
        if directive is None:
            compilation.error(written.line, "unknown-directive", f"there is no directive {{{written.name}}}")
            state.tokens += written.body
            return
        for number, option in enumerate(written.options, start=1):
            if option not in directive.options:
                line = written.line + number
                compilation.error(line, "unknown-option", f"{{{written.name}}} has no option {option!r}")
        token = directive.parse(written, compilation)
        state.append_token({"line": written.line, "within": directive.within, "kind": written.name, **token})


def _options(body: str) -> tuple[dict[str, str], str, int]:
    """The options that stand first, the rest, and how many lines they took."""
    options: dict[str, str] = {}
    at = 0
    while (found := _OPTION.match(body, at)) and found.end() > at:
        options.setdefault(found.group(1), (found.group(2) or "").strip())
        at = found.end()
    return options, body[at:], body.count("\n", 0, at)


def _pair_fences(text: str) -> dict[int, Closer]:
    """For each opener's position its closer: the innermost opener with as many colons; those within stay unclosed."""
    pairs: dict[int, Closer] = {}
    open_fences: list[tuple[int, int]] = []  # position, colons
    by_colons: defaultdict[int, list[int]] = defaultdict(list)  # indexes into open_fences
    code = ""
    for line in _LINE.finditer(text):
        if code or line["code"]:
            code = _code_after(code, line)
        elif line["name"]:
            by_colons[len(line["colons"])].append(len(open_fences))
            open_fences.append((line.start(), len(line["colons"])))
        elif not line["rest"].strip() and by_colons[len(line["colons"])]:
            at = by_colons[len(line["colons"])][-1]
            pairs[open_fences[at][0]] = Closer(line.start(), min(line.end() + 1, len(text)))
            for _, colons in open_fences[at:]:
                by_colons[colons].pop()
            del open_fences[at:]
    return pairs


def _code_after(code: str, line: Match[str]) -> str:
    """The marker of the code block that is open after this line, if any."""
    marker = line["code"] or ""
    if not code:
        return marker
    closes = marker.startswith(code) and not line["info"].strip()
    return "" if closes else code
