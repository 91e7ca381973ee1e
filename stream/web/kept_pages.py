"""Pages that are kept, packed and answered before Flask is entered: what every visitor gets alike, and what a member
got a moment ago.

A view says with `keeping.keep` that its answer may be kept, and what tells whether it still is the right one. A number
in the database (`accounts.reader`) tells whether what a member sees of their own has changed: nothing is kept for a
time, only as long as it is true.
"""

import sqlite3
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from stream import clock
from stream.catalogue.loader import Library
from stream.catalogue.model import Catalogue
from stream.web.compression import KEPT
from stream.web.keeping import ASKED, Asked
from stream.web.kept_answers import OwnAnswer, SharedAnswer, Truth
from stream.web.request_key import Key, key_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES = 2_000_000  # of everybody's answers: a hundred pages and the files they name
MOST_OWN_BYTES = 2_700_000  # of members': the last pages of some hundred
COPIES = "HTTP_SERVICE_WORKER_NAVIGATION_PRELOAD"  # in which service-worker.js says what the browser has
UNKNOWN = -1
UNREADABLE = (sqlite3.Error, SQLAlchemyError)


class Reader(Protocol):
    """Tells how often what a session's member sees of their own has changed; None: ask Flask."""

    def version(self, cookie: str) -> int | None: ...


class KeptPages:
    """A WSGI application in front of another one."""

    def __init__(self, app: Flask, inner: "WSGIApplication", library: Library, reader: Reader) -> None:
        self._inner = inner
        self._library = library
        self._reader = reader
        self._session = f"{app.config['SESSION_COOKIE_NAME']}="
        self._shared, self._own = _Shelf(MOST_BYTES), _Shelf(MOST_OWN_BYTES)

    def __len__(self) -> int:
        return len(self._shared.answers) + len(self._own.answers)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        key = key_of(environ, self._session)
        if key is None:
            return self._inner(environ, start_response)
        catalogue = self._library.catalogue()
        try:
            own = self._own_version(key)
            found = self._found(key, catalogue, own)
        except UNREADABLE:
            return self._inner(environ, start_response)  # which says so in words
        if found is not None:
            self._shelf(key).touch(key)
            status, headers, body = self._shortest(key, found, environ).answer(environ)
            start_response(status, headers)
            return [body]
        return self._made(key, Asked(own), catalogue, environ, start_response)

    def at_once(self, environ: "WSGIEnvironment") -> tuple[bytes, bytes] | None:
        """Head, as yet without a date, and body of the answer if both are at hand: no file is read, nothing packed."""
        key = key_of(environ, self._session)
        if key is None or key not in self._shelf(key).answers:
            return None
        try:
            found = self._found(key, self._library.unchanged(), self._own_version(key))
        except UNREADABLE:
            return None
        self._shelf(key).touch(key)
        if copy := isinstance(found, OwnAnswer) and self._copy(key, environ):
            found = found.compared_with(copy) if found.is_compared_with(copy) else None
        return found.at_once(environ) if found else None

    def _shelf(self, key: Key) -> "_Shelf":
        return self._own if key.session else self._shared

    def _own_version(self, key: Key) -> int | None:
        """The number of what the member sees of their own; UNKNOWN where Flask must look who that is."""
        if not key.session:
            return None
        version = self._reader.version(key.session)
        return UNKNOWN if version is None else version

    def _found(self, key: Key, catalogue: Catalogue | None, own: int | None) -> SharedAnswer | OwnAnswer | None:
        found = self._shelf(key).answers.get(key)
        return found if found is not None and found.truth.holds(catalogue, own, clock.now()) else None

    def _made(
        self, key: Key, asked: Asked, catalogue: Catalogue, environ: "WSGIEnvironment",
        start_response: "StartResponse",
    ) -> Iterable[bytes]:  # fmt: skip
        """The answer of Flask, kept if a view said so; then sent as it will be again. One to a query never is."""
        if not environ.get("QUERY_STRING") and asked.own != UNKNOWN:
            environ[ASKED] = asked
        begun: list[Any] = []
        answer = self._inner(environ, lambda *told: begun.append(told))  # type: ignore[arg-type]
        if KEPT not in environ:
            start_response(*begun[-1])
            return answer
        _close(answer)
        kept = self._take(key, asked.truth(catalogue), *environ[KEPT])
        status, headers, body = self._shortest(key, kept, environ).answer(environ)
        start_response(status, headers)
        return [body]

    def _shortest(
        self, key: Key, answer: SharedAnswer | OwnAnswer, environ: "WSGIEnvironment"
    ) -> SharedAnswer | OwnAnswer:
        """The answer, or what differs from the copy that the browser has."""
        copy = self._copy(key, environ)
        if copy is None or not isinstance(answer, OwnAnswer):
            return answer
        was_compared = answer.is_compared_with(copy)
        told = answer.compared_with(copy)
        if not was_compared:
            self._own.note_growth(key, answer, told.size)
        return told

    def _copy(self, key: Key, environ: "WSGIEnvironment") -> SharedAnswer | None:
        """The same page as everybody gets it, if the browser says that it has just that."""
        marks = environ.get(COPIES)
        if not marks or not key.session:
            return None
        found = self._shared.answers.get(key._replace(theme="", zone="", session=""))
        return found if isinstance(found, SharedAnswer) and found.is_named_in(marks) else None

    def _take(
        self, key: Key, truth: Truth, body: bytes, headers: list[tuple[str, str]], tag: str
    ) -> SharedAnswer | OwnAnswer:
        kind: type[SharedAnswer] | type[OwnAnswer] = OwnAnswer if key.session else SharedAnswer
        answer = kind.of(truth, body, _lasting(headers), tag)
        self._shelf(key).put(key, answer)
        return answer


class _Shelf:
    """Answers that are kept, the ones asked for last; threads may share it."""

    def __init__(self, most: int) -> None:
        self.answers: OrderedDict[Key, SharedAnswer | OwnAnswer] = OrderedDict()
        self._most = most
        self._bytes = 0
        self._lock = Lock()

    def touch(self, key: Key) -> None:
        """It was asked for."""
        with suppress(KeyError):  # another thread has made room meanwhile
            self.answers.move_to_end(key)

    def put(self, key: Key, answer: SharedAnswer | OwnAnswer) -> None:
        """Keep it."""
        with self._lock:
            before = self.answers.pop(key, None)
            self.answers[key] = answer
            self._bytes += answer.size - (before.size if before else 0)
            self._make_room()

    def note_growth(self, key: Key, answer: OwnAnswer, size: int) -> None:
        """It takes so many bytes more."""
        with self._lock:
            if self.answers.get(key) is answer:
                answer.size += size
                self._bytes += size
                self._make_room()

    def _make_room(self) -> None:
        while self._bytes > self._most:
            _, oldest = self.answers.popitem(last=False)
            self._bytes -= oldest.size


def _lasting(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without the date, which each answer has of its own; and caches are told that it is packed for some."""
    varying = [value for name, value in headers if name == "Vary"]
    others = [pair for pair in headers if pair[0] not in ("Vary", "Date")]
    return [*others, ("Vary", ", ".join([*varying, "Accept-Encoding"]))]


def _close(answer: Iterable[bytes]) -> None:
    """As a server does with what it has sent (PEP 3333)."""
    if close := getattr(answer, "close", None):
        close()
