"""A site below a path of its host, such as https://example.org/learn: what `public_url` says is enough."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_TAG = re.compile(
    r'<[a-z](?:[^">]|"[^"]*")*>'
)  # as the sanitiser writes them: values in double quotes, which are escaped
_OF_SITE = re.compile(r' (href|src)="/(?!/)')


class Mounted:
    """A WSGI application that stands below `root`, whether the proxy in front takes `root` off the path or not."""

    def __init__(self, app: "WSGIApplication", root: str) -> None:
        self._app = app
        self._root = root

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        below = path == self._root or path.startswith(f"{self._root}/")
        inside = (path.removeprefix(self._root) if below else path) or "/"
        return self._app({**environ, "SCRIPT_NAME": self._root, "PATH_INFO": inside}, start_response)


def moved(html: str, root: str) -> str:
    """Cleaned HTML with the links and pictures of this site below `root`: texts are written without knowing it."""
    if not root:
        return html
    return _TAG.sub(lambda tag: _OF_SITE.sub(rf' \1="{root}/', tag[0]), html)
