"""`{note}`, `{tip}` and `{warning}`, with a title of their own or the usual word."""

from mistune.util import escape

from stream.markdown.compilation import Compilation
from stream.markdown.directives.directive import Directive, Written, title
from stream.markdown.html import Html, Render, attributes
from stream.markdown.tokens import Token


def _parse(written: Written, compilation: Compilation) -> Token:
    eyebrow = title("eyebrow", written.argument, written.line)
    if not written.argument:
        eyebrow = {"type": "eyebrow", "label_key": written.name, "children": []}
    return {"type": "callout", "children": [eyebrow, *written.body]}


def _render(html: Html, token: Token) -> str:
    opening = attributes(class_=f"callout {token['kind']}", role="note")
    return f"<div{opening}>{html.inside(token)}</div>\n"


def _render_eyebrow(html: Html, token: Token) -> str:
    words = escape(token["label"], quote=False) if "label" in token else html.inside(token)
    return f'<p class="eyebrow">{words}</p>\n'


DIRECTIVES = tuple(Directive(name, _parse) for name in ("note", "tip", "warning"))
RENDERERS: dict[str, Render] = {"callout": _render, "eyebrow": _render_eyebrow}
