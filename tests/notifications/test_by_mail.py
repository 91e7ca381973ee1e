"""Notifications by mail, over a real SMTP server: once, wanted, and stopped without signing in."""

from datetime import timedelta

import given
from given import PASSWORD, Visitor
from smtp_server import path_in, text_of

from stream.clock import now

DAY = timedelta(days=1)


def test_an_answer_is_one_mail_in_the_readers_language(post):
    minji, jun = post.member("minji", "ko"), post.member("jun")
    root = minji.comment("왜요?", language="ko")
    jun.comment("Because **so**.", parent=root)
    (message,) = post.deliver()
    assert message["To"] == "minji@example.org"
    assert "jun" in message["Subject"]
    assert "님이 답글을 남겼어요" in text_of(message)
    assert "Because so." in text_of(message)
    assert "http://learn.example.org/ko/comments/2" in text_of(message, "html")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert post.deliver(now() + DAY) == []


def test_one_post_without_cookies_stops_the_mail(post):
    minji, jun = post.member("minji"), post.member("jun")
    root = minji.comment("Why?")
    jun.comment("Because.", parent=root)
    (message,) = post.deliver()
    address = message["List-Unsubscribe"].strip("<>").removeprefix("http://learn.example.org")
    stranger = post.app.test_client()
    assert stranger.get(address).status_code == 200
    answer = stranger.post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    jun.comment("And another.", parent=root)
    assert post.deliver() == []
    assert minji.unread() == 2


def test_looking_at_the_address_stops_nothing(post):
    minji, jun = post.member("minji"), post.member("jun")
    root = minji.comment("Why?")
    jun.comment("Because.", parent=root)
    (message,) = post.deliver()
    post.app.test_client().get(path_in(message, "/unsubscribe/"))
    jun.comment("And another.", parent=root)
    assert len(post.deliver()) == 1


def test_a_made_up_address_stops_nothing(post):
    post.member("minji")
    client = post.app.test_client()
    for token in ("x", "ImFiYyI.0000", "a" * 3000):
        assert client.post(f"/en/unsubscribe/{token}").status_code == 404


def test_waiting_mail_is_not_sent_any_more_after_stopping(post):
    minji, jun = post.member("minji"), post.member("jun")
    root = minji.comment("Why?")
    jun.comment("Because.", parent=root)
    minji.get("/en/me/notifications")
    minji.post("/en/me/notifications", replies="on", mentions="on", mail="off")
    assert post.deliver() == []


def test_what_was_taken_back_or_read_is_not_mailed(post):
    minji, jun = post.member("minji"), post.member("jun")
    root = minji.comment("Why?")
    reply = jun.comment("Oops", parent=root)
    jun.post(f"/en/comments/{reply}/delete")
    jun.comment("Because.", parent=root)
    minji.get("/en/notifications")
    minji.post("/en/notifications/read")
    assert post.deliver() == []


def test_a_daily_digest_holds_everything_of_a_day_in_one_mail(post):
    minji, jun = post.member("minji"), post.member("jun")
    minji.get("/en/me/notifications")
    minji.post("/en/me/notifications", replies="on", mentions="on", mail="daily")
    root = minji.comment("Why?")
    for number in range(3):
        jun.comment(f"Reason {number}.", parent=root)
    assert post.deliver() == []
    (message,) = post.deliver(now() + DAY)
    assert "3 new things for you" in message["Subject"]
    assert all(f"Reason {number}." in text_of(message) for number in range(3))
    assert post.deliver(now() + 2 * DAY) == []


def test_more_than_the_cap_waits_for_the_digest(post):
    minji, jun = post.member("minji"), post.member("jun")
    root = minji.comment("Why?")
    for number in range(5):
        jun.comment(f"Reason {number}.", parent=root)
    assert len(post.deliver()) == 3
    (digest,) = post.deliver(now() + DAY)
    assert "2 new things for you" in digest["Subject"]


def test_a_held_comment_is_mailed_once_it_is_let_through(post):
    minji, jun, haru = post.member("minji"), post.member("jun"), post.member("haru")
    given.role(post.app, "haru", "moderator")
    root = minji.comment("Why?")
    haru.get("/en/admin/comments")
    haru.post("/en/admin/patterns", words="cheap pills")
    held = jun.comment("cheap pills", parent=root)
    assert post.deliver() == []
    assert minji.unread() == 0
    haru.get("/en/admin/comments")
    haru.post(f"/en/comments/{held}/moderate", do="approve")
    assert sorted(message["To"] for message in post.deliver()) == ["jun@example.org", "minji@example.org"]


def test_no_mail_goes_to_an_address_that_was_not_confirmed(post):
    minji, jun = Visitor(post.app).sign_up("minji"), post.member("jun")
    minji.get("/en/me/settings")
    minji.post("/en/me/mail", mail="stranger@example.org", mail_current=PASSWORD)
    (question,) = post.deliver()
    assert question["To"] == "stranger@example.org"
    post.app.test_client().get(path_in(question, "/me/mail/confirm/"))
    root = minji.comment("Why?")
    jun.comment("Because.", parent=root)
    assert post.deliver() == []


def test_a_mail_address_needs_the_password_and_a_shape(post):
    minji = Visitor(post.app).sign_up("minji")
    minji.get("/en/me/settings")
    assert minji.post("/en/me/mail", mail="a@example.org", mail_current="wrong wrong wrong").status_code == 422
    for address in ("minji", "a@b@c", "a b@example.org", "Minji <a@example.org>", "a@example.org, b@example.org"):
        answer = minji.post("/en/me/mail", mail=address, mail_current=PASSWORD)
        assert answer.status_code in (422, 429), address
    assert post.deliver() == []


def test_the_link_of_an_older_address_confirms_nothing(post):
    minji = Visitor(post.app).sign_up("minji")
    minji.get("/en/me/settings")
    minji.post("/en/me/mail", mail="old@example.org", mail_current=PASSWORD)
    (old,) = post.deliver()
    minji.get("/en/me/settings")
    minji.post("/en/me/mail", mail="new@example.org", mail_current=PASSWORD)
    assert post.app.test_client().post(path_in(old, "/me/mail/confirm/")).status_code == 410


def test_hostile_words_stay_words_in_the_mail(post):
    minji, jun = post.member("minji"), post.member("jun")
    root = minji.comment("Why?")
    jun.comment("<img src=x onerror=alert(1)> [x](javascript:alert(1))\n\nBcc: a@example.org", parent=root)
    (message,) = post.deliver()
    html = text_of(message, "html")
    assert "<img" not in html
    assert "javascript:" not in html.replace("[x](javascript:alert(1))", "")
    assert message["Bcc"] is None


def test_without_a_mail_server_nothing_is_queued_and_the_settings_say_so(member, other):
    root = member.comment("Why?")
    other.comment("Because.", parent=root)
    page = member.get("/en/me/notifications").text
    assert "This site sends no mail." in page
    assert member.post("/en/me/mail", mail="a@example.org", mail_current=PASSWORD).status_code == 404
