"""`{takeaways}`: a list that the page shows in a card of its own, and the course page collects."""

from typing import TYPE_CHECKING, Any

from stream.markdown.directives.fence import Fence

if TYPE_CHECKING:
    from stream.markdown.renderer import LessonRenderer

OPTIONS: frozenset[str] = frozenset()


def takeaways_of(renderer: "LessonRenderer", fence: Fence, children: list[dict[str, Any]]) -> tuple[str, ...]:
    """Each item's HTML."""
    lists = [child for child in children if child["type"] == "list"]
    if not lists:
        renderer.notes.problem(fence.line, "takeaways-list", "{takeaways} holds a list, one item for each takeaway")
        return ()
    return tuple(renderer.clean(renderer.inside(item["children"]).strip()) for item in lists[0]["children"])
