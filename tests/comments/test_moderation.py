"""Keeping talk civil: what waits, who sees it, what moderators do, and that it is written down."""

import dataclasses

import given
import pytest

from stream.factory import create_app

LESSON = "/en/lessons/dial"


@pytest.fixture
def held_app(settings, request):
    """A site that holds comments as the test says."""
    site = create_app(dataclasses.replace(settings, moderation=request.param))
    yield site
    given.close(site)


def cast(app):
    """A writer, a moderator and a visitor."""
    writer, moderator = given.Visitor(app).sign_up("minji"), given.Visitor(app).sign_up("haru")
    given.role(app, "haru", "moderator")
    moderator.get("/en/")
    return writer, moderator, given.Visitor(app)


def decide(moderator, number, do, **form):
    moderator.get("/en/admin/comments")
    return moderator.post(f"/en/comments/{number}/moderate", do=do, **form)


@pytest.mark.parametrize("held_app", ["all"], indirect=True)
def test_a_held_comment_is_seen_by_its_writer_and_moderators_only(held_app):
    writer, moderator, visitor = cast(held_app)
    number = writer.comment("Please wait")
    place = f'id="comment-{number}"'
    assert place in (mine := writer.get(LESSON).text)
    assert ">waiting<" in mine
    assert place in moderator.get(LESSON).text
    for page in (visitor.get(LESSON), visitor.get("/en/feed.xml"), visitor.get("/en/lessons/dial/feed.xml")):
        assert "Please wait" not in page.text
    assert '<span class="count">0</span>' in mine
    assert visitor.get(f"/en/comments/{number}").status_code == 404


@pytest.mark.parametrize("held_app", ["all"], indirect=True)
def test_a_held_comment_is_let_through_once_and_its_writer_told(held_app):
    writer, moderator, visitor = cast(held_app)
    number = writer.comment("Please wait")
    assert decide(moderator, number, "approve").status_code == 303
    assert f'id="comment-{number}"' in visitor.get(LESSON).text
    assert writer.unread() == 1
    assert "everybody sees it now" in writer.get("/en/notifications").text
    decide(moderator, number, "approve")
    assert "Somebody has decided on that already." in moderator.get("/en/admin/comments").text


@pytest.mark.parametrize("held_app", ["first"], indirect=True)
def test_only_the_first_comment_waits(held_app):
    writer, moderator, visitor = cast(held_app)
    first = writer.comment("First")
    second = writer.comment("Second")
    assert 'class="comment' not in visitor.get(LESSON).text
    decide(moderator, first, "approve")
    decide(moderator, second, "approve")
    third = writer.comment("Third")
    assert f'id="comment-{third}"' in visitor.get(LESSON).text


@pytest.mark.parametrize("held_app", ["first"], indirect=True)
def test_what_was_let_through_cannot_be_swapped_for_something_else(held_app):
    writer, moderator, visitor = cast(held_app)
    number = writer.comment("Harmless")
    decide(moderator, number, "approve")
    writer.get(LESSON)
    writer.post(f"/en/comments/{number}/edit", body="Advertisement", comment=number, version=1)
    assert "Advertisement" not in visitor.get(LESSON).text


@pytest.mark.parametrize("held_app", ["first"], indirect=True)
def test_moderators_never_wait(held_app):
    _, moderator, visitor = cast(held_app)
    number = moderator.comment("Welcome")
    assert f'id="comment-{number}"' in visitor.get(LESSON).text


def test_hiding_needs_a_reason_which_the_writer_reads(member, moderator, visitor):
    number = member.comment("Rude words")
    answer = decide(moderator, number, "hide")
    assert answer.status_code == 422
    assert "Say why" in answer.text
    decide(moderator, number, "hide", why="Be kind")
    assert "Rude words" not in visitor.get(LESSON).text
    inbox = member.get("/en/notifications").text
    assert "A moderator has removed your comment." in inbox
    assert "Be kind" in inbox
    assert "Rude words" in inbox  # nobody loses a text


def test_a_hidden_comment_can_come_back(member, moderator, visitor):
    number = member.comment("Not so rude")
    decide(moderator, number, "hide", why="Hm")
    decide(moderator, number, "approve")
    assert "Not so rude" in visitor.get(LESSON).text


def test_erased_text_is_nowhere(app, member, moderator, settings):
    number = member.comment("Somebody's phone number")
    decide(moderator, number, "erase", why="private")
    assert "phone number" not in moderator.get("/en/admin/comments").text
    assert "phone number" not in member.get("/en/notifications").text


def test_words_on_the_list_hold_a_comment(member, moderator, visitor):
    moderator.get("/en/admin/comments")
    moderator.post("/en/admin/patterns", words="cheap \0 pills")
    member.comment("Buy CHEAP\npills here")
    assert "pills" not in visitor.get(LESSON).text
    assert "words on the list" in moderator.get("/en/admin/comments").text


def test_a_blocked_member_reads_and_is_told(member, moderator):
    number = member.comment("Spam")
    decide(moderator, number, "block", why="spam")
    page = member.get(LESSON).text
    assert "A moderator has blocked you from writing here." in page
    assert 'name="body"' not in page
    answer = member.post(f"{LESSON}/comments", body="More")
    assert answer.status_code == 422
    assert "More</textarea>" in answer.text


def test_a_block_can_be_lifted(app, member, moderator):
    number = member.comment("Hello")
    decide(moderator, number, "block", why="mistake")
    with app.app_context():
        from stream.accounts import learner_of

        learner = learner_of("minji")
    moderator.post(f"/en/admin/members/{learner}/unblock")
    member.comment("Thanks")


def test_moderators_cannot_be_blocked(moderator, app):
    given.role(app, "haru", "moderator")
    number = moderator.comment("Me")
    assert decide(moderator, number, "block", why="x").status_code == 404


def test_a_member_reports_a_comment_and_its_writer_does_not_learn_who(member, other, moderator):
    number = member.comment("Hm")
    other.get(f"/en/comments/{number}/flag")
    assert other.post(f"/en/comments/{number}/flag", why="").status_code == 422
    assert other.post(f"/en/comments/{number}/flag", why="Off topic").status_code == 200
    queue = moderator.get("/en/admin/comments").text
    assert "Off topic" in queue
    assert "jun" in queue
    assert "jun" not in member.get(LESSON).text
    decide(moderator, number, "keep")
    assert "Off topic" not in moderator.get("/en/admin/comments").text


def test_every_act_is_written_down(member, moderator):
    number = member.comment("Hm")
    decide(moderator, number, "pin")
    decide(moderator, number, "hide", why="Off topic")
    record = moderator.get("/en/admin/record").text
    for words in (
        "<bdi>haru</bdi>",
        "pinned a comment",
        "hid a comment",
        f"comment {number}",
        "Off topic",
    ):
        assert words in record


@pytest.mark.parametrize("path", ["", "comments", "reports", "record"])
def test_members_and_visitors_find_no_such_page(member, visitor, path):
    assert member.get(f"/en/admin/{path}").status_code == 404
    assert visitor.get(f"/en/admin/{path}").status_code == 404


@pytest.mark.parametrize("do", ["approve", "hide", "erase", "keep", "pin", "block"])
def test_members_cannot_moderate(member, other, do, visitor):
    number = member.comment("Mine")
    other.get(LESSON)
    assert other.post(f"/en/comments/{number}/moderate", do=do, why="x").status_code == 404
    assert "Mine" in visitor.get(LESSON).text
