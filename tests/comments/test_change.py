"""Changing and taking back one's own comment, for a while; and what stays of it."""

from datetime import timedelta

import pytest
from given import Visitor
from sqlalchemy import update

from stream.clock import now
from stream.comments.models import comments
from stream.db import write
from stream.ledger.codec import instant_text

LESSON = "/en/lessons/dial"


@pytest.fixture
def sixteen_minutes_later(app):
    """Makes every comment sixteen minutes older."""

    def age() -> None:
        with app.app_context():
            then = instant_text(now() - timedelta(minutes=16))
            write(lambda connection: connection.execute(update(comments).values(created_at=then)))

    return age


def test_an_edit_is_shown_and_said(member, visitor):
    number = member.comment("Frist")
    member.get(f"/en/comments/{number}/edit")
    answer = member.post(f"/en/comments/{number}/edit", body="First", comment=number, version=1)
    assert answer.location == f"{LESSON}#comment-{number}"
    page = visitor.get(LESSON).text
    assert "First" in page
    assert "Frist" not in page
    assert ">edited<" in page


def test_with_htmx_the_changed_comment_comes_back(member):
    number = member.comment("Frist")
    form = member.get(f"/en/comments/{number}/edit", **{"HX-Request": "true"})
    assert "Frist</textarea>" in form.text
    answer = member.post(f"/en/comments/{number}/edit", htmx=True, body="First", comment=number, version=1)
    assert f'id="comment-{number}"' in answer.text


def test_after_the_time_is_over_nothing_changes(member, visitor, sixteen_minutes_later):
    number = member.comment("Frist")
    sixteen_minutes_later()
    assert ">Edit<" not in member.get(LESSON).text
    forged = member.post(f"/en/comments/{number}/edit", body="Changed", comment=number, version=1)
    assert forged.status_code == 403
    assert member.post(f"/en/comments/{number}/delete").status_code == 403
    assert "Frist" in visitor.get(LESSON).text


def test_somebody_elses_comment_looks_like_none(member, other):
    number = member.comment("Mine")
    assert other.get(f"/en/comments/{number}/edit").status_code == 404
    assert other.post(f"/en/comments/{number}/edit", body="Hers", comment=number, version=1).status_code == 404
    assert other.post(f"/en/comments/{number}/delete").status_code == 404


def test_a_comment_from_a_clock_that_stood_ahead_cannot_be_changed_all_that_time(member, wait):
    wait(days=20)
    number = member.comment("One")
    wait(days=-20)
    assert member.post(f"/en/comments/{number}/edit", body="Two", comment=number, version=1).status_code == 403
    assert f"/en/comments/{number}/edit" not in member.get(LESSON).text


def test_two_tabs_an_older_form_is_told_of_the_newer_text(app, member):
    number = member.comment("One")
    member.get(LESSON)
    member.post(f"/en/comments/{number}/edit", body="Two", comment=number, version=1)
    answer = member.post(f"/en/comments/{number}/edit", body="Three", comment=number, version=1)
    assert answer.status_code == 409
    assert "Three</textarea>" in answer.text
    assert '<pre class="notice">Two</pre>' in answer.text


def test_an_edit_that_cannot_be_taken_keeps_its_text(member):
    number = member.comment("One")
    answer = member.post(f"/en/comments/{number}/edit", body="x" * 10_001, comment=number, version=1)
    assert answer.status_code == 422
    assert "x" * 10_001 in answer.text


def test_what_is_taken_back_is_gone(member, visitor, seen):
    number = member.comment("Never mind")
    member.post(f"/en/comments/{number}/delete")
    assert seen(visitor) == []
    assert "Never mind" not in visitor.get(LESSON).text


def test_a_tombstone_stays_while_replies_do(member, other, visitor, seen):
    root = member.comment("Question?")
    reply = other.comment("Answer.", parent=root)
    member.post(f"/en/comments/{root}/delete")
    page = visitor.get(LESSON).text
    assert "This comment was taken back by its writer." in page
    assert "Question?" not in page
    assert seen(visitor) == [root, reply]
    other.post(f"/en/comments/{reply}/delete")
    assert seen(visitor) == []


def test_helpful_counts_once_for_each_member_and_never_for_oneself(app, member, other):
    number = member.comment("Start at five.")
    for _ in range(2):
        other.post(f"/en/comments/{number}/helpful", helpful="yes")
    assert "Helpful</span> 1<" in other.get(LESSON).text
    other.post(f"/en/comments/{number}/helpful", helpful="no")
    assert "Helpful</span> 0<" in other.get(LESSON).text
    assert member.post(f"/en/comments/{number}/helpful", helpful="yes").status_code == 403


def test_a_visitor_who_finds_it_helpful_is_led_to_sign_in(app, member):
    number = member.comment("Start at five.")
    visitor = Visitor(app)
    visitor.get("/en/sign-in")
    answer = visitor.post(f"/en/comments/{number}/helpful", helpful="yes")
    assert answer.location.startswith("/en/sign-in?next=/en/lessons/dial%23comment-")


def test_an_edit_is_of_the_comment_in_its_address(member):
    first, second = member.comment("First"), member.comment("Second")
    member.get(LESSON)
    member.post(f"/en/comments/{second}/edit", body="Changed", comment=first, version=1)
    page = member.get(LESSON).text
    assert "First" in page
    assert "Second" not in page
