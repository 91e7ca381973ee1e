"""A goal for the week: set, reached, changed, removed; counted in the learner's own days."""

from datetime import UTC, datetime

import pytest
from given import Visitor

from stream import clock


def set_goal(member: Visitor, goal: object) -> None:
    member.get("/en/me")
    assert member.post("/en/me/goal", goal=goal).status_code == 303


def learn(member: Visitor, slug: str) -> None:
    member.get(f"/en/lessons/{slug}")
    member.post(f"/en/lessons/{slug}/complete")


def test_set_reached_changed_and_removed(member):
    learn(member, "dial")
    set_goal(member, 2)
    assert "1 of 2 lessons this week" in member.get("/en/me").text
    learn(member, "seeds")
    assert ">reached<" in member.get("/en/me").text
    set_goal(member, 5)
    assert "2 of 5 lessons this week" in member.get("/en/me").text
    set_goal(member, 0)
    assert "lessons this week" not in member.get("/en/me").text


def test_whoever_has_not_begun_can_set_one(member):
    assert 'id="goal-number"' in member.get("/en/me").text
    set_goal(member, 2)
    assert "0 of 2 lessons this week" in member.get("/en/me").text


@pytest.mark.parametrize("goal", ["", "x", "-3", "1e9", "99999999999"])
def test_a_strange_goal_is_no_goal(member, goal):
    learn(member, "dial")
    set_goal(member, goal)
    assert "lessons this week" not in member.get("/en/me").text


def test_the_week_begins_on_the_learners_own_monday(member, monkeypatch):
    member.get("/en/me/settings")
    member.post("/en/me/settings", language="en", time_zone="Asia/Seoul")
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 6, 14, 30, tzinfo=UTC))  # Sunday 23:30 in Seoul
    learn(member, "dial")
    set_goal(member, 3)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 6, 15, 30, tzinfo=UTC))  # Monday 00:30
    assert "0 of 3 lessons this week" in member.get("/en/me").text
    learn(member, "seeds")
    assert "1 of 3 lessons this week" in member.get("/en/me").text


def test_nobody_else_sees_it_and_missing_it_is_not_mentioned(member, other, monkeypatch):
    learn(member, "dial")
    set_goal(member, 3)
    assert "goal" not in other.get("/en/lessons/dial").text.casefold()
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 20, tzinfo=UTC))
    page = member.get("/en/me").text.casefold()
    assert "0 of 3 lessons this week" in page
    assert not any(word in page for word in ("missed", "lost", "failed"))
