"""`{note}`, `{tip}` and `{warning}`, each with an optional title."""

from typing import TYPE_CHECKING, Any

from stream.markdown.directives.fence import Fence
from stream.markdown.labels import label

if TYPE_CHECKING:
    from stream.markdown.renderer import LessonRenderer

OPTIONS: frozenset[str] = frozenset()


def render(renderer: "LessonRenderer", fence: Fence, children: list[dict[str, Any]]) -> str:
    """The callout under its title, or under the word for its kind."""
    title = renderer.inline(fence.argument) if fence.argument else label(fence.name, renderer.language)
    body = renderer.inside(children)
    return f'<div class="callout {fence.name}" role="note"><p class="eyebrow">{title}</p>{body}</div>\n'
