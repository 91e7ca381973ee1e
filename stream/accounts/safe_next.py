"""Where a `next=` may lead: to a page of this site and nowhere else."""

import re
import unicodedata
from urllib.parse import parse_qs, quote, unquote, urlsplit

from flask import request

LONGEST = 2000
FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\\]|//|(?:^|/)\.{1,2}(?:/|$)")
KEPT = "/%:=&?~#+!$,;'@()*[]"


def safe_next(value: str | None, default: str) -> str:
    """`value`, ready for a Location header, if it is the path of a page of this site; else `default`."""
    if not value or len(value) > LONGEST or not value.isprintable():
        return default
    path = re.split(r"[?#]", value, maxsplit=1)[0]
    is_below = path == _root() or path.startswith(f"{_root()}/")
    if is_below and all(_stays(form) for form in (path, unquote(path), unquote(unquote(path)))):
        return quote(value, safe=KEPT)
    return default


def unwrapped(address: str, default: str) -> str:
    """Where a safe `address` leads in the end: past sign-in and sign-up to their own `next`."""
    parts = urlsplit(address)
    pieces = parts.path.removeprefix(_root()).strip("/").split("/")
    if "reset" in pieces[1:2]:
        return default
    if pieces[1:] not in (["sign-in"], ["sign-up"]):
        return address
    inner = safe_next(parse_qs(parts.query).get("next", [""])[0], default)
    return unwrapped(inner, default) if len(inner) < len(address) else default


def _root() -> str:
    """The path of the host below which this site stands."""
    return request.script_root if request else ""


def _stays(path: str) -> bool:
    """Whether browsers read `path` as a path of this host: also those that take a wide slash for a slash."""
    plain = unicodedata.normalize("NFKC", path)
    return path.startswith("/") and not FORBIDDEN.search(path) and not FORBIDDEN.search(plain)
