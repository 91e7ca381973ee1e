"""`{compare}` holding two to four of `{wrong}`, `{right}` or `{card}`: side by side where there is room."""

from typing import TYPE_CHECKING, Any

from stream.markdown.directives.fence import Fence
from stream.markdown.labels import label

if TYPE_CHECKING:
    from stream.markdown.renderer import LessonRenderer

OPTIONS: frozenset[str] = frozenset()
CARDS = ("wrong", "right", "card")
FEWEST, MOST = 2, 4


def render(renderer: "LessonRenderer", fence: Fence, children: list[dict[str, Any]]) -> str:
    """The cards, in source order."""
    cards = [child for child in children if _is_card(child)]
    if not FEWEST <= len(cards) <= MOST:
        renderer.notes.problem(
            fence.line, "compare-cards", f"{{compare}} holds {FEWEST} to {MOST} cards, not {len(cards)}"
        )
    return f'<div class="compare">{renderer.inside(children)}</div>\n'


def render_card(renderer: "LessonRenderer", fence: Fence, children: list[dict[str, Any]]) -> str:
    """One card. What is wrong or right is said in words too, not by colour alone."""
    said = f"{label(fence.name, renderer.language)}: " if fence.name != "card" else ""
    hidden = f'<span class="visually-hidden">{said}</span>' if said else ""
    kind = "plain" if fence.name == "card" else fence.name
    body = renderer.inside(children)
    title = f'<p class="card-title">{hidden}{renderer.inline(fence.argument)}</p>'
    return f'<div class="card {kind}">{title}{body}</div>\n'


def _is_card(token: dict[str, Any]) -> bool:
    return token["type"] == "directive" and token["fence"].name in CARDS
