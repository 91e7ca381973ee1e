"""What an answer depends on, as its `Vary` says it to caches."""

from functools import lru_cache

from flask import Response
from werkzeug.http import parse_set_header


def depends_on(response: Response, *names: str) -> None:
    """Name these headers of the request, too. Each answer passes here three times, with always the same few texts."""
    told = response.headers.get("Vary", "")
    if (wider := _with(told, names)) != told:
        response.headers["Vary"] = wider


@lru_cache(maxsize=64)
def _with(told: str, names: tuple[str, ...]) -> str:
    known = parse_set_header(told)
    known.update(names)
    return known.to_header()
