"""Requests of any kind, by visitors, members and admins: every page and form with any field, searches, any header."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import given as world
from flask.testing import FlaskClient
from hypothesis import strategies as st
from routes import FORM, VALUES, addresses, contents
from targets import Law, Site, Target, site
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

STREAM = Path(__file__).parents[2] / "stream"
IN_CODE = re.compile(r"""form\.get(?:list)?\(\s*"(\w+)"|form\["(\w+)"\]""")
IN_QUERIES = re.compile(r"""(?:args|values)\.get(?:list)?\(\s*"(\w+)\"""")
IN_PAGES = re.compile(r"""<(?:input|select|textarea|button)[^>]*\sname="(\w+)\"""")
PLAIN, FILES = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"


def field_names() -> list[str]:
    """Every name of a field that the code reads or a form has."""
    found = {name for file in STREAM.rglob("*.py") for match in IN_CODE.findall(file.read_text()) for name in match}
    found |= {name for file in STREAM.rglob("*.html") for name in IN_PAGES.findall(file.read_text())}
    return sorted(found - {"", "csrf_token"})


def query_names() -> list[str]:
    """Every name that the code looks for behind a question mark."""
    return sorted({name for file in STREAM.rglob("*.py") for name in IN_QUERIES.findall(file.read_text())})


NAMES, ASKED = field_names(), query_names()
USUAL = {**FORM, "new": "another long passphrase", "current": world.PASSWORD, "confirm_password": world.PASSWORD,
         "time_zone": "Asia/Seoul", "typed_name": "minji", "leave_password": world.PASSWORD, "role": "author",
         "comments": "remove", "text": "---\ntitle: x\n---\nx", "base": "0" * 12, "message": "x", "theme": "dark",
         "policy": "open", "places": "3", "days": "3", "code": "00000000", "alt": "x", "version": "1"}  # fmt: skip
DOINGS = ["add", "hide", "show", "delete", "block", "let-through", "attempt", "model", "note", "save", "preview"]
DOINGS += ["code"]
DOINGS += ["off", "on", "all", "none", "first", "keep", "remove", "admin", "moderator", "author", "member", "fixed"]
DOINGS += ["declined", "1", "0", "-1", "9" * 30, "1e9", "NaN", "٣", "dial", "dial/dial", "minji", "yes", "daily"]
DOINGS += ["known"]
DOINGS += ["@minji", "a@b.example", "a@b.example\r\nBcc: c@d.example", "/en/", "//evil.example", "Asia/Seoul", "../x"]
DOINGS += ["[" * 500, "> " * 500, "*a " * 300, "\0", "\u202e", "{{7*7}}", "%s%n", "'; DROP TABLE users--", "<b>", " "]
DOINGS += [""]
DOINGS += ["---\ntitle: [\n---\n", "(a+)+$", "[", "\\", world.PASSWORD, "AAAAA-AAAAA", "2026-01-01", "a" * 20_001]

values = st.sampled_from(DOINGS) | st.sampled_from(DOINGS) | st.text(max_size=40) | st.binary(max_size=12)
fields = st.dictionaries(st.sampled_from(NAMES) | st.sampled_from(NAMES) | st.text(max_size=8), values, max_size=8)
roles = st.sampled_from(["visitor", "member", "moderator", "author", "admin"])
places = st.dictionaries(
    st.sampled_from(sorted(VALUES)),
    st.sampled_from([0, 1, 2, 2**31, 2**63, 10**30, "dial", "dials", "en", "xx"]) | st.text(min_size=1, max_size=12),
    max_size=2,
)


def storable(value: str | bytes) -> bytes:
    """As a browser would send it, or as none would."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


def multipart(sent: dict[str, str | bytes]) -> bytes:
    """The fields in parts; that of the picture is a file."""
    parts = b""
    for name, value in sent.items():
        kind = b'; filename="a.png"\r\nContent-Type: image/png' if name == "picture" else b""
        parts += b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n' % (storable(name), kind)
        parts += storable(value) + b"\r\n"
    return parts + b"--x--\r\n"


class Actors:
    """A visitor and members of every role, who sign up anew when a form has ended their session."""

    def __init__(self, place: Site) -> None:
        self._site = place
        self._actors: dict[str, world.Visitor] = {}

    def one(self, role: str) -> world.Visitor:
        """With the token of the page they look at."""
        someone = self._actors.get(role)
        if someone is None or (role != "visitor" and not self._is_in(someone)):
            someone = self._actors[role] = self._new(role)
        if role == "visitor":
            someone.get("/en/sign-in")
        return someone

    def _new(self, role: str) -> world.Visitor:
        if role == "visitor":
            return world.Visitor(self._site.app)
        someone = self._site.member(role)
        someone.comment("Hello")
        return someone

    def _is_in(self, someone: world.Visitor) -> bool:
        return someone.get("/en/me/settings").status_code == 200 and someone.get("/en/").status_code == 200


class Forms:
    """Every address that takes a form, asked by everybody."""

    def __init__(self, place: Site) -> None:
        self._site = place
        self._actors = Actors(place)
        rules = [rule for rule in place.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
        self._rules: list[Rule] = sorted(rules, key=lambda rule: rule.endpoint)

    def law(self, sent: tuple[int, str, dict[str, Any], dict[str, str | bytes], bool, bool]) -> None:
        """No form is a fault; one that is refused leaves the tables as they were; and the site is there afterwards."""
        number, role, odd, changed, htmx, as_files = sent
        address = self._address(self._rules[number % len(self._rules)], odd)
        if address is None:
            return
        someone = self._actors.one(role)
        form = {**USUAL, **changed, "csrf_token": someone.token}
        body = multipart(form) if as_files else urlencode({storable(name): storable(form[name]) for name in form})
        before = contents(self._site.app)
        headers = {"HX-Request": "true"} if htmx else {}
        kind = FILES if as_files else PLAIN
        answer = self._site.ask(someone.client, address, "POST", data=body, content_type=kind, headers=headers)
        if answer.status_code >= 400:
            require_same(before, contents(self._site.app))
        require_at_home(answer)
        assert self._site.ask(someone.client, "/en/lessons/dial").status_code == 200

    def _address(self, rule: Rule, odd: dict[str, Any]) -> str | None:
        """None where a part of the address is none of its kind."""
        with self._site.app.test_request_context():
            try:
                built = rule.build({name: {**VALUES, **odd}[name] for name in rule.arguments})
            except (ValueError, TypeError):
                return None
        return built[1] if built else None


class Pages:
    """Every address that is read, asked by everybody."""

    def __init__(self, place: Site) -> None:
        self._site = place
        self._actors = Actors(place)
        self._addresses = sorted(addresses(place.app, "GET"))

    def law(self, sent: tuple[int, str, dict[str, str | bytes], bool]) -> None:
        """None is a fault, whatever stands behind its question mark, and none leads away."""
        number, role, asked, htmx = sent
        _, address = self._addresses[number % len(self._addresses)]
        query = urlencode({storable(name): storable(value) for name, value in asked.items()})
        headers = {"HX-Request": "true"} if htmx else {}
        answer = self._site.ask(self._actors.one(role).client, f"{address}?{query}", headers=headers)
        require_at_home(answer)


def require_same(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Nothing was stored."""
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}


