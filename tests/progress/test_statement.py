"""The ledger page and its files: every entry, its reason, and a balance that is the sum."""

import csv
import io
import json

import given

LESSON = "/en/lessons/dial"


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
