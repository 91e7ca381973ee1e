"""Code blocks: coloured on the server with classes, scrolling in a box of their own, ready for a copy button."""

from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

PLAIN = frozenset({"", "text", "txt", "plain"})
_formatter = HtmlFormatter(nowrap=True)


def code_block(code: str, language: str, label: str) -> tuple[str, bool]:
    """The block's HTML, and whether its language is known. `label` names the box for screen readers."""
    coloured, known = _coloured(code.rstrip("\n"), language)
    kind = escape(language, quote=True) or "text"
    return (
        f'<div class="code" data-language="{kind}"><pre tabindex="0" role="region" aria-label="{escape(label)}">'
        f'<code class="language-{kind}">{coloured}</code></pre></div>\n'
    ), known


def _coloured(code: str, language: str) -> tuple[str, bool]:
    if language in PLAIN:
        return escape(code), True
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return escape(code), False
    return highlight(code, lexer, _formatter), True
