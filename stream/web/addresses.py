"""Addresses for templates. A page holds a hundred of them, mostly those of the page before: each is built once."""

from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, request, url_for

MOST = 2_048


def init_app(app: Flask) -> None:
    """Give templates an `url_for` that remembers, which goes before Flask's own."""

    @lru_cache(maxsize=MOST)
    def remembered(endpoint: str, _language: str | None, _root: str, values: tuple[tuple[str, Any], ...]) -> str:
        return url_for(endpoint, **dict(values))

    app.extensions["stream.addresses"] = remembered
    app.jinja_env.globals["url_for"] = built


def built(endpoint: str, **values: Any) -> str:
    """As Flask's, for what a page asks: addresses of this site, without its host."""
    remembered = current_app.extensions["stream.addresses"]
    address: str = remembered(
        endpoint, g.get("language"), request.script_root if request else "", tuple(values.items())
    )
    return address
