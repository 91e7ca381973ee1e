"""Whatever stands in an address, a form or a header: an answer in words, and never an order to the program."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any
from urllib.parse import urlencode

import given
import pytest
from flask import Flask
from routes import FORM, VALUES, addresses

NAMES = """
page sort q show about format weeks parts next act lesson block policy from for username good answered thanks
goal version passage places days comment thread parent item choice answer role do language time_zone mail
""".split()
EXTREMES = ["-1", "1" + "0" * 30, "NaN", "٣", "9" * 5000, "\0\u202e\ud7ff%s%n{0.__class__}"]
ORDERS = {  # words that url_for, Jinja or Flask take for orders when they come as keywords
    "_scheme": "javascript", "_external": "1", "_anchor": "\nalert(1)", "_method": "POST", "endpoint": "root",
    "self": "x", "values": "x", "url_root": "x", "caller": "x", "kwargs": "x", "language": "fr", "slug": "seeds",
}  # fmt: skip
HEADERS = {
    "Origin": ["http://[", "x", "//evil.example", "http://localhost.evil.example", "null"],
    "Referer": ["http://[", "http://[::1", "javascript:alert(1)", "http://evil.example/en/levels"],
    "HX-Current-URL": ["http://[", "x", "http://evil.example/en/levels", "http://localhost//evil.example/"],
    "Accept-Language": ["*;q=NaN", "ko;q=1e309", "x" * 3000],
    "Accept-Encoding": ["br;q=NaN", "br;q=", ",,,"],
    "If-None-Match": ["*", '"', 'W/"' * 200],
    "Range": ["bytes=-1", "bytes=5-1", "bytes=0-" + "9" * 40, "x"],
    "Cookie": ["=", "session=x", "session==;session=y", 'theme="><b>', "time_zone=../../etc/passwd", "language=xx"],
    "Content-Type": ["multipart/form-data", "application/json", "text/html; charset=nonsense", "x"],
    "X-HTTP-Method-Override": ["DELETE"],
}
LASTING = {"accounts.sign_out", "accounts.leave_post", "accounts.change_password", "accounts.revoke_session"}


@pytest.fixture
def admin(app: Flask, member: given.Visitor) -> given.Visitor:
    """An admin on a site with a comment."""
    given.role(app, "minji", "admin")
    member.comment("Hello")
    return member


def forms(app: Flask) -> Iterator[tuple[str, str]]:
    """Addresses that take forms, without those that end the session."""
    return ((endpoint, address) for endpoint, address in addresses(app, "POST") if endpoint not in LASTING)


@pytest.mark.parametrize("extreme", EXTREMES, ids=lambda text: ascii(text[:20]))
def test_no_value_of_a_query_or_form_is_a_fault(app: Flask, admin: given.Visitor, extreme: str) -> None:
    query = urlencode([*((name, extreme) for name in NAMES), ("page", "1"), ("page", extreme)])
    for endpoint, address in addresses(app, "GET"):
        assert admin.client.get(f"{address}?{query}", buffered=True).status_code < 500, endpoint
    sent = {**dict.fromkeys((*NAMES, *FORM), extreme), "csrf_token": admin.token}
    for endpoint, address in forms(app):
        assert admin.client.post(f"{address}", data=sent, buffered=True).status_code < 500, endpoint


def test_no_number_in_an_address_is_a_fault(app: Flask, admin: given.Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (2**31, 2**63, 10**30):
        for name in [name for name, value in VALUES.items() if isinstance(value, int)]:
            monkeypatch.setitem(VALUES, name, number)
        for endpoint, address in chain(addresses(app, "GET"), forms(app)):
            if str(number) in address:
                assert admin.get(address).status_code in (404, 405), endpoint
                assert admin.post(address).status_code < 500, endpoint
    assert admin.get(f"/en/comments/{'9' * 5000}").status_code == 404


@pytest.mark.parametrize("query", [f"{name}={value}" for name, value in ORDERS.items()] + [urlencode(ORDERS)])
def test_no_word_of_a_query_is_an_order(app: Flask, visitor: given.Visitor, query: str) -> None:
    for address in ("/en/", "/en/levels", "/en/lessons/dial", "/en/sign-in", "/en/search", "/en/nothing"):
        answer = visitor.get(f"{address}?{query}")
        assert answer.status_code in (200, 404), address
        assert '"javascript:' not in answer.text
        assert f'href="/ko{address.removeprefix("/en")}' in answer.text or answer.status_code == 404


@pytest.mark.parametrize("name", HEADERS)
def test_no_header_is_a_fault_or_leads_away(app: Flask, visitor: given.Visitor, name: str) -> None:
    pages = ["/", "/en/", "/en/me", "/en/lessons/dial", "/en/sign-in", "/healthz", "/favicon.ico"]
    acts = ["/en/sign-in", "/en/me/goal", "/en/lessons/dial/complete", "/en/lessons/dial/comments"]
    visitor.get("/en/sign-in")
    for value in HEADERS[name]:
        for more in ({}, {"HX-Request": "true"}):
            asked = [visitor.client.get(page, headers={name: value, **more}, buffered=True) for page in pages]
            form = {"csrf_token": visitor.token}
            asked += [visitor.client.post(act, headers={name: value, **more}, data=form) for act in acts]
            assert [answer.status_code for answer in asked if answer.status_code >= 500] == [], (value, more)
            for answer in asked:
                goal = answer.headers.get("Location", answer.headers.get("HX-Redirect", "/"))
                assert re.match("/(?!/)", goal), (value, more)


def test_every_answer_to_a_korean_name_can_be_sent(app: Flask) -> None:
    """Headers hold ASCII alone: the server breaks the connection off at anything else, after the answer is made."""
    member = given.Visitor(app).sign_up("민지", "ko")
    given.role(app, "민지", "admin")
    member.comment("안녕 @민지")
    asked = [address for _, address in addresses(app, "GET")] + [
        f"/ko/me/ledger?format={form}" for form in ("csv", "json")
    ]
    answers = [member.get(address) for address in (*asked, "/ko/people/%EB%AF%BC%EC%A7%80")]
    form: dict[str, Any] = {**FORM, "username": "민지", "next": "/ko/tags/한글"}
    answers += [member.post(address, **form) for _, address in forms(app)]
    for answer in answers:
        assert str(answer.headers).isascii(), answer.request.path
