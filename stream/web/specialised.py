"""Templates of which most is known before what they are about: rendered once for each kind of thing, then filled in.

What a template decides by is there when it is rendered. What it only prints is left open, and put in for each thing
(partial evaluation: Jones, Gomard, Sestoft, "Partial Evaluation and Automatic Program Generation", 1993). Fifty
comments are of four or five kinds, and rendering one takes ten times as long as filling it in.
"""

import re
from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache

from flask import current_app, g, request
from markupsafe import Markup

from stream.web.kept_fragments import for_page, rendered
from stream.web.page import rendered_html

FIRST = 2_100_000_000  # a number, so that addresses take it for what they hold; no text of ours has it
PLACE = re.compile(r"21000000(\d\d)")
MOST = 128  # kinds of one thing that are remembered, the largest some 2 KB each


def places(count: int) -> list[str]:
    """What a template is given to print in place of so many values. No filter may change it."""
    return [str(FIRST + number) for number in range(count)]


class Specialised:
    """The HTML of one kind of thing. Threads may share it."""

    __slots__ = ("_parts", "_places")

    def __init__(self, html: str) -> None:
        self._parts = PLACE.split(html)
        self._places = [(at, int(self._parts[at])) for at in range(1, len(self._parts), 2)]

    def filled(self, values: Sequence[str]) -> str:
        """With these values, which are HTML, in the order of `places`."""
        parts = self._parts.copy()
        for at, number in self._places:
            parts[at] = values[number]
        return "".join(parts)


class Kinds:
    """Things that one template shows. It is given `look`, what it decides by, and by a name of its own what it only
    prints: the fields of a tuple, all text.
    """

    def __init__(self, template: str, **left_open: Sequence[str]) -> None:
        self._template = template
        self._left_open = left_open
        self._of = lru_cache(maxsize=MOST)(self._specialised)

    def html(self, things: Iterable[tuple[Hashable, Sequence[str]]]) -> Markup:
        """Things, each with its look and with what is printed of it, one after the other."""
        return rendered_html(for_page("".join(self.each(things))))

    def each(self, things: Iterable[tuple[Hashable, Sequence[str]]]) -> list[str]:
        """The same, each as it may be kept."""
        language, root = g.get("language"), request.script_root
        return [self._of(look, language, root).filled(values) for look, values in things]

    def _specialised(self, look: Hashable, _language: str, _root: str) -> Specialised:
        template = current_app.jinja_env.get_template(self._template)
        return Specialised(rendered(lambda: template.render(look=look, **self._left_open)))
