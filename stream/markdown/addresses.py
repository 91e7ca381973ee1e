"""Which addresses a lesson may link to or show. Knows strings; both gates ask here."""

import re
from urllib.parse import unquote

MAX_LENGTH = 2_000

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")


def is_external(url: str) -> bool:
    """Whether a link leads to another host."""
    return url.casefold().startswith(("http://", "https://"))


def may_link(url: str) -> bool:
    """http, https, mailto, or an address on this site; whatever a browser might read as something else is refused."""
    if len(url) > MAX_LENGTH or _INVISIBLE.search(url):
        return False
    if url.casefold().startswith(("http://", "https://", "mailto:")):
        return True
    return _is_relative(url)


def _is_relative(url: str) -> bool:
    decoded = unquote(url).strip()
    first = re.split("[/?#]", decoded, maxsplit=1)[0]
    return not decoded.startswith(("//", "/\\", "\\")) and ":" not in first


def may_show(url: str) -> bool:
    """Pictures come from this site only."""
    return may_link(url) and _is_relative(url) and not is_external(url)


def is_lesson_file(path: str) -> bool:
    """Whether a path as an author writes it stays within the lesson's folder."""
    decoded = unquote(path)
    if not decoded or decoded.startswith("/") or "\\" in decoded or _SCHEME.match(decoded):
        return False
    return ".." not in decoded.split("/") and not set("?#") & set(decoded) and may_show(path)
