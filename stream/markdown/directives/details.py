"""`{details} Summary line`: text that opens on request."""

from typing import TYPE_CHECKING, Any

from stream.markdown.directives.fence import Fence
from stream.markdown.labels import label

if TYPE_CHECKING:
    from stream.markdown.renderer import LessonRenderer

OPTIONS = frozenset({"open"})


def render(renderer: "LessonRenderer", fence: Fence, children: list[dict[str, Any]]) -> str:
    """A disclosure that works without scripts."""
    summary = renderer.inline(fence.argument) if fence.argument else label("details", renderer.language)
    is_open = " open" if "open" in fence.options else ""
    return f'<details class="more"{is_open}><summary>{summary}</summary>{renderer.inside(children)}</details>\n'
