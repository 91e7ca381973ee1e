"""Who is told what, once, and in their own language."""

import pytest
from given import Visitor

LESSON = "/en/lessons/dial"


def alerts(someone: Visitor, level: str) -> None:
    someone.get(LESSON)
    assert someone.post(f"{LESSON}/alerts", alerts=level).status_code == 303


def test_an_answer_counts_one_on_the_bell_in_both_languages(member, other):
    root = member.comment("Why?")
    other.comment("Because.", parent=root)
    assert "Notifications: 1 unread" in member.get("/en/").text
    assert "알림: 읽지 않음 1개" in member.get("/ko/").text
    assert "<bdi>jun</bdi></b> answered you" in member.get("/en/notifications").text
    assert "님이 답글을 남겼어요" in member.get("/ko/notifications").text
    assert other.unread() == 0


def test_the_bell_is_asked_for_alone(member, other):
    root = member.comment("Why?")
    other.comment("Because.", parent=root)
    bell = member.get("/en/notifications/bell", **{"HX-Request": "true"})
    assert bell.text.strip().startswith('<a id="bell"')
    assert ">1</span>" in bell.text
    assert bell.headers["Cache-Control"] == "private, no-store"


def test_nobody_hears_of_their_own_comments(member):
    root = member.comment("Why? @minji")
    member.comment("Because.", parent=root)
    assert member.unread() == 0


@pytest.mark.parametrize("text", ["@jun look", "@jun님 이거 보세요", "see (@jun).", "@JUN", "@jun's"])
def test_a_mention_tells_that_member(member, other, text):
    member.comment(text)
    assert other.unread() == 1
    assert "mentioned you" in other.get("/en/notifications").text


@pytest.mark.parametrize("text", ["@nobody", "mail jun@example.org", "`@jun`", "a@jun", "\\@jun"])
def test_what_only_looks_like_a_mention_tells_nobody(member, other, text):
    member.comment(text)
    assert other.unread() == 0


def test_a_mention_that_is_also_an_answer_is_told_once(member, other):
    root = other.comment("Why?")
    member.comment("@jun because", parent=root)
    assert other.unread() == 1


def test_an_edit_tells_nobody_again_but_whom_it_adds(app, member, other):
    third = Visitor(app).sign_up("sora")
    number = member.comment("@jun look")
    member.post(f"/en/comments/{number}/edit", body="@jun @sora look", comment=number, version=1)
    assert (other.unread(), third.unread()) == (1, 1)


def test_following_a_lesson_tells_of_every_comment_on_it(member, other):
    alerts(other, "all")
    member.comment("Hello")
    assert other.unread() == 1
    alerts(other, "mine")
    member.comment("Hello again")
    assert other.unread() == 1


def test_alerts_that_are_off_are_quiet_but_for_mentions(member, other):
    root = other.comment("Why?")
    alerts(other, "none")
    member.comment("Because.", parent=root)
    assert other.unread() == 0
    member.comment("@jun Because.", parent=root)
    assert other.unread() == 1


def test_what_a_member_does_not_want_to_hear_is_not_told(member, other):
    root = other.comment("Why?")
    other.get("/en/me/notifications")
    other.post("/en/me/notifications", mentions="on", mail="off")
    member.comment("Because.", parent=root)
    assert other.unread() == 0
    member.comment("@jun", parent=root)
    assert other.unread() == 1


def test_reading_one_and_reading_all(member, other):
    root = member.comment("Why?")
    for number in range(3):
        other.comment(f"Because {number}.", parent=root)
    member.get("/en/notifications")
    opened = member.post("/en/notifications/1/open")
    assert opened.location == "/en/comments/2"
    assert member.unread() == 2
    member.post("/en/notifications/2/read")
    assert member.unread() == 1
    member.post("/en/notifications/read")
    assert member.unread() == 0


def test_somebody_elses_notification_looks_like_none(member, other):
    root = member.comment("Why?")
    other.comment("Because.", parent=root)
    other.get("/en/notifications")
    assert other.post("/en/notifications/1/open").status_code == 404
    other.post("/en/notifications/1/read")
    assert member.unread() == 1


def test_what_was_taken_back_is_not_told_any_more(member, other):
    root = member.comment("Why?")
    reply = other.comment("Oops", parent=root)
    other.post(f"/en/comments/{reply}/delete")
    assert member.unread() == 0
    assert "Oops" not in member.get("/en/notifications").text


def test_the_inbox_of_a_visitor_is_a_way_in(visitor):
    assert visitor.get("/ko/notifications").location.startswith("/ko/sign-in?next=/ko/notifications")


def test_signed_out_alerts_say_why_they_are_off(visitor):
    assert "Reply alerts (sign in first)" in visitor.get(LESSON).text
    assert "답글 알림 (로그인 필요)" in visitor.get("/ko/lessons/dial").text


def test_alerts_say_exactly_what_they_do(member):
    page = member.get(LESSON).text
    for words in ("every new comment on this lesson", "answers to my comments, and @mentions of me"):
        assert words in page
