"""What somebody has switched off is on no page of theirs, and on nobody else's."""

import re

import pytest
from given import Visitor

PAGES = (
    "/",
    "/lessons/dial",
    "/courses/dials",
    "/tags/control",
    "/me",
    "/me/profile",
    "/me/ledger",
    "/me/ledger?format=csv",
    "/me/ledger?format=json",
    "/me/settings",
    "/me/notifications",
    "/me/reports",
    "/review",
    "/notifications",
    "/device",
    "/report?lesson=dial",
    "/appearance",
    "/lessons/dial/comments",
)
WORDS = r"\bXP\b|data-xp|\bLv \d|Spark|Level|Achievement|First Light|업적|레벨|스파크"
TRACES = re.compile(WORDS, re.IGNORECASE)
SWITCHES = r'name="(xp|achievements|rhythm)"|<span>(Achievements|업적|Points and levels|점수와 레벨)</span>'
HARMLESS = re.compile(rf'{SWITCHES}|class="[^"]*"|id="[^"]*"|[^"]*level-tag[^"]*')


def switch_off(member: Visitor, *kept: str) -> None:
    """Show nothing of the game but what is kept."""
    member.get("/en/me/settings")
    assert member.post("/en/me/shown", **dict.fromkeys(kept, "on")).status_code == 303


def learn(member: Visitor) -> None:
    member.get("/en/lessons/dial")
    member.post("/en/lessons/dial/complete")
    member.post("/en/lessons/dial/exercise", exercise="dial", answer="five", do="attempt")
    member.comment("Hello")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_page_has_a_trace_of_what_is_off(member, language):
    learn(member)
    switch_off(member)
    traces = {}
    for page in PAGES:
        answer = member.get(f"/{language}{page}")
        found = TRACES.findall(HARMLESS.sub("", answer.text))
        if found:
            traces[page] = sorted(set(found))
    assert traces == {}
    assert [member.get(f"/{language}/{page}").status_code for page in ("achievements", "levels")] == [404, 404]


def test_completing_says_nothing_of_points_and_still_counts(member):
    switch_off(member)
    member.get("/en/lessons/dial")
    answer = member.post("/en/lessons/dial/complete", htmx=True)
    assert not TRACES.search(HARMLESS.sub("", answer.text))
    assert "Lesson completed" in answer.text
    assert member.standing().xp == 40
    switch_off(member, "xp", "achievements", "rhythm")
    assert 'data-xp="40"' in member.get("/en/lessons/dial").text


def test_achievements_alone_can_be_off(member):
    learn(member)
    switch_off(member, "xp", "rhythm")
    page = member.get("/en/me").text
    assert 'data-xp="60"' in page
    assert "First Light" not in page
    assert member.get("/en/achievements").status_code == 404
    assert "First Light" not in member.get("/en/me/ledger").text


def test_others_do_not_see_the_level_of_somebody_who_hides_it(member, other):
    learn(member)
    assert "Lv 0" in other.get("/en/lessons/dial").text
    switch_off(member)
    assert "Lv 0" not in other.get("/en/lessons/dial").text


def test_visitors_see_everything(visitor):
    assert 'data-xp="0"' in visitor.get("/en/lessons/dial").text
