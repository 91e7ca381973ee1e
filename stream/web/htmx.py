"""Page or fragment: the same address gives the full page, or to htmx the changed fragments."""

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, make_response, redirect, request


def wants_fragment() -> bool:
    """Whether htmx asks for a piece of the page, not a browser (or htmx going back) for all of it."""
    return asks_for_fragment(request.environ)


def asks_for_fragment(environ: Mapping[str, Any]) -> bool:
    """The same of a request that Flask has not seen."""
    is_whole = "HTTP_HX_BOOSTED" in environ or "HTTP_HX_HISTORY_RESTORE_REQUEST" in environ
    return environ.get("HTTP_HX_REQUEST") == "true" and not is_whole


def fragments(*names: str, status: int = 200, **context: Any) -> Response:
    """The named fragments in one answer: the first was asked for, the others know their place."""
    current_app.update_template_context(context)  # once: it costs as much as a small fragment
    templates = [current_app.jinja_env.get_template(name) for name in names]
    html = (each.render({**context, "out_of_band": index > 0}) for index, each in enumerate(templates))
    return make_response("\n".join(html), status)


def redirect_to(address: str) -> Response:
    """Lead the reader on after a POST: 303 for a browser, `HX-Redirect` for htmx."""
    if not wants_fragment():
        return redirect(address, 303)  # type: ignore[return-value]
    answer = make_response("", 200)
    answer.headers["HX-Redirect"] = address
    return answer
