"""Addresses for templates. A page holds a hundred of them, mostly those of the page before: each is built once, and
those that differ only in a number, such as a comment's, are built from one pattern.
"""

from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, request, url_for

MOST = 2_048
PLACE = 7_390_518_264_000_000_000  # where a pattern's first number goes: no slug is made of such digits


def init_app(app: Flask) -> None:
    """Give templates an `url_for` that remembers, which goes before Flask's own."""

    @lru_cache(maxsize=MOST)
    def remembered(endpoint: str, _language: str | None, _root: str, values: tuple[tuple[str, Any], ...]) -> str:
        return url_for(endpoint, **dict(values))

    app.extensions["stream.addresses"] = remembered
    app.jinja_env.globals["url_for"] = built


def built(endpoint: str, **values: Any) -> str:
    """As Flask's, for what a page asks: addresses of this site, without its host."""
    numbers = [(name, value) for name, value in values.items() if type(value) is int]
    for place, (name, _) in enumerate(numbers, PLACE):
        values[name] = place
    remembered = current_app.extensions["stream.addresses"]
    address: str = remembered(
        endpoint, g.get("language"), request.script_root if request else "", tuple(values.items())
    )
    for place, (_, number) in enumerate(numbers, PLACE):
        address = address.replace(str(place), str(number))
    return address
