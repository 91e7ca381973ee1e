"""Footnotes: `[^key]` in the text, `[^key]: …` anywhere; numbered in reading order, shown at the end.

A note that is referred to twice has two ways back: each reference has an id of its own.
"""

import re
from re import Match

from mistune import InlineParser, Markdown
from mistune.block_parser import BlockParser
from mistune.core import BlockState, InlineState
from mistune.plugins.footnotes import INLINE_FOOTNOTE, REF_FOOTNOTE
from mistune.util import unikey

from stream.markdown.compilation import Compilation
from stream.markdown.html import Html, Render, attributes
from stream.markdown.labels import label
from stream.markdown.lines import LineState
from stream.markdown.tokens import Token, walk

_INDENT = re.compile("^ {1,4}", re.M)


def footnotes(md: Markdown) -> None:
    """Register with mistune."""
    md.inline.register("footnote", INLINE_FOOTNOTE, _parse_reference, before="link")
    md.block.register("ref_footnote", REF_FOOTNOTE, _parse_definition, before="ref_link")


def _parse_definition(block: BlockParser, m: Match[str], state: BlockState) -> int:
    """Keep the note as tokens whose inline text is read when it is known to be wanted."""
    assert isinstance(state, LineState)
    notes = state.env.setdefault("footnotes", {})
    key = unikey(m.group("footnote_key"))
    if key in notes:
        line = state.line_at(m.start())
        state.env["compilation"].error(
            line, "duplicate-footnote", f"there are two footnotes [^{m.group('footnote_key')}]"
        )
    else:
        notes[key] = _note(block, m, state) | {"key": key, "label": m.group("footnote_key")}
    return m.end()


def _note(block: BlockParser, m: Match[str], state: LineState) -> Token:
    child = state.child_state(_INDENT.sub("", m.group("footnote_text")))
    child.first_line = state.line_at(m.start("footnote_text"))
    block.parse(child, [rule for rule in block.list_rules if rule != "ref_footnote"])
    return {"type": "footnote_item", "children": child.tokens, "line": state.line_at(m.start())}


def _parse_reference(inline: InlineParser, m: Match[str], state: InlineState) -> int:
    key = unikey(m.group("footnote_key"))
    if key in state.env.get("footnotes", {}):
        state.append_token({"type": "footnote_ref", "key": key, "raw": m.group(0)})
    else:
        compilation = state.env["compilation"]
        compilation.error(compilation.line_of(m), "unknown-footnote", f"there is no footnote {m.group(0)}")
        inline.process_text(m.group(0), state, parse_emphasis=False)
    return m.end()


def number_notes(tokens: list[Token], notes: list[Token], compilation: Compilation) -> list[Token]:
    """Number references in reading order; the notes that are referred to, those of notes included."""
    by_key = {note["key"]: note for note in notes}
    wanted: list[Token] = []
    _number(tokens, by_key, wanted)
    for note in wanted:  # grows while notes refer to notes
        _number(note["children"], by_key, wanted)
    for note in notes:
        if "number" not in note:
            compilation.warning(note["line"], "unused-footnote", f"nothing refers to the footnote [^{note['label']}]")
    return wanted


def _number(tokens: list[Token], notes: dict[str, Token], wanted: list[Token]) -> None:
    for token in walk(tokens):
        if token["type"] == "footnote_ref":
            note = notes[token["key"]]
            if "number" not in note:
                wanted.append(note)
                note["number"], note["references"] = len(wanted), 0
            note["references"] += 1
            token["number"], token["id"] = note["number"], _reference_id(note["number"], note["references"])


def _reference_id(number: int, time: int) -> str:
    return f"fnref-{number}" + (f"-{time}" if time > 1 else "")


def section(notes: list[Token], language: str) -> Token:
    """The token that shows them."""
    for note in notes:
        back = {"type": "footnote_back", "number": note["number"], "label": label(language, "back", note["number"])}
        last = note["children"][-1] if note["children"] else None
        into = last if last and last["type"] == "paragraph" else note
        into["children"].append(back)
    return {"type": "footnotes", "children": notes, "label": label(language, "footnotes")}


def label_references(tokens: list[Token], language: str) -> None:
    """Give each reference words for those who cannot see that it is raised."""
    for token in walk(tokens):
        if token["type"] == "footnote_ref":
            token["label"] = label(language, "footnote", token["number"])


def _render_reference(html: Html, token: Token) -> str:
    link = attributes(id=token["id"], href=f"#fn-{token['number']}", aria_label=token["label"])
    return f'<sup class="footnote-ref"><a{link}>{token["number"]}</a></sup>'


def _render_back(html: Html, token: Token) -> str:
    link = attributes(class_="footnote-back", href=f"#fnref-{token['number']}", aria_label=token["label"])
    return f" <a{link}>↩</a>"


def _render_section(html: Html, token: Token) -> str:
    opening = attributes(class_="footnotes", role="doc-endnotes", aria_label=token["label"])
    return f"<section{opening}>\n<ol>\n{html.inside(token)}</ol>\n</section>\n"


RENDERERS: dict[str, Render] = {
    "footnote_ref": _render_reference,
    "footnote_back": _render_back,
    "footnote_item": lambda html, token: f'<li id="fn-{token["number"]}">{html.inside(token)}</li>\n',
    "footnotes": _render_section,
}
