"""A line for each request, where the admin asks for it. It holds no address and no query: nobody's business."""

import logging
import time

from flask import Flask, Response, g, request

log = logging.getLogger("stream.access")


def init_app(app: Flask) -> None:
    """Write method, path, status and milliseconds of every request."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.begun = time.perf_counter()


def _end(response: Response) -> Response:
    milliseconds = 1000 * (time.perf_counter() - g.begun)
    log.info("%s %s %s %.1f ms", request.method, ascii(request.path)[1:-1], response.status_code, milliseconds)
    return response
