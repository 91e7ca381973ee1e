"""Task lists: `- [ ] to do`, `- [x] done`, as checkboxes that tell and cannot be ticked."""

import re

from stream.markdown.html import Html, Render
from stream.markdown.tokens import Token, walk

_MARK = re.compile(r"\[([ xX])\](?:[ \t]+|\n|$)")


def has_mark(item: Token) -> bool:
    """Whether a list item, still text, begins with a mark."""
    first = item["children"][0] if item["children"] else {}
    return first.get("type") in ("paragraph", "block_text") and bool(_MARK.match(first.get("text", "")))


def take_mark(item: Token) -> bool:
    """Cut the mark off an item that has one; whether it was ticked."""
    first = item["children"][0]
    mark, first["text"] = first["text"][1], _MARK.sub("", first["text"], count=1)
    return bool(mark != " ")


def find_tasks(tokens: list[Token]) -> None:
    """Turn marked list items into tasks; before inline parsing."""
    for item in list(walk(tokens)):
        if item["type"] == "list_item" and has_mark(item):
            done = take_mark(item)
            item["type"] = "task"
            first = item["children"][0]
            first["children"] = [{"type": "task_label", "done": done, "text": first.pop("text"), "line": first["line"]}]


def _render_label(html: Html, token: Token) -> str:
    ticked = " checked" if token["done"] else ""
    return f'<label><input type="checkbox" disabled{ticked}> {html.inside(token)}</label>'


RENDERERS: dict[str, Render] = {
    "task": lambda html, token: f'<li class="task">{html.inside(token)}</li>\n',
    "task_label": _render_label,
}
