"""An answer that is kept, and what tells whether it still is the one that would be made now."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from stream.catalogue.model import Catalogue
from stream.web.changes import changes
from stream.web.compression import BETTER, FAST, SMALLEST, encoding_for, packed, packed_for_good, unpacked
from stream.web.spliced import Spliced

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Headers = list[tuple[str, str]]
Still = Callable[[], object]
OFTEN = 16  # times that an answer is sent, until packing it better is worth its while
OF_BODY = frozenset({"Content-Type", "Content-Length", "Content-Encoding"})
BESIDE = 1_400  # bytes that a member's page takes besides its body
MARK = 8  # letters of a tag by which a browser names a copy that it has (service-worker.js)
HTML, JSON = "text/html; charset=utf-8", "application/json"


@dataclass(frozen=True, slots=True)
class Truth:
    """What an answer was made of: the catalogue, whatever `still` looks at, and for a member's own the number of what
    they see of their own; and until when nothing of it changes by itself.
    """

    catalogue: Catalogue
    still: Still
    value: object
    own: int | None
    since: datetime
    until: datetime

    def holds(self, catalogue: Catalogue | None, own: int | None, at: datetime) -> bool:
        """Whether it is so still."""
        is_time = self.since <= at < self.until
        return self.catalogue is catalogue and self.own == own and is_time and self.still() == self.value


@dataclass(frozen=True, slots=True)
class _Packed:
    """An answer in one encoding; `head` and `head_unchanged` are ready to be sent but for the date."""

    body: bytes
    headers: Headers
    headers_unchanged: Headers
    head: bytes
    head_unchanged: bytes

    @classmethod
    def of(cls, body: bytes, encoding: str, tag: str, headers: Headers) -> "_Packed":
        """Packed, it is the same words in other bytes: a weak tag."""
        packing = [("Content-Encoding", encoding)] if encoding else []
        tags = [("ETag", f'{"W/" if encoding else ""}"{tag}"')] if tag else []
        every = [*headers, ("Content-Length", str(len(body))), *packing, *tags]
        unchanged = without(every, *OF_BODY)
        return cls(body, every, unchanged, head("200 OK", every), head("304 NOT MODIFIED", unchanged))


@dataclass(slots=True)
class SharedAnswer:
    """What every visitor gets: packed once in each encoding, with a tag by which a browser asks whether it is new."""

    truth: Truth
    tag: str
    headers: Headers
    length: int  # unpacked
    _plain: bytes | None  # until it is packed: then it is unpacked again where it is wanted
    _packings: dict[str, _Packed] = field(default_factory=dict)
    _sent: Counter[str] = field(default_factory=Counter)  # encoding -> how often

    @classmethod
    def of(cls, truth: Truth, plain: bytes, headers: Headers, tag: str) -> "SharedAnswer":
        """From the answer as Flask made it."""
        return cls(truth, tag, without(headers, "Content-Length", "ETag"), len(plain), plain)

    @property
    def size(self) -> int:
        """Bytes that it takes, with what will be packed of it."""
        return self.length // 2 + 6_000  # headers stand there in four forms

    @property
    def plain(self) -> bytes:
        """The answer, unpacked."""
        if (plain := self._plain) is not None:
            return plain
        encoding, packing = next((name, found) for name, found in self._packings.items() if name)
        return unpacked(packing.body, encoding)

    def answer(self, environ: "WSGIEnvironment") -> tuple[str, Headers, bytes]:
        """Status, headers and body for this request."""
        encoding = self._encoding(environ)
        self._sent[encoding] += 1
        if encoding not in self._packings or self._sent[encoding] == OFTEN:
            self._pack(encoding)
        found = self._packings[encoding]
        if self._is_known(environ):
            return "304 NOT MODIFIED", found.headers_unchanged[:], b""
        return "200 OK", found.headers[:], found.body

    def at_once(self, environ: "WSGIEnvironment") -> tuple[bytes, bytes] | None:
        """Head and body, where nothing has to be packed for it."""
        encoding = self._encoding(environ)
        found = self._packings.get(encoding)
        if found is None or self._sent[encoding] == OFTEN - 1:
            return None
        self._sent[encoding] += 1
        return (found.head_unchanged, b"") if self._is_known(environ) else (found.head, found.body)

    def is_named_in(self, marks: str) -> bool:
        """Whether a browser that names these copies has this one."""
        return bool(self.tag) and self.tag[:MARK] in marks.split(",")

    def _is_known(self, environ: "WSGIEnvironment") -> bool:
        return bool(self.tag) and self.tag in environ.get("HTTP_IF_NONE_MATCH", "")

    def _encoding(self, environ: "WSGIEnvironment") -> str:
        return encoding_for(environ.get("HTTP_ACCEPT_ENCODING", "")) if self.length >= SMALLEST else ""

    def _pack(self, encoding: str) -> None:
        """Fast at first, so that nobody waits for it; as well as it goes once many ask, and one of them waits."""
        never_changes = any("immutable" in value for _, value in self.headers)
        quality = BETTER if self._sent[encoding] >= OFTEN else FAST
        plain = self.plain
        body = packed_for_good(plain, encoding) if never_changes else packed(plain, encoding, quality)
        self._packings[encoding] = _Packed.of(body, encoding, self.tag, self.headers)
        if encoding:
            self._plain = None


@dataclass(slots=True)
class OwnAnswer:
    """What one member gets on one device, with new ids in it each time."""

    truth: Truth
    headers: Sequence[tuple[str, str]]
    body: Spliced
    size: int
    kind: str = HTML
    _packed_head: bytes = b""
    _compared: "tuple[str, OwnAnswer] | None" = None  # with a copy of this tag

    @classmethod
    def of(cls, truth: Truth, plain: bytes, headers: Headers, _tag: str) -> "OwnAnswer":
        """From the answer as Flask made it."""
        body = Spliced(plain)
        return cls(truth, _the_same(tuple(without(headers, *OF_BODY))), body, body.own + BESIDE)

    def is_compared_with(self, copy: SharedAnswer) -> bool:
        """Whether that has been done."""
        return self._compared is not None and self._compared[0] == copy.tag

    def compared_with(self, copy: SharedAnswer) -> "OwnAnswer":
        """The same, told as what differs from a copy that the browser has; its service worker puts it together."""
        if self._compared is None or self._compared[0] != copy.tag:
            told = Spliced(changes(copy.plain.decode(), self.body.with_holes().decode()).encode())
            headers = _the_same((*self.headers, ("Stream-Copy", copy.tag)))
            self._compared = copy.tag, OwnAnswer(self.truth, headers, told, told.own, JSON)
        return self._compared[1]

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
        of_body = [("Content-Type", self.kind), ("Content-Length", str(len(body)))]
        return [*self.headers, *of_body, *packing]


@lru_cache(maxsize=64)
def _the_same(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """These, as an answer before had them: members' pages mostly have the same ones."""
    return headers


def _takes_gzip(environ: Mapping[str, str]) -> bool:
    return "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") and "gzip;q=0" not in environ["HTTP_ACCEPT_ENCODING"]


def without(headers: Headers, *names: str) -> Headers:
    """The others."""
    return [pair for pair in headers if pair[0] not in names]


def head(status: str, headers: Headers) -> bytes:
    """Status line and headers, without the blank line that ends them."""
    return "\r\n".join([f"HTTP/1.1 {status}", *map(": ".join, headers)]).encode("latin-1")
