"""Smaller answers: brotli, or gzip for whom that is news; packed fast where sent once, well where many get it."""

import zlib
from functools import lru_cache

import brotli
from flask import Flask, Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from stream.web.vary import depends_on

TYPES = frozenset(
    {
        "text/html",
        "text/css",
        "text/javascript",
        "text/csv",
        "text/plain",
        "image/svg+xml",
        "application/json",
        "application/ld+json",
        "application/manifest+json",
        "application/atom+xml",
        "application/xml",
    }
)
SMALLEST = 500  # bytes; below, the header costs more than is won
FAST = 4  # a lesson in 0.4 ms; 5 takes twice that for a twelfth fewer bytes
FASTER = 2  # less than half the time and a tenth more bytes: for what follows an act, a whole thread at most
FASTEST = 1  # a quarter of the time and an eighth more bytes
SMALL = 8_000  # bytes, as what follows most acts has; with an eighth more, they take no packet more
BETTER = 10  # in 10 ms and a fifth smaller: for what many get until it changes
BEST = 11  # in 30 ms and a fortieth smaller still: for what never changes
KEPT = "stream.kept"  # in the environment of a request whose answer is kept, and packed where it is
SMALLEST_WINDOW, LARGEST_WINDOW = 10, 22  # of brotli, as powers of two


def init_app(app: Flask) -> None:
    """Compress answers on their way out. Must come before whatever makes entity tags: those are of the plain answer."""
    app.after_request(_compress)


@lru_cache(maxsize=256)
def encoding_for(accepted: str) -> str:
    """ "br", "gzip" or "" for an `Accept-Encoding` header."""
    wanted = parse_accept_header(accepted, Accept)
    return next((name for name in ("br", "gzip") if wanted[name] > 0), "")


def packed(plain: bytes, encoding: str, quality: int) -> bytes:
    """`plain` in this encoding; `quality` is from 0 to 11, of which gzip knows 9."""
    if encoding == "br":
        window = max(
            SMALLEST_WINDOW, min(LARGEST_WINDOW, len(plain).bit_length())
        )  # a larger one is memory for nothing
        return bytes(brotli.compress(plain, quality=quality, lgwin=window))
    return zlib.compress(plain, min(quality, 9), wbits=31) if encoding == "gzip" else plain


def unpacked(body: bytes, encoding: str) -> bytes:
    """What was packed in this encoding."""
    return bytes(brotli.decompress(body)) if encoding == "br" else zlib.decompress(body, wbits=31)


@lru_cache(maxsize=16)
def packed_for_good(plain: bytes, encoding: str) -> bytes:
    """`plain` in this encoding, as small as it gets: for what never changes under its address."""
    return packed(plain, encoding, BEST)


def _compress(response: Response) -> Response:
    told = {name.lower(): value for name, value in response.headers}
    kind = told.get("content-type", "").partition(";")[0]
    if kind not in TYPES or response.status_code in (204, 206, 304) or response.is_streamed:
        return response
    depends_on(response, "Accept-Encoding")
    environ = request.environ
    if "content-encoding" in told or response.direct_passthrough or KEPT in environ:
        return response
    encoding, plain = encoding_for(environ.get("HTTP_ACCEPT_ENCODING", "")), response.get_data()
    if encoding and len(plain) >= SMALLEST:
        never_changes = "immutable" in told.get("cache-control", "")
        quality = FASTEST if len(plain) < SMALL else FASTER if environ["REQUEST_METHOD"] == "POST" else FAST
        response.set_data(packed_for_good(plain, encoding) if never_changes else packed(plain, encoding, quality))
        response.headers.add("Content-Encoding", encoding)
        tag, is_weak = response.get_etag() if "etag" in told else (None, True)
        if tag and not is_weak:
            response.set_etag(tag, weak=True)  # the same words in other bytes
    return response
