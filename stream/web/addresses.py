"""Addresses for templates. A page holds a hundred of them, mostly those of the page before: each is built once."""

from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, request, url_for

MOST = 8_192


def init_app(app: Flask) -> None:
    """Give templates an `url_for` that remembers, which goes before Flask's own."""

    @lru_cache(maxsize=MOST)
    def built(endpoint: str, _language: str | None, _root: str, values: tuple[tuple[str, Any], ...]) -> str:
        return url_for(endpoint, **dict(values))

    app.extensions["stream.addresses"] = built
    app.jinja_env.globals["url_for"] = _known


def _known(endpoint: str, **values: Any) -> str:
    """As Flask's, for what a template asks: addresses of this site, without its host."""
    built = current_app.extensions["stream.addresses"]
    address: str = built(endpoint, g.get("language"), request.script_root if request else "", tuple(values.items()))
    return address
