"""Five thousand comments on a lesson: fifty are shown, for the same number of reads."""

import re
from datetime import timedelta

import pytest
from given import Visitor
from reads import reads
from sqlalchemy import insert, update

from stream.accounts import learner_of
from stream.clock import now
from stream.comments.models import comments, threads
from stream.comments.threads import open_lesson_thread
from stream.comments.versions import OWN
from stream.db import reading, write
from stream.ledger.codec import instant_text
from stream.statements import run

LESSON = "/en/lessons/dial"


def fill(app, count: int, username: str = "minji", first: int = 1) -> None:
    """So many comments, every third of them a reply to the one before."""
    with app.app_context():
        learner, at = learner_of(username), now() - timedelta(days=2)

        def work(connection) -> None:
            thread = open_lesson_thread(connection, "dial", at)
            rows = [_row(number, thread, learner, instant_text(at + timedelta(seconds=number)))
                    for number in range(first, first + count)]  # fmt: skip
            connection.execute(insert(comments), rows)
            connection.execute(update(threads).where(threads.c.id == thread).values(shown=count))

        write(work)


def _row(number: int, thread: int, learner: str, at: str) -> dict[str, object]:
    is_reply = number % 3 == 0
    return {
        "id": number, "thread_id": thread, "lesson_id": "dial", "learner_id": learner, "post_id": f"post-{number}",
        "root_id": number - 1 if is_reply else number, "parent_id": number - 1 if is_reply else None,
        "language": "en", "revision": "", "body": f"No. {number}", "html": f"<p>No. {number}</p>", "plain": "",
        "renderer": 1, "version": 1, "state": "shown", "created_at": at, "listed": True, "unpinned": 1,
    }  # fmt: skip


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="comment-(\d+)"', page)]


def clear(app) -> None:
    with app.app_context():
        write(lambda connection: connection.execute(comments.delete()))


def test_the_number_of_reads_does_not_grow(app, member):
    fill(app, 3)
    member.get(LESSON)
    clear(app)
    fill(app, 4)
    with reads(app) as few:
        member.get(LESSON)
    with reads(app) as again:
        member.get(LESSON)
    assert len(again) < len(few)  # the talk is known until somebody says something
    clear(app)
    fill(app, 5000)
    with reads(app) as many:
        page = member.get(LESSON).text
    assert len(many) == len(few)
    assert len(numbers(page)) == 50
    assert '<span class="count">5,000</span>' in page


@pytest.mark.sqlite
def test_what_is_ones_own_is_found_without_a_look_at_what_others_said(app, member):
    fill(app, 3)
    given = {"lesson": "dial", "me": "", "place": ""}
    with app.app_context(), reading() as connection:
        plan = [row[3] for row in run(connection, f"EXPLAIN QUERY PLAN {OWN}", given)]
    assert [step for step in plan if "helpful" in step and "learner_id=?" in step]
    assert not [step for step in plan if "comments USING" in step and "(lesson_id=?)" in step], plan


def test_newest_exchanges_come_first_and_replies_follow_what_they_answer(app, member, visitor):
    fill(app, 7)
    assert numbers(visitor.get(LESSON).text) == [7, 5, 6, 4, 2, 3, 1]
    assert numbers(visitor.get(f"{LESSON}?sort=oldest").text) == [1, 2, 3, 4, 5, 6, 7]


def test_the_pages_hold_every_comment_once(app, member, visitor):
    fill(app, 130)
    stretches = [
        visitor.get(f"{LESSON}/comments?page={page}&sort=newest", **{"HX-Request": "true"}).text for page in (1, 2, 3)
    ]
    found = [number for stretch in stretches for number in numbers(stretch)]
    assert sorted(found) == list(range(1, 131))
    assert [len(numbers(stretch)) for stretch in stretches] == [50, 50, 30]
    assert "Show more comments" not in stretches[2]


def test_without_scripts_the_next_page_is_a_page(app, member, visitor):
    fill(app, 60)
    link = re.search(r'href="([^"]+page=2[^"]*)"', visitor.get(LESSON).text)
    page = visitor.get(link[1].replace("&amp;", "&")).text
    assert len(numbers(page)) == 10
    assert "<h1>" in page


def test_a_permalink_leads_to_the_page_that_holds_the_comment(app, member, visitor):
    fill(app, 130)
    address = visitor.get("/en/comments/2").location
    assert address == f"{LESSON}?page=3#comment-2"
    assert 2 in numbers(visitor.get(address).text)


def test_pinned_comes_first_and_answered_is_said(app, member, moderator):
    root = member.comment("How do I start?")
    reply = moderator.comment("At five.", parent=root)
    newer = member.comment("Something else")
    moderator.get(LESSON)
    moderator.post(f"/en/comments/{root}/moderate", do="pin", next=LESSON)
    moderator.post(f"/en/comments/{reply}/moderate", do="answer", next=LESSON)
    page = Visitor(app).get(LESSON).text
    assert numbers(page) == [root, reply, newer]
    assert ">pinned<" in page
    assert ">answered<" in page
    assert ">Moderator<" in page


def test_whoever_asked_may_mark_the_answer_and_nobody_else(app, member, other, visitor):
    root = member.comment("How do I start?")
    reply = other.comment("At five.", parent=root)
    assert other.post(f"/en/comments/{reply}/moderate", do="answer").status_code == 404
    member.post(f"/en/comments/{reply}/moderate", do="answer", next=LESSON)
    assert ">answered<" in visitor.get(LESSON).text


def test_strange_page_numbers_show_the_first_page(visitor, member):
    number = member.comment("Hello")
    for page in ("0", "-1", "x", "10" * 20, "1e3", "٣"):
        assert numbers(visitor.get(f"{LESSON}?page={page}").text) == [number]
