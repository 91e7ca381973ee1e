"""Nothing changes but by a form of this site, with the token of the session that sends it; and nothing by looking."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from everything import Everything, Person
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

SAFE = {"GET", "HEAD", "OPTIONS"}
PROVED_BY_ADDRESS = {"accounts.confirm_address_post", "notifications.unsubscribe_post"}  # mail programs have no token
STORES_NOTHING = {"comments.preview", "devices.standing", "exercises.answer"}  # without a token; no other site reads it
REFUSED = {400, 401, 403, 404, 405, 422}  # 401 and 422: the form again, with the typed text, for a new token

Sent = dict[str, Any]
Way = Callable[[dict[str, Any], Person, Person], Sent]  # the form, whoever sends it, somebody else


def _form(form: dict[str, Any], token: str, **headers: str) -> Sent:
    return {"data": {**form, "csrf_token": token}, "headers": headers}


def _text(form: dict[str, Any], token: str) -> dict[str, str]:
    return {name: value for name, value in {**form, "csrf_token": token}.items() if isinstance(value, str)}


WITHOUT_TOKEN: dict[str, Way] = {
    "no token": lambda form, me, _: {"data": form, "headers": {}},
    "an empty token": lambda form, me, _: _form(form, ""),
    "the token of another session": lambda form, me, other: _form(form, other.token),
    "the right token without its cookie": lambda form, me, _: _form(form, me.token, Cookie="theme=dark"),
    "the token in the address": lambda form, me, _: {
        "data": form, "headers": {}, "query_string": {"csrf_token": me.token},
    },
    "a body of plain text": lambda form, me, _: {
        "data": urlencode(_text(form, me.token)), "headers": {"Content-Type": "text/plain"},
    },
    "a body of JSON": lambda form, me, _: {
        "data": json.dumps(_text(form, me.token)), "headers": {"Content-Type": "application/json"},
    },
    "the header of htmx alone": lambda form, me, _: {"data": form, "headers": {"HX-Request": "true"}},
}  # fmt: skip
FROM_ELSEWHERE: dict[str, Way] = {
    "a page of another site": lambda form, me, _: _form(form, me.token, Origin="https://evil.example"),
    "a page of a neighbour": lambda form, me, _: _form(form, me.token, **{"Sec-Fetch-Site": "same-site"}),
    "another site that hides its name": lambda form, me, _: _form(
        form, me.token, Origin="null", **{"Sec-Fetch-Site": "cross-site"}
    ),
    "a page in a box": lambda form, me, _: _form(form, me.token, Origin="null"),
    "a site with our name in its own": lambda form, me, _: _form(
        form, me.token, Origin="http://localhost.evil.example"
    ),
}


def changing(site: Everything) -> list[tuple[str, Rule]]:
    """Every route and method by which something may change."""
    methods = {method for rule in site.app.url_map.iter_rules() for method in rule.methods or ()} - SAFE
    return list(site.routes(*sorted(methods)))


def sent(site: Everything, who: str, method: str, rule: Rule, way: Way) -> tuple[TestResponse, bool]:
    """The answer to a form that is sent this way, and whether anything has changed."""
    me, other = site.people[who], site.people["member" if who != "member" else "owner"]
    with site.kept() as has_changed:
        answer = site.send(who, method, site.address(rule), **way(site.form(rule, who), me, other))
        return answer, has_changed()


@pytest.mark.parametrize("who", ["visitor", "admin"])
@pytest.mark.parametrize("way", WITHOUT_TOKEN)
def test_without_the_token_of_the_session_nothing_changes(site: Everything, way: str, who: str) -> None:
    """Signing in and up too: nobody finds themselves in an account that somebody else has chosen."""
    answers = [(rule.endpoint, *sent(site, who, method, rule, WITHOUT_TOKEN[way])) for method, rule in changing(site)]
    assert {endpoint for endpoint, _, has_changed in answers if has_changed} <= PROVED_BY_ADDRESS
    taken = {endpoint for endpoint, answer, _ in answers if not _is_refused(answer)}
    assert taken <= PROVED_BY_ADDRESS | STORES_NOTHING


def _is_refused(answer: TestResponse) -> bool:
    return answer.status_code in REFUSED or _leads_to_sign_in(answer)


def _leads_to_sign_in(answer: TestResponse) -> bool:
    return "/en/sign-in" in answer.headers.get("Location", answer.headers.get("HX-Redirect", ""))


@pytest.mark.parametrize("who", ["visitor", "admin"])
@pytest.mark.parametrize("way", FROM_ELSEWHERE)
def test_another_site_changes_nothing_whatever_it_knows(site: Everything, way: str, who: str) -> None:
    answers = {rule.endpoint: sent(site, who, method, rule, FROM_ELSEWHERE[way]) for method, rule in changing(site)}
    assert {endpoint: found for endpoint, (answer, has_changed) in answers.items()
            if (found := (answer.status_code, has_changed)) != (403, False)} == {}  # fmt: skip


def test_a_form_of_this_site_is_taken_by_every_address(site: Everything) -> None:
    """The refusals above are of the way, not of what was sent."""
    own: Way = lambda form, me, _: _form(  # noqa: E731
        form, me.token, Origin="http://localhost", **{"Sec-Fetch-Site": "same-origin"}
    )
    answers = {rule.endpoint: sent(site, "admin", method, rule, own) for method, rule in changing(site)}
    assert [endpoint for endpoint, (answer, _) in answers.items() if answer.status_code in REFUSED - {404, 422}] == []
    assert sum(has_changed for _, has_changed in answers.values()) > len(answers) * 2 / 3


def test_no_method_is_taken_for_another(site: Everything) -> None:
    """Neither a header nor a field makes a change of a look, and no other method reaches a form."""
    override = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST", "X-Method-Override": "POST"}
    for method, rule in changing(site):
        address, token = site.address(rule), site.people["admin"].token
        query = {**_text(site.form(rule, "admin"), token), "_method": method, "_HttpMethod": method}
        with site.kept() as has_changed:
            for other in ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"):
                site.send("admin", other, address, headers=override, query_string=query)
                answer = site.ask("admin", other, address, site.form(rule, "admin"), **override)
                assert answer.status_code == 405 or other in SAFE, (other, rule)
            assert not has_changed(), rule


@pytest.mark.parametrize("who", ["visitor", "owner", "admin"])
def test_nothing_changes_by_looking(site: Everything, who: str) -> None:
    """As a page, as a fragment and by its head alone, whatever stands in the query."""
    query = {"next": "/en/", "do": "hide", "q": "guess", "page": "2", "policy": "keep", "theme": "dark", "sort": "new"}
    with site.kept() as has_changed:
        for _, rule in site.routes("GET"):
            address = site.address(rule)
            for method, headers in (("GET", {}), ("GET", {"HX-Request": "true"}), ("HEAD", {})):
                answer = site.send(who, method, address, headers=headers, query_string=query)
                assert answer.status_code < 500, rule
            assert not has_changed(), rule
