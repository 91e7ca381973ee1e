"""The ledger page and its files: every entry, its reason, and a balance that is the sum."""

import csv
import io
import json
import re

import given

LESSON = "/en/lessons/dial"
XP = re.compile(r'<td class="amount (?:plus|minus|zero)">([^<]+)</td>')


def lines(page: str) -> list[int]:
    """The XP of each line that a page shows."""
    return [int(said.replace("\N{MINUS SIGN}", "-")) for said in XP.findall(page)]


def test_every_entry_is_shown_with_what_rule_and_balance(member: given.Visitor) -> None:
    member.post(f"{LESSON}/complete")
    member.post(f"{LESSON}/reopen")
    page = member.get("/en/me/ledger").text
    assert "Completed" in page
    assert "Took back" in page
    assert "Takes back exactly what the completion gave" in page
    assert "together 0 XP" in page


def test_a_filter_shows_only_its_kind_and_sums_it(member: given.Visitor) -> None:
    member.post(f"{LESSON}/complete")
    member.post(f"{LESSON}/exercise", exercise="dial", answer="five", do="attempt")
    assert "together 40 XP" in member.get("/en/me/ledger?show=lessons").text
    assert "together 20 XP" in member.get("/en/me/ledger?show=exercises").text
    assert "together 60 XP" in member.get("/en/me/ledger").text


def test_the_shown_lines_of_all_pages_sum_to_the_bar(member: given.Visitor) -> None:
    member.post(f"{LESSON}/exercise", exercise="dial", answer="five", do="attempt")
    for _ in range(55):
        member.post(f"{LESSON}/complete")
        member.post(f"{LESSON}/reopen")
    member.post(f"{LESSON}/complete")
    pages = [lines(member.get(f"/en/me/ledger?page={number}").text) for number in (1, 2)]
    assert len(pages[0]) == 100
    assert sum(sum(page) for page in pages) == member.standing().xp == 60
    shown = [line for number in (1, 2) for line in lines(member.get(f"/en/me/ledger?show=lessons&page={number}").text)]
    assert (len(shown), sum(shown)) == (111, 40)


def test_an_achievement_names_the_lesson_that_was_its_last_step(member: given.Visitor) -> None:
    member.post(f"{LESSON}/complete")
    page = member.get("/en/me/ledger?show=achievements&about=first-light").text
    assert re.search(r'The last step: <a href="/en/lessons/dial">', page)


def test_the_file_sums_to_the_standing(member: given.Visitor) -> None:
    for slug in ("encoder", "dial", "seeds"):
        member.post(f"/en/lessons/{slug}/complete")
    lines = list(csv.DictReader(io.StringIO(member.get("/en/me/ledger?format=csv").text)))
    assert sum(int(line["xp"]) for line in lines) == member.standing().xp == int(lines[-1]["balance"])


def test_the_json_holds_every_field_of_the_chain(member: given.Visitor) -> None:
    member.post(f"{LESSON}/complete")
    first = json.loads(member.get("/en/me/ledger?format=json").text)[0]
    assert {"version", "event_id", "type", "xp", "occurred_at", "local_day", "rulebook", "hash"} <= first.keys()


def test_a_new_member_is_told_how_to_begin(member: given.Visitor) -> None:
    assert "No entries here yet" in member.get("/en/me/ledger").text


def test_a_visitor_is_asked_to_sign_in(visitor: given.Visitor) -> None:
    answer = visitor.get("/en/me/ledger")
    assert answer.status_code in (302, 303)
    assert "/en/sign-in" in answer.location


def test_odd_query_values_do_no_harm(member: given.Visitor) -> None:
    for query in ("page=-1", "page=1e30", "page=99999999999999999999", "show=<x>", "about=%00", "format=exe"):
        assert member.get(f"/en/me/ledger?{query}").status_code == 200
