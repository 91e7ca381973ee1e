"""A letter as a message: what mail programs read, and what no header may hold."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.mail import Letter
from stream.mail.message import compose

AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
STOP = "https://learn.example.org/ko/mail/stop/" + "t" * 200
WORDS = (
    "민지 님이 encoder 수업에 답글을 달았습니다: Dial, 씨앗을 고르는 “five” (3) =?utf-8?q?a?= é 🙂 <tag> 다섯;".split()
)


def received(subject="답글", to="minji@example.org", **more) -> EmailMessage:
    letter = Letter(to, subject, "안녕하세요.\n끝", "<p>안녕하세요.</p>", **more)
    return message_from_bytes(sent(letter), EmailMessage, policy=default)


def sent(letter) -> bytes:
    return compose(letter, "한국어 배움터 스트림 <site@example.org>", "1", AT).as_bytes()


def test_both_parts_say_the_same():
    message = received()
    assert message.get_content_type() == "multipart/alternative"
    assert message.get_body(("plain",)).get_content().splitlines() == ["안녕하세요.", "끝"]
    assert message.get_body(("html",)).get_content().strip() == "<p>안녕하세요.</p>"


def test_headers_say_who_when_and_that_a_machine_wrote():
    message = received(reply_to="help@example.org")
    assert message["From"] == "한국어 배움터 스트림 <site@example.org>"
    assert message["Date"].datetime == AT
    assert [message[name] for name in ("To", "Reply-To", "Message-ID", "Auto-Submitted")] == [
        "minji@example.org", "help@example.org", "<1@example.org>", "auto-generated",
    ]  # fmt: skip


def test_unsubscribing_takes_one_click_and_its_address_stays_whole():
    letter = Letter("minji@example.org", "s", "t", "<p>h</p>", unsubscribe=STOP)
    assert f"\r\nList-Unsubscribe: <{STOP}>\r\n".encode() in sent(letter)
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in sent(letter)


def test_without_an_address_nothing_is_said_of_unsubscribing():
    assert "List-Unsubscribe" not in received()


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=40).map(" ".join))
def test_any_subject_arrives_as_it_was_in_short_lines_of_ascii(subject):
    raw = sent(Letter("minji@example.org", subject, "t", "<p>h</p>"))
    assert message_from_bytes(raw, policy=default)["Subject"] == subject
    head = raw.decode("ascii").split("\r\n\r\n")[0]
    assert max(map(len, re.split("\r\n", head))) <= 78


def test_a_subject_cannot_smuggle_an_encoded_line_break():
    raw = sent(Letter("minji@example.org", "=?utf-8?q?a=0D=0ABcc:_x@example.org?=", "t", "<p>h</p>"))
    assert "Bcc" not in message_from_bytes(raw, policy=default)


@pytest.mark.parametrize("subject", ["a\r\nBcc: x@example.org", "a\nb", "a\rb", "a\x00b", "a\u2028b", "a\x85b"])
def test_a_subject_with_a_line_break_is_refused(subject):
    with pytest.raises(ValueError, match="Subject"):
        received(subject)


@pytest.mark.parametrize(
    "to",
    ["", "minji", "a@example.org, b@example.org", "a@b\r\nBcc: c@d", "민지@example.org", "a b@c.d", "a@", "<a@b.c"],
)
def test_a_letter_goes_to_one_address_of_ascii(to):
    with pytest.raises(ValueError, match="one mail address"):
        received(to=to)


@pytest.mark.parametrize("stop", ["ftp://a.example/x", "https://a.example/x>, <https://b.example/", "https://a\nb"])
def test_an_odd_address_for_unsubscribing_is_refused(stop):
    with pytest.raises(ValueError, match="List-Unsubscribe"):
        received(unsubscribe=stop)
