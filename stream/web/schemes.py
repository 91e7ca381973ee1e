"""How a reader came, as a proxy in front tells it: by http or by https. Links of the site are made of it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class WebSchemes:
    """A WSGI application that takes anything else for http: a proxy may hand on what the reader made up."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        told = environ["wsgi.url_scheme"]
        scheme = told if told in ("http", "https") else "http"
        return self._app({**environ, "wsgi.url_scheme": scheme}, start_response)
