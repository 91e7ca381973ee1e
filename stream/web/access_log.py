"""A line for each request, where the admin asks for it. It holds no address and no query: nobody's business."""

import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("stream.access")


class AccessLog:
    """A WSGI application that writes down method, path, status and milliseconds of what another one answers."""

    def __init__(self, inner: "WSGIApplication") -> None:
        self._inner = inner

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        begun = time.perf_counter()

        def answered(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            milliseconds = 1000 * (time.perf_counter() - begun)
            path = ascii(environ.get("PATH_INFO", ""))[1:-1]
            log.info("%s %s %s %.1f ms", environ["REQUEST_METHOD"], path, status[:3], milliseconds)
            return start_response(status, headers, *error)

        return self._inner(environ, answered)
