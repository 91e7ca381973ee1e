"""Ruby: `[漢字(한자)]` shows the second above the first.

Only ideographs and kana take ruby: `[f(x)]` and `[마크다운(Markdown)]` are words in brackets, or the text of a link.
"""

from re import Match

from mistune import InlineParser, Markdown
from mistune.core import InlineState
from mistune.util import escape

from stream.markdown.html import Html, Render
from stream.markdown.tokens import Token

_BASE = "[々〆〇\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]{1,30}"
_PAIR = rf"{_BASE}\([^()\[\]\n]{{1,60}}\)"
_PATTERN = rf"\[(?:{_PAIR}){{1,30}}\](?![(\[:])"


def ruby(md: Markdown) -> None:
    """Register with mistune."""
    md.inline.register("ruby", _PATTERN, _parse, before="link")


def _parse(inline: InlineParser, m: Match[str], state: InlineState) -> int:
    for pair in m.group(0)[1:-2].split(")"):
        base, _, above = pair.partition("(")
        state.append_token({"type": "ruby", "raw": base, "above": above})
    return m.end()


def _render(html: Html, token: Token) -> str:
    base, above = escape(token["raw"]), escape(token["above"])
    return f"<ruby>{base}<rp>(</rp><rt>{above}</rt><rp>)</rp></ruby>"


RENDERERS: dict[str, Render] = {"ruby": _render}
