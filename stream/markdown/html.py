"""The first gate: tokens → HTML, in which every character that came from the text is escaped.

`RENDERERS` says how the tokens of CommonMark look; each syntax module brings its own. Nothing here decides
anything: whatever needs thought was written into the tokens before.
"""

from collections.abc import Callable, Iterable, Mapping

from mistune.util import escape, unescape

from stream.markdown.tokens import Token

Render = Callable[["Html", Token], str]


class Html:
    """Renders tokens by their type."""

    def __init__(self, renderers: Mapping[str, Render]) -> None:
        self.renderers = renderers

    def all(self, tokens: Iterable[Token]) -> str:
        return "".join(self.one(token) for token in tokens)

    def one(self, token: Token) -> str:
        return self.renderers[token["type"]](self, token)

    def inside(self, token: Token) -> str:
        return self.all(token.get("children", ()))


def attributes(**values: str | int | bool | None) -> str:
    """Escaped, in order, those that are there; `class_` is `class`, `aria_label` is `aria-label`."""
    written = []
    for name, value in values.items():
        key = name.rstrip("_").replace("_", "-")
        if value is True:
            written.append(f" {key}")
        elif value is not None and value is not False:
            written.append(f' {key}="{escape(str(value))}"')
    return "".join(written)


def wrapped(tag: str, end: str = "", **values: str) -> Render:
    """A renderer that puts a tag around what is inside."""
    opening = f"<{tag}{attributes(**values)}>"
    return lambda html, token: f"{opening}{html.inside(token)}</{tag}>{end}"


def _text(html: Html, token: Token) -> str:
    return escape(unescape(token["raw"]), quote=False)


def _raw(html: Html, token: Token) -> str:
    return escape(token["raw"], quote=False)


def _list(html: Html, token: Token) -> str:
    if not token["attrs"]["ordered"]:
        return f"<ul>\n{html.inside(token)}</ul>\n"
    return f"<ol{attributes(start=token['attrs'].get('start'))}>\n{html.inside(token)}</ol>\n"


RENDERERS: dict[str, Render] = {
    "text": _text,
    "inline_html": _raw,
    "codespan": lambda html, token: f"<code>{_raw(html, token)}</code>",
    "emphasis": wrapped("em"),
    "strong": wrapped("strong"),
    "strikethrough": wrapped("del"),
    "linebreak": lambda html, token: "<br>\n",
    "softbreak": lambda html, token: "\n",
    "block_text": lambda html, token: html.inside(token),
    "blank_line": lambda html, token: "",
    "thematic_break": lambda html, token: "<hr>\n",
    "block_html": lambda html, token: f"<p>{escape(token['raw'].strip(), quote=False)}</p>\n",
    "block_quote": wrapped("blockquote", "\n"),
    "paragraph": wrapped("p", "\n"),
    "list": _list,
    "list_item": wrapped("li", "\n"),
}
