"""Visitors' pages, kept compressed and answered before Flask is entered.

A view says with `keep` that its answer is the same for every visitor, and what tells whether it still is. Whoever is
signed in, or asks for a fragment or with a query, is never answered from here.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from stream import clock
from stream.catalogue.loader import Library
from stream.catalogue.model import Catalogue
from stream.web.compression import SMALLEST, WELL, encoding_for, packed, packed_for_good

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES = 6_000_000  # of bodies, compressed or not
ASKED_TO_KEEP, KEPT = "stream.keep", "stream.kept"
OTHER_ANSWERS = frozenset({"HTTP_HX_REQUEST", "HTTP_RANGE", "HTTP_IF_RANGE"})  # headers that ask for something else
LAST = datetime.max.replace(tzinfo=UTC)

Still = Callable[[], object]
Key = tuple[str, ...]


def keep(still: Still) -> None:
    """Let the answer to this request be kept for visitors while `still()` gives an equal value. Call it before
    reading what the answer shows."""
    if ASKED_TO_KEEP in request.environ:
        request.environ[ASKED_TO_KEEP] = (still, still())


def note(response: Response) -> None:
    """Take the answer as it is before compression, if it was to be kept and is nobody's own."""
    asked = request.environ.get(ASKED_TO_KEEP)
    if asked and response.status_code == 200 and response.cache_control.public and not response.direct_passthrough:
        tag, _ = response.get_etag()
        request.environ[KEPT] = (asked, response.get_data(), list(response.headers), tag)


@dataclass(slots=True)
class _Page:
    catalogue: Catalogue
    since: datetime
    until: datetime
    still: Still
    value: object
    tag: str
    headers: list[tuple[str, str]]
    bodies: dict[str, bytes]
    size: int = 0
    answers: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    heads: dict[tuple[str, bool], bytes] = field(default_factory=dict)

    def is_current(self, catalogue: Catalogue | None, at: datetime) -> bool:
        return self.catalogue is catalogue and self.since <= at < self.until and self.still() == self.value

    def body(self, encoding: str) -> bytes:
        found = self.bodies.get(encoding)
        if found is None:
            plain, never_changes = self.bodies[""], any("immutable" in value for _, value in self.headers)
            found = packed_for_good(plain, encoding) if never_changes else packed(plain, encoding, WELL)
            self.bodies[encoding] = found
        return found

    def headers_for(self, encoding: str) -> list[tuple[str, str]]:
        found = self.answers.get(encoding)
        if found is None:
            found = [*self.headers, ("Content-Length", str(len(self.body(encoding))))]
            if encoding:
                found.append(("Content-Encoding", encoding))
            found.append(self._tag_for(encoding))
            self.answers[encoding] = found
        return found

    def headers_unchanged(self, encoding: str) -> list[tuple[str, str]]:
        """Of an answer without a body."""
        of_body = ("Content-Type", "Content-Length", "Content-Encoding")
        return [pair for pair in self.headers_for(encoding) if pair[0] not in of_body]

    def head(self, encoding: str, is_known: bool) -> bytes:
        """Status line and headers, without the blank line that ends them."""
        found = self.heads.get((encoding, is_known))
        if found is None:
            headers = self.headers_unchanged(encoding) if is_known else self.headers_for(encoding)
            lines = ["HTTP/1.1 304 NOT MODIFIED" if is_known else "HTTP/1.1 200 OK", *map(": ".join, headers)]
            found = self.heads[encoding, is_known] = "\r\n".join(lines).encode("latin-1")
        return found

    def _tag_for(self, encoding: str) -> tuple[str, str]:
        """Packed, it is the same words in other bytes."""
        return "ETag", f'{"W/" if encoding else ""}"{self.tag}"'


class KeptPages:
    """A WSGI application in front of another one."""

    def __init__(self, app: Flask, inner: "WSGIApplication", library: Library) -> None:
        self._inner = inner
        self._library = library
        self._session = f"{app.config['SESSION_COOKIE_NAME']}="
        self._pages: OrderedDict[Key, _Page] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        key = self._key(environ)
        if key is None:
            return self._inner(environ, start_response)
        page = self._pages.get(key)
        catalogue = self._library.catalogue()
        if page is not None and page.is_current(catalogue, clock.now()):
            with suppress(KeyError):  # another thread has made room meanwhile
                self._pages.move_to_end(key)
            return self._answer(page, environ, start_response)
        environ[ASKED_TO_KEEP] = None
        answer = self._inner(environ, start_response)
        if KEPT in environ:
            self._take(key, catalogue, environ[KEPT])
        return answer

    def at_once(self, environ: "WSGIEnvironment") -> tuple[bytes, bytes] | None:
        """Head, as yet without a date, and body of the answer if both are at hand: no file is read, nothing packed."""
        key = self._key(environ)
        page = self._pages.get(key) if key else None
        if page is None or not page.is_current(self._library.unchanged(), clock.now()):
            return None
        encoding = _encoding(page, environ)
        if encoding not in page.bodies:
            return None
        is_known = page.tag in environ.get("HTTP_IF_NONE_MATCH", "")
        return page.head(encoding, is_known), b"" if is_known else page.bodies[encoding]

    def _key(self, environ: "WSGIEnvironment") -> Key | None:
        """What the answer depends on; None where it must be made for this request alone."""
        if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING") or not OTHER_ANSWERS.isdisjoint(environ):
            return None
        cookies = environ.get("HTTP_COOKIE", "")
        theme = zone = ""
        if cookies:
            if self._session in cookies:
                return None
            theme, zone = _cookie(cookies, "theme"), _cookie(cookies, "time_zone")
        place = environ["wsgi.url_scheme"], environ.get("HTTP_HOST", ""), environ.get("SCRIPT_NAME", "")
        return (*place, environ["PATH_INFO"], theme, zone)

    def _answer(self, page: _Page, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        encoding = _encoding(page, environ)
        if page.tag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 NOT MODIFIED", page.headers_unchanged(encoding))
            return [b""]
        start_response("200 OK", page.headers_for(encoding)[:])
        return [page.body(encoding)]

    def _take(self, key: Key, catalogue: Catalogue, kept: Any) -> None:
        (still, value), body, headers, tag = kept
        headers = [pair for pair in headers if pair[0] not in ("Content-Length", "ETag")]
        headers = [(name, f"{value}, Accept-Encoding" if name == "Vary" else value) for name, value in headers]
        at = clock.now()  # a clock that jumps back may stand before what the page shows
        page = _Page(catalogue, at, catalogue.next_change(at) or LAST, still, value, tag, headers, {"": body})
        page.size = 2 * len(body)  # with what will be packed of it
        with self._lock:
            before = self._pages.pop(key, None)
            self._pages[key] = page
            self._bytes += page.size - (before.size if before else 0)
            while self._bytes > MOST_BYTES:
                _, oldest = self._pages.popitem(last=False)
                self._bytes -= oldest.size


def _encoding(page: _Page, environ: "WSGIEnvironment") -> str:
    return encoding_for(environ.get("HTTP_ACCEPT_ENCODING", "")) if len(page.bodies[""]) >= SMALLEST else ""


def _cookie(cookies: str, name: str) -> str:
    for part in cookies.split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return ""
