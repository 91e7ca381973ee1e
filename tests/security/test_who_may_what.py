"""Who may what: `who_may_what.txt` says it for every address and every kind of person, and the site does so."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import given
import pytest
from everything import NAMES, PEOPLE, Everything
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

TABLE = Path(__file__).with_name("who_may_what.txt")
BLOCKED = "A moderator has blocked you"
UNKNOWN = {
    "slug": "nothing", "username": "nobody", "comment_id": 999, "notification_id": 999, "session_id": 999,
    "invite_id": 999, "pattern_id": 999, "thread_id": 999, "block": "b-999", "reference": "ZZZZZ-ZZZZZ",
    "learner_id": "f" * 32, "token": "nothing", "key": "nothing", "tag": "nothing", "course": "nothing",
    "path": "nothing", "name": "nothing", "wanted": "nothing", "text": "xx", "revision": "nothing",
}  # fmt: skip

Line = tuple[str, str, str]  # what the address leads to, method, route


def written() -> dict[Line, list[str]]:
    """What the table says: line → a word for each kind of person."""
    found: dict[Line, list[str]] = {}
    things = ""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"\[(.+)\]", line):
            things = heading[1]
        elif line.startswith(("GET ", "POST ")):
            method, route, *words = line.split()
            assert (things, method, route) not in found, line
            found[things, method, route] = words
    return found


def things_of(site: Everything) -> dict[str, dict[str, Any]]:
    """What an address may lead to."""
    return {
        "what the owner has": {},
        "a comment of the owner that waits for a moderator": {"comment_id": site.things["held"]},
        "a lesson that is not published": {"slug": "later"},
        "a published profile": {"username": NAMES["member"]},
        "a published profile of somebody who was blocked": {"username": NAMES["blocked"]},
    }


def lines(site: Everything) -> Iterator[tuple[Line, Rule, dict[str, Any]]]:
    """Every line that the table must have, its route, and what its address leads to."""
    for things, values in things_of(site).items():
        for method, rule in site.routes("GET", "POST"):
            if values.keys() <= rule.arguments:
                yield (things, method, rule.rule), rule, values


def answered(site: Everything, who: str, method: str, rule: Rule, **values: Any) -> tuple[TestResponse, bool]:
    """The answer to somebody, and whether anything has changed by it; the site is then as it was."""
    address = site.address(rule, **values)
    if method == "GET":  # changes nothing: test_cross_site.py
        return site.ask(who, method, address), False
    with site.kept() as has_changed:
        return site.ask(who, method, address, site.form(rule, who)), has_changed()


def word(answer: TestResponse, has_changed: bool) -> str:
    """The table's word for what happened."""
    status = answer.status_code
    if has_changed:
        return "done"
    if status == 401 or re.search(r"/sign-in(\?|$)", answer.headers.get("Location", "")):
        return "sign-in"
    if 400 <= status < 500 and BLOCKED in answer.text:
        return "blocked"
    by_status = {403: "refused", 404: "hidden", 409: "again", 422: "again", 200: "seen", 204: "seen"}
    return by_status.get(status, "led" if status in (302, 303) else str(status))


Cell = tuple[str, tuple[object, ...]]


@pytest.fixture(scope="module")
def found(site: Everything) -> dict[Line, list[Cell]]:
    """What the site does: line → word and all that was said, for each kind of person."""
    return {
        line: [cell(*answered(site, who, line[1], rule, **values)) for who in PEOPLE]
        for line, rule, values in lines(site)
    }


def test_the_site_does_what_the_table_says(found: dict[Line, list[Cell]]) -> None:
    table = written()
    assert [line for line in found if line not in table] == [], "addresses that the table does not know"
    assert [line for line in table if line not in found] == [], "addresses that are gone"
    words = {line: [word for word, _ in cells] for line, cells in found.items()}
    assert {line: words[line] for line in found if words[line] != table[line]} == {}


def test_what_is_hidden_looks_as_if_it_was_not_there(site: Everything, found: dict[Line, list[Cell]]) -> None:
    """The same status, headers and text, so that nobody learns which numbers, names and addresses there are."""
    different = []
    for line, rule, _ in lines(site):
        for who, (word, answer) in zip(PEOPLE, found[line], strict=True):
            if word == "hidden" and answer != said(unknown(site, who, line[1], rule)):
                different.append((line, who))
    assert different == []


def unknown(site: Everything, who: str, method: str, rule: Rule) -> TestResponse:
    """The answer at an address that leads to nothing."""
    if rule.arguments == {"language"}:
        return site.ask(who, method, "/en/nothing", {} if method == "POST" else None)
    values = {name: UNKNOWN[name] for name in rule.arguments & UNKNOWN.keys()}
    return answered(site, who, method, rule, **values)[0]


def cell(answer: TestResponse, has_changed: bool) -> Cell:
    """What is compared of an answer."""
    named = word(answer, has_changed)
    return named, said(answer) if named == "hidden" else ()


def said(answer: TestResponse) -> tuple[object, ...]:
    """All that tells one answer from another, but for the address that was asked and the token: its time is in it."""
    path = answer.request.path.removeprefix("/en")
    text = given.TOKEN.sub("", answer.text).replace(f'{path}"', '/"')
    headers = sorted(pair for pair in answer.headers.items() if pair[0] != "Content-Length")
    return answer.status_code, headers, text
