"""Page or fragment: the same address gives the full page, or to htmx the changed fragments."""

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, make_response, redirect, request

from stream.web.kept_fragments import Key, kept
from stream.web.request_key import asks_for_fragment


def wants_fragment() -> bool:
    """Whether htmx asks for a piece of the page, not a browser (or htmx going back) for all of it."""
    return asks_for_fragment(request.environ)


def fragments(*names: str, status: int = 200, **context: Any) -> Response:
    """The named fragments in one answer: the first was asked for, the others know their place.

    For each template in `keys` there is a name and a key, all that it depends on: where it is kept, it is not rendered.
    """
    rendering = _Rendering(context)
    html = (rendering.of(name, is_first=index == 0) for index, name in enumerate(names))
    return make_response("\n".join(html), status)


class _Rendering:
    """Fragments of one answer. What all templates know is collected once, and only if one is rendered."""

    def __init__(self, context: dict[str, Any]) -> None:
        self._keys: Mapping[str, tuple[str, Key]] = context.pop("keys", {})
        self._context = context
        self._is_complete = False

    def of(self, name: str, is_first: bool) -> str:
        """The HTML of one."""
        if name not in self._keys:
            return self._rendered(name, is_first)
        piece, key = self._keys[name]
        return kept(piece, (*key, not is_first), lambda: self._rendered(name, is_first))

    def _rendered(self, name: str, is_first: bool) -> str:
        if not self._is_complete:
            current_app.update_template_context(self._context)
            self._is_complete = True
        return current_app.jinja_env.get_template(name).render({**self._context, "out_of_band": not is_first})


def redirect_to(address: str) -> Response:
    """Lead the reader on after a POST: 303 for a browser, `HX-Redirect` for htmx."""
    if not wants_fragment():
        return redirect(address, 303)  # type: ignore[return-value]
    answer = make_response("", 200)
    answer.headers["HX-Redirect"] = address
    return answer
