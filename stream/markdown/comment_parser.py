"""A comment's text read into tokens: a small part of Markdown, never for long.

What may be written here is less than in lessons: no headings, pictures, tables, definitions or HTML.
"""

import re
from collections.abc import Iterable
from re import Match
from time import monotonic

from mistune import InlineParser, Markdown
from mistune.block_parser import BlockParser
from mistune.core import BlockState, InlineState
from mistune.plugins.formatting import strikethrough
from mistune.util import escape

from stream.markdown.addresses import is_external, may_link
from stream.markdown.bare_addresses import ADDRESS, parse_address
from stream.markdown.emphasis import cjk_emphasis
from stream.markdown.lines import MAX_WITHIN
from stream.markdown.tokens import Token, plain, text_token

MAX_LENGTH = 10_000
MAX_SECONDS = 1.0
_MAX_NESTED = 10  # quotes and lists in each other, and emphasis and links in each other
_BLOCK_RULES = ["fenced_code", "thematic_break", "block_quote", "list", "blank_line"]
_NEVER = "(?!)"
_WHITE = " \r\n\t\f"
_BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")  # no address may hold one
_ESCAPED = {"@": "&#64;", "&": "&amp;"}
_AUTO_LINK = r"<(?i:https?://|mailto:)[^<>\x00-\x20]*>"  # mistune's takes `<std::string>` for an address too


class TooMuch(Exception):
    """Reading as Markdown takes too long or makes too much."""


class _Blocks(BlockParser):
    """mistune's block parser with the few rules of a comment and a time limit."""

    def __init__(self) -> None:
        super().__init__(_BLOCK_RULES, _BLOCK_RULES, _MAX_NESTED)
        self.rules = _BLOCK_RULES
        for name in {*self.specification} - {*_BLOCK_RULES}:
            self.specification[name] = _NEVER  # what ends a list or a quote is looked up here, whatever the rules

    def parse_method(self, m: Match[str], state: BlockState) -> int | None:
        _check_time(state)
        depth = state.env["within"] = state.env.get("within", 0) + 1
        if depth > MAX_WITHIN:  # and not only when the stack is full, which depends on who calls
            raise TooMuch
        end = super().parse_method(m, state)
        state.env["within"] = depth - 1
        return end


class _Inlines(InlineParser):
    """mistune's inline parser without HTML, with bare addresses and a time limit; each new line is a line break."""

    def __init__(self) -> None:
        super().__init__(hard_wrap=True, max_nested_level=_MAX_NESTED)
        self.rules.remove("inline_html")
        self.specification |= {"auto_link": _AUTO_LINK, "linebreak": r"(?:\\| *)\n\s*"}
        self.register("address", ADDRESS, parse_address, before="escape", start_chars=["h", "H"])

    def parse_method(self, m: Match[str], state: InlineState) -> int | None:
        _check_time(state)
        return super().parse_method(m, state)

    def parse_escape(self, m: Match[str], state: InlineState) -> int:
        """What is escaped begins no mention and no entity, whatever stands beside it."""
        text = re.sub(r"\\(.)", lambda escaped: _ESCAPED.get(escaped[1], escaped[1]), m.group(0))
        self.process_text(text, state, parse_emphasis=False)
        return m.end()


def _check_time(state: BlockState | InlineState) -> None:
    if monotonic() > state.env["deadline"]:
        raise TooMuch


def _parser() -> Markdown:
    md = Markdown(renderer=None, block=_Blocks(), inline=_Inlines())
    strikethrough(md)
    cjk_emphasis(md)
    return md


_PARSER = _parser()


def read(text: str) -> list[Token]:
    """The tokens of a text; TooMuch where it is too long or takes too long."""
    if len(text) > MAX_LENGTH:
        raise TooMuch
    state = BlockState()
    state.env["deadline"] = monotonic() + MAX_SECONDS
    state.process(text + "\n")
    _PARSER.block.parse(state)
    _read_inside(state.tokens, state)
    return _with_links(state.tokens)


def _read_inside(tokens: Iterable[Token], state: BlockState) -> None:
    for token in tokens:
        if "text" in token:
            _check_time(state)
            token["children"] = _PARSER.inline(token.pop("text").strip(_WHITE), state.env)
        else:
            _read_inside(token.get("children", ()), state)


def _with_links(tokens: Iterable[Token], inside_link: bool = False) -> list[Token]:
    """Pictures as links, and no link where none may lead or within another."""
    settled: list[Token] = []
    for token in tokens:
        if token["type"] in ("link", "image"):
            settled += _link_or_text(token, inside_link)
        elif "children" in token:
            settled.append({**token, "children": _with_links(token["children"], inside_link)})
        else:
            settled.append(token)
    return settled


def _link_or_text(token: Token, inside_link: bool) -> list[Token]:
    url = token["attrs"]["url"]
    words = _with_links(token["children"], inside_link=True)
    if not plain(words):
        words = [text_token(escape(url, quote=False))]
    leads = may_link(url) if token["type"] == "link" else is_external(url) and may_link(url)
    if inside_link or not url or not leads:
        return words
    return [{"type": "link", "children": words, "attrs": {"url": _BARE_PERCENT.sub("%25", url)}}]
