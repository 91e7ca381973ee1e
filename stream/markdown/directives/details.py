"""`{details} Summary line`: text that opens on request; `:open:` shows it from the start."""

from stream.markdown.compilation import Compilation
from stream.markdown.directives.directive import Directive, Written, title
from stream.markdown.html import Html, Render, attributes, wrapped
from stream.markdown.tokens import Token


def _parse(written: Written, compilation: Compilation) -> Token:
    summary = title("summary", written.argument, written.line)
    if not written.argument:
        compilation.error(written.line, "missing-title", "{details} needs a summary line")
        summary = {"type": "summary", "label_key": "details", "children": []}
    is_open = written.options.get("open", "no") not in ("no", "false")
    return {"type": "details", "open": is_open, "children": [summary, *written.body]}


def _render(html: Html, token: Token) -> str:
    return f"<details{attributes(class_='more', open=token['open'])}>{html.inside(token)}</details>\n"


DIRECTIVES = (Directive("details", _parse, frozenset({"open"})),)
RENDERERS: dict[str, Render] = {"details": _render, "summary": wrapped("summary", "\n")}