def require_at_home(answer: TestResponse) -> None:
    """Wherever the answer leads to is a page of this site."""
    goal = answer.headers.get("Location", answer.headers.get("HX-Redirect", "/"))
    assert re.match(r"/(?![/\\])|http://localhost/", goal), goal


@contextmanager
def forms(folder: Path) -> Iterator[Law]:
    """Every form of the site with anything in any field."""
    with site(folder, registration="open") as place:
        yield Forms(place).law


@contextmanager
def pages(folder: Path) -> Iterator[Law]:
    """Every page of the site with anything in its query."""
    with site(folder, registration="open") as place:
        yield Pages(place).law


QUERIES = ["dial", "다이얼", "프롬프트는", '"', "*", "NEAR(", "AND", "OR NOT", "a:b", "^a", "(", "{", "}", "ﬀ", "İ"]
QUERIES += ["ß" * 99]
QUERIES += [
    "\0",
    "가",
    "은",
    "a" * 500,
    "- -",
    "순종",
    "turn it",
    "ㅎㅎ",
    "한",
    "\u1100\u1161",
    "١",
    "e\u0301",
    "𝔡𝔦𝔞𝔩",
    "_",
]
QUERIES += ["\u200b"]
queries = st.lists(st.sampled_from(QUERIES) | st.text(max_size=12), max_size=8).map(" ".join) | st.binary(max_size=30)
numbers = st.sampled_from(["1", "0", "-1", "2", "9" * 30, "x", "", "٣", "1.5"]) | st.text(max_size=4)


@contextmanager
def searches(folder: Path) -> Iterator[Law]:
    """Any words are searched for, in both languages, as a page and as one types."""
    with site(folder) as place:
        visitor = place.app.test_client()

        def law(asked: tuple[str | bytes, str, str, bool]) -> None:
            query, page, language, htmx = asked
            sent = urlencode({"q": storable(query), "page": storable(page)})
            headers = {"HX-Request": "true"} if htmx else {}
            answer = place.ask(visitor, f"/{language}/search?{sent}", headers=headers)
            assert answer.status_code == 200

        yield law


