"""A line for each request, where the admin asks for it: without address, query or secret. Nobody's business."""

import logging
import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("stream.access")
SECRET = re.compile("<(?:token|reference)>")  # arguments of routes that are as good as a password


class AccessLog:
    """A WSGI application that writes down method, path, status and milliseconds of what another one answers."""

    def __init__(self, app: Flask, inner: "WSGIApplication") -> None:
        self._app = app
        self._inner = inner

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        begun = time.perf_counter()

        def answered(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            milliseconds = 1000 * (time.perf_counter() - begun)
            path = ascii(told(self._app, environ.get("PATH_INFO", "")))[1:-1]
            log.info("%s %s %s %.1f ms", ascii(environ["REQUEST_METHOD"])[1:-1], path, status[:3], milliseconds)
            return start_response(status, headers, *error)

        return self._inner(environ, answered)


def told(app: Flask, path: str) -> str:
    """The path of a request as the log may hold it: what would let somebody in is left out."""
    found: re.Pattern[str] | None = app.extensions.get("stream.secret_places")
    if found is None:
        found = app.extensions["stream.secret_places"] = _secret_places(app)
    return found.sub(r"\1...", path)


def _secret_places(app: Flask) -> re.Pattern[str]:
    before = {SECRET.split(rule.rule)[0] for rule in app.url_map.iter_rules() if SECRET.search(rule.rule)}
    places = sorted(re.sub("<[^>]+>", "[^/]+", place) for place in before)
    return re.compile(f"^({'|'.join(places)})[^/]+")
