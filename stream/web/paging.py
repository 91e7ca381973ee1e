"""Which page of a list the address asks for."""

from flask import request


def page_number() -> int:
    """`?page=` as a number from 1; anything strange means the first page."""
    asked = request.args.get("page", "1")
    is_number = asked.isascii() and asked.isdecimal() and len(asked) < 7
    return max(1, int(asked)) if is_number else 1
