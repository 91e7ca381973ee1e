"""Whoever asked says which reply answers the question, and may think better of it."""

import re

import pytest
from given import Visitor, role

LESSON = "/en/lessons/dial"
COMMENTS = f"{LESSON}/comments"
MARK, UNMARK = "Mark as the answer", "Not the answer after all"


def comment_of(page: str, number: int) -> str:
    """The part of a page that shows one comment."""
    start = page.index(f'id="comment-{number}"')
    return page[start : page.index(f'id="after-{number}"', start)]


def press(who: Visitor, number: int, label: str) -> None:
    """The button of a comment on the lesson's page, as a browser does; it leads back to there."""
    shown = comment_of(who.get(LESSON).text, number)
    form = re.search(r'<form method="post" action="([^"]*/moderate)".*?</form>', shown, re.DOTALL)
    assert form is not None
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    [value] = re.findall(rf'name="do" value="(\w+)">{label}', form[0])
    answer = who.client.post(form[1], data={**hidden, "do": value})
    assert (answer.status_code, answer.location) == (303, LESSON)


@pytest.fixture
def helper(app) -> Visitor:
    return Visitor(app).sign_up("haru")


def test_whoever_asked_marks_the_answer_and_everybody_sees_it(member, helper, visitor):
    question = member.comment("What does guidance do?")
    reply = helper.comment("It weighs the prompt.", parent=str(question))
    for reader in (helper, visitor):
        assert MARK not in reader.get(LESSON).text
    assert MARK not in comment_of(member.get(LESSON).text, question)
    press(member, reply, MARK)
    for reader in (member, helper, visitor):
        page = reader.get(LESSON).text
        assert re.search(rf'<a class="pill good" href="/en/comments/{reply}">answered</a>', comment_of(page, question))
        assert '<span class="pill good">answer</span>' in comment_of(page, reply)
    press(member, reply, UNMARK)
    page = visitor.get(LESSON).text
    assert "pill good" not in comment_of(page, question) + comment_of(page, reply)


def test_a_moderator_may_mark_it_too(app, member, helper, visitor):
    question = member.comment("What does guidance do?")
    reply = helper.comment("It weighs the prompt.", parent=str(question))
    moderator = Visitor(app).sign_up("sora")
    role(app, "sora", "moderator")
    press(moderator, reply, MARK)
    assert "answered</a>" in comment_of(visitor.get(LESSON).text, question)
    assert UNMARK in comment_of(moderator.get(LESSON).text, reply)


def test_the_button_is_there_as_soon_as_the_reply_is(member, helper):
    question = member.comment("What does guidance do?")
    helper.comment("It weighs the prompt.", parent=str(question))
    own = member.post(COMMENTS, htmx=True, body="Thank you!", parent=str(question)).text
    assert own.count(MARK) == 2


def test_an_answer_without_an_address_to_go_back_to_leads_to_the_comment(member, helper):
    question = member.comment("What does guidance do?")
    reply = helper.comment("It weighs the prompt.", parent=str(question))
    answer = member.post(f"/en/comments/{reply}/moderate", do="answer")
    assert answer.location == f"{LESSON}#comment-{reply}"


def test_from_a_piece_of_the_page_the_button_leads_back_to_the_page(member, helper):
    question = member.comment("What does guidance do?")
    reply = helper.comment("It weighs the prompt.", parent=str(question))
    member.get(LESSON)
    asked = {"csrf_token": member.token, "helpful": "yes"}
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://localhost{LESSON}?sort=oldest#comments"}
    piece = member.client.post(f"/en/comments/{reply}/helpful", data=asked, headers=headers).text
    assert MARK in piece
    [after] = re.findall(r'name="next" value="([^"]*)"', piece)
    assert member.get(after.partition("#")[0]).status_code == 200
    answer = member.post(f"/en/comments/{reply}/moderate", do="answer", next=after)
    assert answer.location == f"{LESSON}?sort=oldest#comments"
