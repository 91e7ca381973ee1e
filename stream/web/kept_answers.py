"""An answer that is kept, and what tells whether it still is the one that would be made now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from stream.catalogue.model import Catalogue
from stream.web.compression import SMALLEST, WELL, encoding_for, packed, packed_for_good
from stream.web.spliced import Spliced

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Headers = list[tuple[str, str]]
Still = Callable[[], object]
OF_BODY = frozenset({"Content-Type", "Content-Length", "Content-Encoding"})


@dataclass(frozen=True, slots=True)
class Truth:
    """What an answer was made of: the catalogue, whatever `still` looks at, and for a member's own the number of what
    they see of their own; and until when nothing of it changes by itself.
    """

    catalogue: Catalogue
    still: Still
    value: object
    own: int | None
    until: datetime

    def holds(self, catalogue: Catalogue | None, own: int | None, at: datetime) -> bool:
        """Whether it is so still."""
        return self.catalogue is catalogue and self.own == own and at < self.until and self.still() == self.value


@dataclass(slots=True)
class SharedAnswer:
    """What every visitor gets: packed once in each encoding, with a tag by which a browser asks whether it is new."""

    truth: Truth
    tag: str
    headers: Headers
    bodies: dict[str, bytes]
    size: int
    _answers: dict[str, Headers] = field(default_factory=dict)
    _heads: dict[tuple[str, bool], bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, truth: Truth, plain: bytes, headers: Headers, tag: str) -> "SharedAnswer":
        """From the answer as Flask made it."""
        size = 2 * len(plain)  # with what will be packed of it
        return cls(truth, tag, without(headers, "Content-Length", "ETag"), {"": plain}, size)

    def answer(self, environ: "WSGIEnvironment") -> tuple[str, Headers, bytes]:
        """Status, headers and body for this request."""
        encoding = self._encoding(environ)
        if self._is_known(environ):
            return "304 NOT MODIFIED", self._headers_unchanged(encoding), b""
        return "200 OK", self._headers_for(encoding)[:], self._body(encoding)

    def at_once(self, environ: "WSGIEnvironment") -> tuple[bytes, bytes] | None:
        """Head and body, where nothing has to be packed for it."""
        encoding = self._encoding(environ)
        if encoding not in self.bodies:
            return None
        is_known = self._is_known(environ)
        return self._head(encoding, is_known), b"" if is_known else self.bodies[encoding]

    def _is_known(self, environ: "WSGIEnvironment") -> bool:
        return self.tag in environ.get("HTTP_IF_NONE_MATCH", "")

    def _encoding(self, environ: "WSGIEnvironment") -> str:
        return encoding_for(environ.get("HTTP_ACCEPT_ENCODING", "")) if len(self.bodies[""]) >= SMALLEST else ""

    def _body(self, encoding: str) -> bytes:
        found = self.bodies.get(encoding)
        if found is None:
            plain, never_changes = self.bodies[""], any("immutable" in value for _, value in self.headers)
            found = packed_for_good(plain, encoding) if never_changes else packed(plain, encoding, WELL)
            self.bodies[encoding] = found
        return found

    def _headers_for(self, encoding: str) -> Headers:
        found = self._answers.get(encoding)
        if found is None:
            found = [*self.headers, ("Content-Length", str(len(self._body(encoding))))]
            if encoding:
                found.append(("Content-Encoding", encoding))
            found.append(("ETag", f'{"W/" if encoding else ""}"{self.tag}"'))  # packed: the same words in other bytes
            self._answers[encoding] = found
        return found

    def _headers_unchanged(self, encoding: str) -> Headers:
        """Of an answer without a body."""
        return without(self._headers_for(encoding), *OF_BODY)

    def _head(self, encoding: str, is_known: bool) -> bytes:
        found = self._heads.get((encoding, is_known))
        if found is None:
            headers = self._headers_unchanged(encoding) if is_known else self._headers_for(encoding)
            found = self._heads[encoding, is_known] = head("304 NOT MODIFIED" if is_known else "200 OK", headers)
        return found


@dataclass(slots=True)
class OwnAnswer:
    """What one member gets on one device, with new ids in it each time."""

    truth: Truth
    headers: Headers
    body: Spliced
    size: int
    _packed_head: bytes = b""

    @classmethod
    def of(cls, truth: Truth, plain: bytes, headers: Headers, _tag: str) -> "OwnAnswer":
        """From the answer as Flask made it."""
        body = Spliced(plain)
        return cls(truth, without(headers, *OF_BODY), body, len(body) + 2_000)

    def answer(self, environ: "WSGIEnvironment") -> tuple[str, Headers, bytes]:
        """Status, headers and body for this request."""
        is_packed = _takes_gzip(environ)
        body = self.body.packed() if is_packed else self.body.plain()
        return "200 OK", self._headers_for(body, is_packed), body

    def at_once(self, environ: "WSGIEnvironment") -> tuple[bytes, bytes] | None:
        """Head and body, where nothing has to be unpacked for it."""
        if not _takes_gzip(environ):
            return None
        body = self.body.packed()
        if not self._packed_head:
            self._packed_head = head("200 OK", self._headers_for(body, is_packed=True))  # the length is always the same
        return self._packed_head, body

    def _headers_for(self, body: bytes, is_packed: bool) -> Headers:
        packing = [("Content-Encoding", "gzip")] if is_packed else []
        of_body = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
        return [*self.headers, *of_body, *packing]


def _takes_gzip(environ: Mapping[str, str]) -> bool:
    return "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") and "gzip;q=0" not in environ["HTTP_ACCEPT_ENCODING"]


def without(headers: Headers, *names: str) -> Headers:
    """The others."""
    return [pair for pair in headers if pair[0] not in names]


def head(status: str, headers: Headers) -> bytes:
    """Status line and headers, without the blank line that ends them."""
    return "\r\n".join([f"HTTP/1.1 {status}", *map(": ".join, headers)]).encode("latin-1")
