"""Page or fragment: the same address gives the full page, or to htmx the changed fragments."""

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, make_response, redirect, request
from markupsafe import Markup

from stream.web.kept_fragments import Key, kept_pieces
from stream.web.request_key import asks_for_fragment


def wants_fragment() -> bool:
    """Whether htmx asks for a piece of the page, not a browser (or htmx going back) for all of it."""
    return asks_for_fragment(request.environ)


def page_before() -> str | None:
    """The page on which a button was pressed, if it is one of ours."""
    before = request.headers.get("HX-Current-URL") or request.referrer or ""
    host, _, path = before.partition("://")[2].partition("/")
    return f"/{path}" if host == request.host else None


def fragments(*names: str, status: int = 200, **context: Any) -> Response:
    """The named fragments in one answer: the first was asked for, the others know their place. One that is HTML already
    is put in as it is.

    For each template in `keys` there is a name and a key, all that it depends on: where it is kept, it is not rendered.
    """
    keys: Mapping[str, tuple[str, Key]] = context.pop("keys", {})
    rendering = _Rendering(context, names[0])
    keyed = [(name, (piece, *key, name != names[0])) for name, (piece, key) in keys.items()]
    kept = dict(zip(keys, kept_pieces(keyed, rendering.of), strict=True)) if keys else {}
    ready: dict[str, str] = {**kept, **{name: name for name in names if isinstance(name, Markup)}}
    html = (ready[name] if name in ready else rendering.of(name) for name in names)
    return current_app.response_class("\n".join(html), status)


class _Rendering:
    """Fragments of one answer. What all templates know is collected once, and only if one is rendered."""

    def __init__(self, context: dict[str, Any], first: str) -> None:
        self._context = context
        self._first = first
        self._is_complete = False

    def of(self, name: str) -> str:
        """The HTML of one."""
        if not self._is_complete:
            current_app.update_template_context(self._context)
            self._is_complete = True
        return current_app.jinja_env.get_template(name).render({**self._context, "out_of_band": name != self._first})


def redirect_to(address: str) -> Response:
    """Lead the reader on after a POST: 303 for a browser, `HX-Redirect` for htmx."""
    if not wants_fragment():
        return redirect(address, 303)  # type: ignore[return-value]
    answer = make_response("", 200)
    answer.headers["HX-Redirect"] = address
    return answer
