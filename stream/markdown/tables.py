"""Tables: header cells with scope, alignment as classes, a box that scrolls by itself and has a name."""

import re
from collections import Counter
from re import Match

from mistune import Markdown
from mistune.block_parser import BlockParser
from mistune.core import BlockState
from mistune.plugins import table as plugin

from stream.markdown.compilation import Compilation
from stream.markdown.html import Html, Render, attributes
from stream.markdown.labels import label
from stream.markdown.lines import LineState
from stream.markdown.tokens import Token, plain, walk

_ESCAPED = re.compile(r"\\.")


def tables(md: Markdown) -> None:
    """Register with mistune."""
    plugin.table(md)
    md.block.register("nptable", plugin.NP_TABLE_PATTERN, _parse_bare, before="paragraph")
    plugin.table_in_quote(md)
    plugin.table_in_list(md)


def _parse_bare(block: BlockParser, m: Match[str], state: BlockState) -> int | None:
    """A table without outer pipes. One row with too many or too few cells makes it none, and no row above that one the
    head of another: each of them would look through all rows again, so what was found out is kept.
    """
    assert isinstance(state, LineState)
    if m.start() >= state.rows_end:
        state.rows_end, state.rows_are_even = _rows(state, m)
    return plugin.parse_nptable(block, m, state) if state.rows_are_even else None


def _rows(state: LineState, head: Match[str]) -> tuple[int, bool]:
    """Where the rows end that have as many cells as the head, and whether no other row follows them."""
    cells, end = _cells(head.group(0)), head.end()
    while end < state.cursor_max and "|" in (row := state.get_line(end)):
        if _cells(row) != cells:
            return end, False
        end += len(row)
    return end, True


def _cells(row: str) -> int:
    return _ESCAPED.sub("", row).count("|")


def settle_cells(tokens: list[Token]) -> None:
    """Give rows their lines and pipes their meaning; before inline parsing."""
    for table in walk(tokens):
        if table["type"] == "table":
            head, body = table["children"]
            for number, row in enumerate([head, *body["children"]]):
                for cell in row["children"]:
                    cell["line"] = table["line"] + number + (number > 0)
                    cell["text"] = cell["text"].replace("\\|", "|")


def name_tables(tokens: list[Token], compilation: Compilation) -> None:
    """Name each table after the heading before it; the second one under a heading gets a number."""
    heading, seen = "", Counter[str]()
    for token in walk(tokens):
        if token["type"] == "heading":
            heading = plain(token["children"])
        elif token["type"] == "table":
            seen[heading] += 1
            number = f" ({seen[heading]})" if seen[heading] > 1 else ""
            words = (
                label(compilation.language, "table", heading) if heading else label(compilation.language, "lone-table")
            )
            token["label"] = words + number


def _render(html: Html, token: Token) -> str:
    box = attributes(class_="scroll", tabindex=0, role="region", aria_label=token["label"])
    return f"<div{box}><table>\n{html.inside(token)}</table></div>\n"


def _render_cell(html: Html, token: Token) -> str:
    align, inside = token["attrs"]["align"], html.inside(token)
    is_head = token["attrs"]["head"] and bool(inside)  # an empty corner is no header
    tag = "th" if is_head else "td"
    written = attributes(scope="col" if is_head else None, class_=f"align-{align}" if align else None)
    return f"<{tag}{written}>{inside}</{tag}>\n"


def _render_body(html: Html, token: Token) -> str:
    return f"<tbody>\n{html.inside(token)}</tbody>\n" if token["children"] else ""


RENDERERS: dict[str, Render] = {
    "table": _render,
    "table_head": lambda html, token: f"<thead>\n<tr>\n{html.inside(token)}</tr>\n</thead>\n",
    "table_body": _render_body,
    "table_row": lambda html, token: f"<tr>\n{html.inside(token)}</tr>\n",
    "table_cell": _render_cell,
}
