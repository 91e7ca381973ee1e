"""The learner's own page: its numbers are the ledger's, its days the learner's own, and nobody else sees it."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import given
import pytest
from flask import Flask
from reads import number_of_reads

from stream import clock

ME = "/en/me"
LESSON = "/en/lessons/dial"
CELL = re.compile(r'<rect class="s([1-4])[^>]*rx="2"')
ROW = re.compile(r'<th scope="row"><time datetime="([0-9-]+)">[^<]*</time></th><td>([0-9,]+)</td>')
On = Callable[[str], None]


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> On:
    """Make it a certain instant: `on("2026-11-25T14:30")`, in UTC."""

    def be(instant: str) -> None:
        moment = datetime.fromisoformat(instant).replace(tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: moment)

    return be


@pytest.fixture
def in_zone(app: Flask, on: On) -> Callable[..., given.Visitor]:
    """A member with a time zone, signed up at an instant."""

    def sign_up(zone: str, instant: str) -> given.Visitor:
        on(instant)
        member = given.Visitor(app).sign_up("haneul")
        member.get("/en/me/settings")
        assert member.post("/en/me/settings", language="en", time_zone=zone).status_code == 303
        return member

    return sign_up


def table(page: str, name: str) -> dict[date, int]:
    """The days of a table of the page with their numbers."""
    found = re.search(rf'<table class="counts" id="{name}">.*?</table>', page, re.DOTALL)
    rows = ROW.findall(found[0]) if found else []
    return {date.fromisoformat(day): int(number.replace(",", "")) for day, number in rows}


def squares(page: str) -> int:
    """How many squares of the year are not empty."""
    heat = re.search(r'<svg class="heat" viewBox="0 0 734.*?</svg>', page, re.DOTALL)
    return len(CELL.findall(heat[0])) if heat else 0


def learn(member: given.Visitor) -> None:
    """An act that gives no XP: the wrong answer."""
    assert member.post(f"{LESSON}/exercise", exercise="dial", answer="nine", do="attempt").status_code == 303


def test_the_line_ends_at_the_balance(member: given.Visitor) -> None:
    for slug in ("encoder", "dial", "seeds"):
        member.post(f"/en/lessons/{slug}/complete")
    member.post(f"{LESSON}/exercise", exercise="dial", answer="five", do="attempt")
    member.post("/en/lessons/seeds/reopen")
    balances = table(member.get(ME).text, "xp-table")
    assert balances[max(balances)] == member.standing().xp > 0
    assert f"to {member.standing().xp} XP on" in member.get(ME).text


def test_squares_table_and_standing_know_the_same_days(member: given.Visitor, on: On) -> None:
    for day in ("2026-10-01", "2026-11-01", "2026-11-24"):
        on(f"{day}T12:00")
        learn(given.Visitor(member.app).sign_in("minji"))
    page = given.Visitor(member.app).sign_in("minji").get(ME).text
    days = table(page, "year-table")
    assert squares(page) == len(days) == 3
    assert days.keys() == member.standing().active.keys()
    assert "3 activities · 3 active days" in page


def test_an_act_counts_once_however_many_entries_it_makes(member: given.Visitor) -> None:
    member.post(f"{LESSON}/exercise", exercise="dial", answer="five", do="attempt")
    member.post(f"{LESSON}/complete")
    assert list(table(member.get(ME).text, "year-table").values()) == [2]


def test_before_and_after_midnight_in_seoul_are_two_days(in_zone: Callable[..., given.Visitor], on: On) -> None:
    member = in_zone("Asia/Seoul", "2026-11-25T14:30")
    learn(member)
    on("2026-11-25T15:30")
    learn(member)
    page = member.get(ME).text
    assert table(page, "year-table") == {date(2026, 11, 26): 1, date(2026, 11, 25): 1}
    assert '<li class="on" aria-current="date">' in page
    assert squares(page) == 2


@pytest.mark.parametrize(
    ("before", "after", "days"),
    [
        ("2026-03-28T22:30", "2026-03-28T23:30", (28, 29)),  # the night before the clocks go forward
        ("2026-03-29T21:30", "2026-03-29T22:30", (29, 30)),  # the night after
        ("2026-10-24T21:30", "2026-10-24T22:30", (24, 25)),  # the night before they go back
        ("2026-10-25T22:30", "2026-10-25T23:30", (25, 26)),  # the night after
    ],
)
def test_the_nights_around_a_change_of_clocks_in_berlin(
    in_zone: Callable[..., given.Visitor], on: On, before: str, after: str, days: tuple[int, int]
) -> None:
    member = in_zone("Europe/Berlin", before)
    learn(member)
    on(after)
    learn(member)
    assert tuple(sorted(day.day for day in table(member.get(ME).text, "year-table"))) == days


def test_who_has_flown_west_still_sees_all_of_it(in_zone: Callable[..., given.Visitor]) -> None:
    member = in_zone("Asia/Seoul", "2026-11-25T15:30")
    member.post(f"{LESSON}/complete")
    member.get("/en/me/settings")
    member.post("/en/me/settings", language="en", time_zone="America/Los_Angeles")
    page = member.get(ME).text
    assert table(page, "year-table") == {date(2026, 11, 26): 1}
    assert table(page, "xp-table")[date(2026, 11, 26)] == 40
    assert squares(page) == 1


def test_an_act_of_two_years_ago_is_in_the_balance_but_not_in_the_year(
    in_zone: Callable[..., given.Visitor], on: On
) -> None:
    member = in_zone("UTC", "2024-11-20T12:00")
    member.post(f"{LESSON}/complete")
    on("2026-11-25T12:00")
    page = given.Visitor(member.app).sign_in("haneul").get(ME).text
    assert (squares(page), table(page, "year-table")) == (0, {})
    assert table(page, "xp-table") == {date(2025, 11, 24): 40}


def test_the_last_ten_entries_stand_there_with_their_reason(member: given.Visitor) -> None:
    for _ in range(6):
        member.post(f"{LESSON}/complete")
        member.post(f"{LESSON}/reopen")
    page = member.get(ME).text
    latest = re.findall(r'<td class="amount (?:plus|minus|zero)">', page)
    assert len(latest) == 10
    assert "A completed lesson, once" in page
    assert "Takes back exactly what the completion gave" in page
    assert 'href="/en/me/ledger"' in page


def test_balances_beside_the_entries_are_those_of_the_ledger(member: given.Visitor) -> None:
    for slug in ("encoder", "dial", "seeds"):
        member.post(f"/en/lessons/{slug}/complete")
    cells = re.compile(r'<td class="amount (?:plus|minus|zero)">([^<]+)</td>\s*<td class="balance"[^>]*>([^<]+)</td>')
    latest = cells.findall(member.get(ME).text)
    assert latest == cells.findall(member.get("/en/me/ledger").text)[:10]
    assert ("+40", "120") in latest


def test_what_is_earned_comes_first_and_then_the_nearest_three(member: given.Visitor) -> None:
    member.post(f"{LESSON}/complete")
    page = member.get(ME).text
    awards = re.findall(r'<li class="(award(?: locked)?)">', page)
    assert awards == ["award", "award locked", "award locked", "award locked"]
    assert page.index("First Light") < page.index("What is missing")
    assert 'href="/en/achievements"' in page


def test_it_says_where_to_go_on(member: given.Visitor) -> None:
    assert "Begin here" in member.get(ME).text
    member.post("/en/lessons/encoder/complete")
    page = member.get(ME).text
    assert "Continue where you left off" in page
    assert '<a class="button" href="/en/lessons/dial">' in page


def test_a_new_member_is_told_how_to_begin(member: given.Visitor) -> None:
    page = member.get(ME).text
    assert "This page fills as you learn" in page
    assert '<a class="button" href="/en/lessons/encoder">' in page
    assert '<svg class="heat' not in page


def test_who_has_only_opened_a_lesson_finds_a_page_without_a_line(member: given.Visitor) -> None:
    member.post(f"{LESSON}/open")
    page = member.get(ME).text
    assert "The line begins with your first XP" in page
    assert squares(page) == 0


def test_the_page_is_there_in_korean(member: given.Visitor) -> None:
    member.post(f"{LESSON}/complete")
    assert member.get("/ko/me").status_code == 200
    assert "월" in member.get("/ko/me").text


def test_a_visitor_is_asked_to_sign_in(visitor: given.Visitor) -> None:
    answer = visitor.get(ME)
    assert answer.status_code in (302, 303)
    assert "/en/sign-in" in answer.location


def test_it_shows_nobody_elses_acts_and_is_kept_nowhere(member: given.Visitor, other: given.Visitor) -> None:
    other.post(f"{LESSON}/complete")
    answer = member.get(ME)
    assert "This page fills as you learn" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_name_in_the_top_bar_leads_there(member: given.Visitor) -> None:
    assert '<a class="me" href="/en/me">minji</a>' in member.get("/en/").text


def test_no_word_of_loss(member: given.Visitor) -> None:
    member.post(f"{LESSON}/complete")
    text = re.sub(r"<[^>]+>", " ", member.get(ME).text).casefold()
    assert not re.search(r"streak|missed|lost|broken|behind|fail", text.replace("nothing is lost", ""))


def test_a_longer_history_takes_no_more_queries(app: Flask, member: given.Visitor) -> None:
    member.post(f"{LESSON}/complete")
    few = number_of_reads(app, member, ME)
    for _ in range(10):
        learn(member)
    assert number_of_reads(app, member, ME) == few
