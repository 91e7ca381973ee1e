"""`{compare}`: two to four cards side by side; `{wrong}`, `{right}` and `{card}` say in words what they are."""

from stream.markdown.compilation import Compilation
from stream.markdown.directives.directive import Directive, Written, title
from stream.markdown.html import Html, Render, attributes
from stream.markdown.tokens import Token


def _parse(written: Written, compilation: Compilation) -> Token:
    cards = [token for token in written.blocks if token["type"] == "card"]
    others = [token for token in written.blocks if token["type"] != "card"]
    if not 2 <= len(cards) <= 4:
        compilation.error(written.line, "compare-cards", f"{{compare}} holds two to four cards, not {len(cards)}")
    if others:
        compilation.error(others[0]["line"], "compare-content", "{compare} holds {wrong}, {right} and {card} only")
    for card in cards:
        card["within"] = ""
    return {"type": "compare", "children": written.blocks}


def _parse_card(written: Written, compilation: Compilation) -> Token:
    if not written.argument:
        compilation.error(written.line, "missing-title", f"{{{written.name}}} needs a title")
    heading = title("words", written.argument, written.line)
    verdict = [{"type": "verdict", "label_key": written.name, "children": []}] if written.name != "card" else []
    line = {"type": "card_title", "children": [*verdict, heading]}
    return {"type": "card", "children": [line, *written.body] if written.argument or verdict else written.body}


def _render_card(html: Html, token: Token) -> str:
    kind = token["kind"]
    return f"<div{attributes(class_='card' if kind == 'card' else f'card {kind}')}>{html.inside(token)}</div>\n"


DIRECTIVES = (
    Directive("compare", _parse),
    *(Directive(name, _parse_card, within="compare") for name in ("wrong", "right", "card")),
)
RENDERERS: dict[str, Render] = {
    "compare": lambda html, token: f'<div class="compare">\n{html.inside(token)}</div>\n',
    "card": _render_card,
    "card_title": lambda html, token: f'<p class="card-title">{html.inside(token)}</p>\n',
    "verdict": lambda html, token: f'<span class="visually-hidden">{html.inside(token)} </span>',
    "words": lambda html, token: html.inside(token),
}
