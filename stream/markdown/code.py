"""Code blocks: colours as Pygments classes, the language as a label, white space kept to the letter."""

from functools import lru_cache
from typing import TYPE_CHECKING

from mistune.util import escape
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

from stream.markdown.compilation import Compilation
from stream.markdown.html import Html, Render, attributes
from stream.markdown.tokens import Token, walk

if TYPE_CHECKING:
    from pygments.lexer import Lexer

MAX_COLOURED = 50_000
CLASSES = frozenset(STANDARD_TYPES.values()) - {""}

_PLAIN = frozenset(("", "text", "txt", "plain", "plaintext", "none", "diagram"))


def check_languages(tokens: list[Token], compilation: Compilation) -> None:
    """Say which languages are not known, and note in each token the one to colour by."""
    for token in walk(tokens):
        if token["type"] != "block_code":
            continue
        language = _language(token)
        if language and not _lexer(language):
            compilation.warning(token["line"], "unknown-language", f"no colours for the language {language!r}")
            language = ""
        token["language"] = language


def _language(token: Token) -> str:
    words = token.get("attrs", {}).get("info", "").split(None, 1)
    name = str(words[0]).casefold() if words else ""
    return "" if name in _PLAIN else name


@lru_cache(maxsize=256)
def _lexer(language: str) -> "Lexer | None":
    from pygments.lexers import get_lexer_by_name  # not above: 0.7 MB, and only code in a known language wants it

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _render(html: Html, token: Token) -> str:
    language, code = token["language"], token["raw"]
    block = attributes(class_="code", data_language=language or None)
    inner = attributes(class_=f"language-{language}" if language else None)
    return f'<div{block}><pre tabindex="0"><code{inner}>{_coloured(code, language)}</code></pre></div>\n'


def _coloured(code: str, language: str) -> str:
    lexer = _lexer(language) if language and len(code) <= MAX_COLOURED else None
    if lexer is None or code.startswith("\ufeff"):  # Pygments would drop the mark
        return escape(code, quote=False)
    return _highlighted(code, lexer)


def _highlighted(code: str, lexer: "Lexer") -> str:
    from pygments import highlight  # not above: as in `_lexer`
    from pygments.formatters import HtmlFormatter

    formatter: HtmlFormatter[str] = HtmlFormatter(nowrap=True)
    return highlight(code, lexer, formatter)


RENDERERS: dict[str, Render] = {"block_code": _render}
