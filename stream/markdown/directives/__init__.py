"""What `:::{name}` may be: one small module per syntax. A new one is a module and a line here."""

from collections.abc import Mapping

from stream.markdown.directives import callout, compare, details, exercise, figure, persona, takeaways
from stream.markdown.directives.directive import Directive
from stream.markdown.html import Render

_MODULES = (persona, callout, details, figure, compare, takeaways, exercise)

DIRECTIVES: Mapping[str, Directive] = {each.name: each for module in _MODULES for each in module.DIRECTIVES}
RENDERERS: Mapping[str, Render] = {
    kind: render for module in _MODULES for kind, render in getattr(module, "RENDERERS", {}).items()
}
