"""What an answer that is kept depends on, told from a request before Flask is entered."""

from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

OTHER_ANSWERS = frozenset({"HTTP_RANGE", "HTTP_IF_RANGE"})  # headers that ask for something else
SHOWN = frozenset({"sort", "page"})  # of a query, what pages that are kept look at
QUESTIONS = ("/standing",)  # endings of addresses that change nothing and are asked by a form
FORM = "application/x-www-form-urlencoded"
LONGEST_QUESTION = 20_000  # bytes: a device's events of some months
STATIC = "/static/"  # the same for everybody, whatever cookies come along


class Key(NamedTuple):
    """What an answer depends on. `session` is the member's cookie, which a token in the page belongs to."""

    place: tuple[str, str, str]
    path: str
    is_fragment: bool
    theme: str
    zone: str
    session: str
    question: bytes  # what was sent along, where the same question has the same answer


def key_of(environ: "WSGIEnvironment", session_cookie: str) -> Key | None:
    """What the answer depends on; None where it must be made for this request alone.

    `session_cookie` is the name of that cookie and an equals sign.
    """
    is_question = environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].endswith(QUESTIONS)
    if not (environ["REQUEST_METHOD"] == "GET" or is_question) or not OTHER_ANSWERS.isdisjoint(environ):
        return None
    if (query := environ.get("QUERY_STRING")) and not _is_ignored(query):
        return None
    path, cookies = environ["PATH_INFO"], environ.get("HTTP_COOKIE", "")
    theme = zone = signed_in = ""
    if cookies and not path.startswith(STATIC):
        theme, zone = _cookie(cookies, "theme="), _cookie(cookies, "time_zone=")
        signed_in = _cookie(cookies, session_cookie)
    place = environ["wsgi.url_scheme"], environ.get("HTTP_HOST", ""), environ.get("SCRIPT_NAME", "")
    question = _question(environ) if is_question and not signed_in else b""
    if is_question and not question:
        return None
    return Key(place, path, asks_for_fragment(environ), theme, zone, signed_in, question)


def asks_for_fragment(environ: Mapping[str, Any]) -> bool:
    """Whether htmx asks for a piece of the page, not a browser (or htmx going back) for all of it."""
    is_whole = "HTTP_HX_BOOSTED" in environ or "HTTP_HX_HISTORY_RESTORE_REQUEST" in environ
    return environ.get("HTTP_HX_REQUEST") == "true" and not is_whole


def _question(environ: "WSGIEnvironment") -> bytes:
    """What a form of this site holds, unless it is long; it can be read again."""
    length = environ.get("CONTENT_LENGTH") or ""
    origin = environ.get("HTTP_ORIGIN", "").partition("://")[2]
    is_ours = origin in ("", environ.get("HTTP_HOST")) and environ.get("HTTP_SEC_FETCH_SITE") in (None, "same-origin")
    is_form = (
        environ.get("CONTENT_TYPE", "").partition(";")[0] == FORM
        and length.isdecimal()
        and int(length) <= LONGEST_QUESTION
    )
    if not is_ours or not is_form:
        return b""
    sent: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = BytesIO(sent)
    return sent


def _is_ignored(query: str) -> bool:
    """Whether no page that is kept looks at anything in it: what others add to links, such as utm_source."""
    try:
        return SHOWN.isdisjoint(name for name, _ in parse_qsl(query, keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return False


def _cookie(cookies: str, name: str) -> str:
    """The value of the cookie whose `name` ends with an equals sign."""
    for part in cookies.split(";"):
        part = part.strip()
        if part.startswith(name):
            return part[len(name) :]
    return ""
