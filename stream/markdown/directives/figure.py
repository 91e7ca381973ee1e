"""`{figure} path`: a picture whose caption is the body."""

from typing import TYPE_CHECKING, Any

from stream.markdown.directives.fence import Fence

if TYPE_CHECKING:
    from stream.markdown.renderer import LessonRenderer

OPTIONS = frozenset({"alt"})


def render(renderer: "LessonRenderer", fence: Fence, children: list[dict[str, Any]]) -> str:
    """The picture with its caption."""
    picture = renderer.picture(fence.argument, fence.options.get("alt", ""), fence.line)
    return renderer.figure(picture, renderer.inside(children).strip())