READ = """HX-Request HX-Boosted HX-Current-URL HX-History-Restore-Request HX-Target HX-Trigger HX-Prompt Accept
Accept-Language Accept-Encoding Accept-Charset If-None-Match If-Modified-Since If-Match If-Range Range Cookie Host
Origin Referer Sec-Fetch-Site Sec-Fetch-Mode X-Forwarded-For X-Forwarded-Proto X-Forwarded-Host X-Forwarded-Port
X-Forwarded-Prefix Forwarded X-Real-IP Authorization User-Agent Content-Type X-CSRFToken X-HTTP-Method-Override
Stream-Version Connection Expect DNT Save-Data Purpose""".split()
VALUE = ["", "*", "true", "null", "gzip, br", "br;q=NaN", "br;q=1e999", "ko;q=1e309", "*;q=", "ko-" * 200, "en;q=-1"]
VALUE += [";;;"]
VALUE += ['"', 'W/"x"', '"' * 99, "*, *", "bytes=0-", "bytes=-0", "bytes=9-1", "bytes=0-1,3-4", "Thu, 99 Foo 0000", "0"]
VALUE += ["http://[", "http://[::1", "//evil.example", "http://localhost/en/", "http://evil.example/en/"]
VALUE += ["javascript:a"]
VALUE += ["localhost", "localhost:99999", "evil.example", "[::1]", "[", "a b", "a@b", "..", "a" * 300]
VALUE += ["가".encode()]
VALUE += ["session=", "session=x.y.z", "=", ";", "a=b" * 99, "time_zone=../../x", 'theme="><b>', "language=xx"]
VALUE += ['session="\\']
VALUE += ["1.2.3.4", "1.2.3.4, 5.6.7.8", "::ffff:1.2.3.4%x", "x, , x", "https", "ftp", "https,http", "999.1.1.1"]
VALUE += ["same-origin"]
VALUE += ["multipart/form-data", "multipart/form-data; boundary=", "application/json", "text/html; charset=x"]
VALUE += ["Basic x"]
WHERE = ("/", "/en/", "/ko/lessons/dial", "/en/lessons/dial", "/en/me", "/en/sign-in", "/healthz", "/en/search?q=dial")
WHERE += ("/sitemap.xml", "/en/feed.xml", "/service-worker.js", "/favicon.ico", "/en/nothing", "/en/admin/members")
ACTS = (
    "/en/sign-in",
    "/en/me/goal",
    "/en/lessons/dial/complete",
    "/en/lessons/dial/comments",
    "/en/events",
    "/en/standing",
)

header = st.sampled_from(VALUE).map(
    lambda value: value if isinstance(value, str) else value.decode("latin-1")
) | st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=30)
AS_MEANT = {
    "Accept-Encoding": ["gzip, br", "br;q=NaN", "br;q=1e999", "*;q=", ",,", "identity;q=0"],
    "Accept-Language": ["ko;q=1e309", "ko-" * 200, "en;q=-1", "*", ";;;"],
    "Cookie": ["session=", "session=x.y.z", "=", "time_zone=../../x", 'theme="><b>', "language=xx", 'session="\\'],
    "HX-Current-URL": [
        "http://[",
        "//evil.example/en/",
        "http://localhost//evil.example",
        "javascript:a",
        "http://localhost",
    ],
    "Host": ["", "[", "[::1", "a b", "a@b", "evil.example", "localhost:99999", "localhost:x", "..", "\xff"],
    "If-None-Match": ["*", '"', '"' * 99, 'W/"x"', "x"],
    "Origin": ["null", "http://[", "//", "http://localhost", "http://localhost@evil.example", "\xff"],
    "Referer": ["http://[", "http://localhost//evil.example", "//x", "\xff"],
    "X-Forwarded-For": ["x", "1.2.3.4, 5.6.7.8", "::ffff:1.2.3.4%x", ", ,", "999.1.1.1", "[::1]:99", "\xff"],
    "X-Forwarded-Host": ["[", "a b", "evil.example", "localhost, x", "\xff", ""],
    "X-Forwarded-Proto": ["ftp", "https,http", "", "javascript", "\xff"],
}
as_meant = st.sampled_from([(name, value) for name, values in AS_MEANT.items() for value in values])
headers = st.lists(as_meant | as_meant | st.tuples(st.sampled_from(READ), header), max_size=4).map(dict)


@contextmanager
def any_headers(folder: Path) -> Iterator[Law]:
    """Any headers, before a page and before an act, of visitors and members, on a site behind a proxy."""
    with site(folder, proxy_hops=1) as place:
        visitor, member = place.app.test_client(), place.member()
        bare = place.app.test_client(use_cookies=False)

        def law(sent: tuple[str, bool, dict[str, str], bool]) -> None:
            path, is_act, headers, is_member = sent
            client: FlaskClient = bare if "Cookie" in headers else member.client if is_member else visitor
            form = {"csrf_token": member.token, "events": "[]"} if is_act else None
            answer = place.ask(client, path, "POST" if is_act else "GET", data=form, headers=list(headers.items()))
            goal = answer.headers.get("Location", answer.headers.get("HX-Redirect", "/"))
            assert re.match(r"/(?![/\\])", goal), goal

        yield law


asked_with = st.one_of(
    st.tuples(st.sampled_from(WHERE), st.just(False), headers, st.booleans()),
    st.tuples(st.sampled_from(ACTS), st.just(True), headers, st.booleans()),
)
FORMS = Target("forms", st.tuples(st.integers(0, 500), roles, places, fields, st.booleans(), st.booleans()), forms)
asked = st.dictionaries(st.sampled_from(ASKED) | st.text(max_size=8), values, max_size=5)
PAGES = Target("pages", st.tuples(st.integers(0, 500), roles, asked, st.booleans()), pages)
SEARCHES = Target("searches", st.tuples(queries, numbers, st.sampled_from(["en", "ko"]), st.booleans()), searches)
HEADERS = Target("headers", asked_with, any_headers)
