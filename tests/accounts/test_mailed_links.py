"""Links by mail: to the confirmed address only, once, and whoever asks learns nothing of who is a member."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import given
import pytest
from flask import Flask
from smtp_server import SmtpServer
from sqlalchemy import update

from stream.accounts.models import User
from stream.db import write


@pytest.fixture
def server(app: Flask) -> Iterator[SmtpServer]:
    """A mail server that the site uses."""
    with SmtpServer().listening() as found:
        app.config["STREAM"] = given.replaced(
            app, mail_host="127.0.0.1", mail_port=found.port, mail_security="none", mail_from="a@b.example",
            public_url="http://localhost",
        )  # fmt: skip
        app.extensions["stream.postman"]._closed = True  # it works when these tests say so
        yield found


@pytest.fixture
def post(app: Flask, server: SmtpServer) -> Callable[[], list[str]]:
    """Let the postman go round; the links in all mails so far."""

    def go_round() -> list[str]:
        postman = app.extensions["stream.postman"]
        postman._closed = False
        postman.run_once(datetime.now(UTC))
        postman._closed = True
        texts = [message.get_body(("plain",)).get_content() for message in server.messages]
        return [re.search(r"http://localhost(\S+)", text)[1] for text in texts]

    return go_round


def confirmed(app: Flask, username: str, address: str, at: datetime | None = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
    mine = update(User).where(User.username == username).values(mail=address, mail_confirmed_at=at)
    with app.app_context():
        write(lambda connection: connection.execute(mine))


def ask(someone: given.Visitor, who: str, kind: str = "sign-in-link"):
    someone.get("/en/sign-in/link")
    return someone.post("/en/sign-in/link", **{"who": who, "for": kind})


@pytest.mark.parametrize("who", ["minji", "MINJI", "minji@example.org", "Minji@Example.org "])
def test_a_link_signs_in_once(app, member, visitor, post, server, who):
    confirmed(app, "minji", "minji@example.org")
    assert ask(visitor, who).status_code == 200
    (link,) = post()
    assert server.messages[0]["To"] == "minji@example.org"
    for _ in range(2):  # a program that looks at links
        assert visitor.get(link).status_code == 200
    assert visitor.post(link).status_code == 303
    assert "minji" in visitor.get("/en/").text
    assert given.Visitor(app).get(link).status_code == 410


def test_a_new_password_by_mail(app, member, visitor, post):
    confirmed(app, "minji", "minji@example.org")
    ask(visitor, "minji", "password-link")
    (link,) = post()
    visitor.get(link)
    assert visitor.post(link, password="another long passphrase").status_code == 303
    assert member.get("/en/me").status_code == 303


@pytest.mark.parametrize("who", ["nobody", "nobody@example.org", "minji", "minji@example.org"])
def test_without_a_confirmed_address_nothing_is_sent_and_nothing_is_told(app, member, visitor, post, who):
    confirmed(app, "minji", "minji@example.org", None)
    told = ask(visitor, who)
    confirmed(app, "minji", "minji@example.org")
    known = ask(given.Visitor(app), "minji")
    assert told.status_code == known.status_code == 200
    assert re.sub(r'value="[^"]+"', "", told.text) == re.sub(r'value="[^"]+"', "", known.text)
    assert len(post()) <= 2 - (who in ("nobody", "nobody@example.org"))


def test_it_is_over_after_twenty_minutes_and_when_a_newer_one_was_sent(app, member, visitor, post, wait):
    confirmed(app, "minji", "minji@example.org")
    ask(visitor, "minji")
    ask(visitor, "minji")
    old, new = post()
    assert visitor.get(old).status_code == 410
    assert visitor.get(new).status_code == 200
    wait(minutes=21)
    assert visitor.post(new).status_code == 410


def test_a_clock_that_jumps_back_does_not_let_it_live_on(app, member, visitor, post, wait):
    confirmed(app, "minji", "minji@example.org")
    ask(visitor, "minji")
    [link] = post()
    wait(days=-1)
    assert (visitor.get(link).status_code, visitor.post(link).status_code) == (410, 410)


def test_nobodys_inbox_is_flooded(app, member, visitor, post, server):
    confirmed(app, "minji", "minji@example.org")
    codes = [ask(visitor, "minji").status_code for _ in range(8)]
    assert codes == [200] * 5 + [429] * 3
    assert len(post()) == 5


def test_nothing_secret_waits_in_the_queue(app, member, visitor, settings, server):
    confirmed(app, "minji", "minji@example.org")
    ask(visitor, "minji")
    given.close(app)
    stored = b"".join(file.read_bytes() for file in settings.instance.glob("stream.db*"))
    assert b"sign-in/link" not in stored


def test_without_mail_there_is_no_such_page(visitor):
    assert visitor.get("/en/sign-in/link").status_code == 404
    assert "sent by mail" not in visitor.get("/en/sign-in").text


def test_what_is_missing_is_said(visitor, server):
    assert ask(visitor, " ").status_code == 422


def test_whoever_sets_a_new_password_ends_an_open_link_too(app, member, visitor, post):
    confirmed(app, "minji", "minji@example.org")
    ask(visitor, "minji")
    (link,) = post()
    member.get("/en/me/settings")
    new = "another long passphrase"
    assert member.post("/en/me/password", current=given.PASSWORD, new=new).status_code == 303
    assert visitor.post(link).status_code == 410
