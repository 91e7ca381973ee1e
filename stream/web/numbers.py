"""Numbers that an address or a form holds: never more than every database has room for."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter

LARGEST = 2**31 - 1


class Number(IntegerConverter):
    """`<int:…>` in an address. What is too large is the number of nothing: 404."""

    regex = "[0-9]{1,10}"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": LARGEST, **kwargs})


def init_app(app: Flask) -> None:
    """Read numbers in addresses so. Must come before the addresses are made."""
    app.url_map.converters["int"] = Number


def whole(text: str) -> int:
    """A number from 0, for `type=` of a form's field. Raises ValueError for anything else, and for more than fits."""
    if not (text.isascii() and text.isdecimal() and len(text) < 11 and int(text) <= LARGEST):
        raise ValueError("no number that a form of ours holds")
    return int(text)
