"""Completing a lesson: once, whatever happens on the way."""

from concurrent.futures import ThreadPoolExecutor

import given
from flask import Flask
from sqlalchemy import select

from stream.db import reading
from stream.progress.models import events

LESSON = "/en/lessons/dial"


def kinds(app: Flask) -> list[str]:
    """Types of all recorded events, in order."""
    with app.app_context(), reading() as connection:
        return list(connection.execute(select(events.c.type).order_by(events.c.id)).scalars())


def test_completing_earns_forty(member: given.Visitor) -> None:
    member.get(LESSON)
    member.post(f"{LESSON}/complete")
    assert member.standing().xp == 40


def test_without_javascript_completing_leads_back_to_the_lesson(member: given.Visitor) -> None:
    answer = member.post(f"{LESSON}/complete")
    assert (answer.status_code, answer.location) == (303, f"{LESSON}#completion")
    assert 'data-xp="40"' in member.get(LESSON).text


def test_htmx_gets_the_control_and_everything_that_moved_with_it(member: given.Visitor) -> None:
    answer = member.post(f"{LESSON}/complete", htmx=True)
    assert answer.text.lstrip().startswith('<div id="completion"')
    assert 'id="standing"' in answer.text
    assert 'id="outline"' in answer.text
    assert "First Light" in answer.text
    assert "<html" not in answer.text


def test_completing_twice_earns_once(member: given.Visitor) -> None:
    member.post(f"{LESSON}/complete", event_id="11111111-aaaa")
    member.post(f"{LESSON}/complete", event_id="22222222-bbbb")
    assert member.standing().xp == 40


def test_a_replayed_request_after_taking_back_does_nothing(member: given.Visitor) -> None:
    member.post(f"{LESSON}/complete", event_id="11111111-aaaa")
    member.post(f"{LESSON}/reopen", event_id="22222222-bbbb")
    answer = member.post(f"{LESSON}/complete", event_id="11111111-aaaa")
    assert answer.status_code == 303
    assert member.standing().xp == 0


def test_twenty_at_once_and_again_are_one_event(app: Flask, member: given.Visitor) -> None:
    member.get(LESSON)
    cookie = member.client.get_cookie("session")
    assert cookie is not None

    def post(number: int) -> int:
        browser = app.test_client()
        browser.set_cookie("session", cookie.value)
        form = {"csrf_token": member.token, "event_id": f"parallel-{number:04}"}
        return browser.post(f"{LESSON}/complete", data=form).status_code

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(post, range(20))) + list(pool.map(post, range(20)))
    assert set(answers) == {303}
    assert kinds(app).count("lesson.completed") == 1
    assert member.standing().xp == 40


def test_taking_back_stands_as_a_line_of_its_own(app: Flask, member: given.Visitor) -> None:
    member.post(f"{LESSON}/complete")
    member.post(f"{LESSON}/reopen")
    assert [kind for kind in kinds(app) if kind.startswith("lesson.") and kind != "lesson.opened"] == [
        "lesson.completed",
        "lesson.reopened",
    ]


def test_the_last_lesson_of_a_course_gives_its_bonus(member: given.Visitor) -> None:
    for slug in ("encoder", "dial", "seeds"):
        member.post(f"/en/lessons/{slug}/complete")
    assert member.standing().xp == 3 * 40 + 100
    assert "full-circle" in member.standing().achievements


def test_a_visitor_is_led_to_sign_in_and_back(visitor: given.Visitor) -> None:
    visitor.get("/en/sign-in")
    answer = visitor.post(f"{LESSON}/complete")
    assert answer.status_code == 303
    assert "/en/sign-in" in answer.location
    assert "act=complete" in answer.location


def test_a_completion_wanted_before_signing_in_is_done_once(app: Flask, member: given.Visitor) -> None:
    other = given.Visitor(app)
    other.username = "minji"
    for _ in range(2):
        other.get(f"/en/sign-in?act=complete&next={LESSON}")
        answer = other.post("/en/sign-in", username="minji", password=given.PASSWORD, act="complete", next=LESSON)
        assert answer.location == LESSON
        other.client.delete_cookie("session")
    assert other.standing().xp == 40


def test_a_request_without_a_token_changes_nothing(member: given.Visitor) -> None:
    member.token = ""
    assert member.post(f"{LESSON}/complete").status_code in (303, 400)
    assert member.standing().xp == 0


def test_a_request_from_another_site_changes_nothing(member: given.Visitor) -> None:
    form = {"csrf_token": member.token}
    answer = member.client.post(f"{LESSON}/complete", data=form, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert member.standing().xp == 0


def test_get_does_not_complete(member: given.Visitor) -> None:
    assert member.get(f"{LESSON}/complete").status_code == 405


def test_a_lesson_that_does_not_exist_is_not_found(member: given.Visitor) -> None:
    assert member.post("/en/lessons/nothing/complete").status_code == 404
