"""Maths: `$…$` in a line and `$$` around a block, from LaTeX to MathML.

The converter leaves `<` in `\\text{}` as it is and knows attributes that we do not want, so its tree is written out
here, escaped, with a short list of attributes. What it cannot read is shown as source.
"""

import re
from bisect import bisect_left
from html import unescape
from re import Match
from typing import TYPE_CHECKING

from mistune import InlineParser, Markdown
from mistune.block_parser import BlockParser
from mistune.core import BlockState, InlineState
from mistune.util import escape

from stream.markdown.compilation import Compilation
from stream.markdown.html import Html, Render, attributes
from stream.markdown.lines import LineState
from stream.markdown.tokens import Token

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_LENGTH = 2_000
MAX_DEPTH = 60  # elements in each other
MAX_SIDESETS = 4  # the converter takes 2ⁿ steps for n of them within each other
ELEMENTS = frozenset(
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts "
    "mprescripts none mtable mtr mtd mstyle mpadded mphantom merror menclose".split()
)
ATTRIBUTES = frozenset(
    "display accent accentunder displaystyle scriptlevel fence form largeop linethickness lspace mathvariant maxsize "
    "minsize movablelimits rspace separator stretchy symmetric width height depth columnspan rowspan".split()
)

_PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3}
_DEFINES = re.compile(r"\\(?:newcommand|newenvironment|def)(?![A-Za-z])")  # a hundred characters could fill the memory
_UNREAD = re.compile(r"\\[A-Za-z]+|[{}\\]")
_BLOCK = r"^ {0,3}\$\$(?:(?P<math_line>[^\n$]+)\$\$)?[ \t]*$"
_CLOSE = re.compile(r"^ {0,3}\$\$[ \t]*$", re.M)
_INLINE = r"\$\$(?P<math_display>(?:[^$\\]|\\[\s\S])+)\$\$|\$(?![\s$])(?P<math_text>(?:[^$\\\n]|\\.)+)(?<!\s)\$(?!\d)"


def math(md: Markdown) -> None:
    """Register with mistune."""
    md.inline.register("inline_math", _INLINE, _parse_inline, before="codespan")
    md.block.register("block_math", _BLOCK, _parse_block, before="list")
    for rules in (md.block.block_quote_rules, md.block.list_rules):
        md.block.insert_rule(rules, "block_math", before="list")


def _parse_inline(inline: InlineParser, m: Match[str], state: InlineState) -> int:
    compilation = state.env["compilation"]
    source, display = m.group("math_text") or m.group("math_display"), m.group("math_text") is None
    state.append_token(_token("inline_math", source, compilation, compilation.line_of(m), display))
    return m.end()


def _parse_block(block: BlockParser, m: Match[str], state: BlockState) -> int | None:
    assert isinstance(state, LineState)
    source, end = m.group("math_line"), m.end() + 1
    if source is None:
        close = _closing(state, m.end() + 1)
        if close is None:
            state.env["compilation"].error(
                state.line_at(m.start()), "unclosed-math", "`$$` opens a block that no `$$` closes"
            )
            return None
        source, end = state.src[m.end() + 1 : close.start()], close.end() + 1
    state.append_token(_token("block_math", source, state.env["compilation"], state.line_at(m.start()), True))
    return end


def _closing(state: LineState, start: int) -> Match[str] | None:
    """The next `$$` line; all of them are looked up once, for many openers may wait for none."""
    closers = state.once("math", lambda text: list(_CLOSE.finditer(text)))
    at = bisect_left(closers, start, key=lambda close: close.start())
    return closers[at] if at < len(closers) else None


def _token(kind: str, source: str, compilation: Compilation, line: int, display: bool) -> Token:
    source = source.strip()
    mathml = _mathml(source, display)
    if mathml is None:
        compilation.error(line, "bad-math", f"{_fault(source)}: {source[:60]}")
    return {"type": kind, "raw": source, "mathml": mathml, "line": line}


def _fault(source: str) -> str:
    if len(source) > MAX_LENGTH:
        return f"a formula is longer than {MAX_LENGTH:,} characters"
    return "a formula cannot define commands" if _DEFINES.search(source) else "this is not LaTeX that can be shown"


def _mathml(source: str, display: bool) -> str | None:
    if not source or len(source) > MAX_LENGTH:
        return None
    if _DEFINES.search(source) or source.count(r"\sideset") > MAX_SIDESETS:
        return None
    from latex2mathml.converter import convert_to_element  # not above: 1.6 MB, and few lessons have formulas

    try:
        tree = convert_to_element(source, display="block" if display else "inline")
    except Exception:  # the converter raises whatever comes: its own errors, IndexError, StopIteration, RecursionError
        return None
    return _written(tree) if _is_understood(tree) and _is_shallow(tree) else None


def _is_understood(tree: "Element") -> bool:
    """An unknown command would be shown as its own name, a missing argument as nothing."""
    return all(_is_whole(node) for node in tree.iter())


def _is_shallow(tree: "Element") -> bool:
    level = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node]
    return not level


def _is_whole(node: "Element") -> bool:
    if node.tag == "mi" and _UNREAD.fullmatch(unescape(node.text or "")):
        return False
    return node.tag not in _PARTS or len(node) == _PARTS[node.tag]


def _written(node: "Element") -> str:
    inside = escape(unescape(node.text or ""), quote=False) + "".join(_written(child) for child in node)
    if node.tag not in ELEMENTS:
        return inside
    kept = {name: value for name, value in node.attrib.items() if name in ATTRIBUTES}
    return f"<{node.tag}{attributes(**kept)}>{inside}</{node.tag}>"


def _render_inline(html: Html, token: Token) -> str:
    return token["mathml"] or f"<code>{escape(token['raw'], quote=False)}</code>"


def _render_block(html: Html, token: Token) -> str:
    if token["mathml"]:
        return f'<div class="math" tabindex="0">{token["mathml"]}</div>\n'
    return f"<pre><code>{escape(token['raw'], quote=False)}</code></pre>\n"


RENDERERS: dict[str, Render] = {"inline_math": _render_inline, "block_math": _render_block}
