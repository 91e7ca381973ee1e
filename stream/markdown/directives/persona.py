"""`{persona} key`: a callout in the voice of one of the site's personas."""

from html import escape
from typing import TYPE_CHECKING, Any

from stream.markdown.directives.fence import Fence

if TYPE_CHECKING:
    from stream.markdown.renderer import LessonRenderer

OPTIONS = frozenset({"lang"})


def render(renderer: "LessonRenderer", fence: Fence, children: list[dict[str, Any]]) -> str:
    """The callout; a persona that the site does not have makes a plain one."""
    language = fence.options.get("lang", "") or renderer.language
    body = renderer.inside(children, language)
    persona = renderer.personas.get(fence.argument)
    if persona is None:
        renderer.notes.problem(fence.line, "unknown-persona", f"site.toml has no {fence.argument!r}", "warning")
        return f'<div class="callout" role="note">{body}</div>\n'
    name = persona.name.get(language, fence.argument)
    line = persona.label.get(language, name)
    foreign = f' lang="{escape(language)}"' if language != renderer.language else ""
    kind = f"callout persona accent-{escape(persona.accent)}"
    opening = f'<div class="{kind}" role="note" aria-label="{escape(name)}"{foreign}>'
    return f'{opening}<p class="eyebrow">{escape(line)}</p>{body}</div>\n'
