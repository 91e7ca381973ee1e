"""Task lists: `- [ ] to do`, `- [x] done`, as checkboxes that tell and cannot be ticked."""

import re

from stream.markdown.html import Html, Render
from stream.markdown.tokens import Token, walk

_MARK = re.compile(r"\[([ xX])\](?:[ \t]+|\n|$)")


def take_mark(item: Token) -> bool | None:
    """Cut the mark off a list item that is still text; whether it was ticked, None if there was none."""
    first = item["children"][0] if item["children"] else None
    if first is None or first["type"] not in ("paragraph", "block_text"):
        return None
    found = _MARK.match(first["text"])
    if found is None:
        return None
    first["text"] = first["text"][found.end() :]
    return found.group(1) != " "


def find_tasks(tokens: list[Token]) -> None:
    """Turn marked list items into tasks; before inline parsing."""
    for item in list(walk(tokens)):
        done = take_mark(item) if item["type"] == "list_item" else None
        if done is not None:
            item["type"] = "task"
            item["done"] = done
            first = item["children"][0]
            first["children"] = [{"type": "task_label", "done": done, "text": first.pop("text"), "line": first["line"]}]


def _render_label(html: Html, token: Token) -> str:
    ticked = " checked" if token["done"] else ""
    return f'<label><input type="checkbox" disabled{ticked}> {html.inside(token)}</label>'


RENDERERS: dict[str, Render] = {
    "task": lambda html, token: f'<li class="task">{html.inside(token)}</li>\n',
    "task_label": _render_label,
}
