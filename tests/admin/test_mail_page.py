"""Mail on the admin's page: a test shows the server's own answer, and what failed can be sent again."""

import re
from datetime import UTC, datetime
from html import unescape

import given
import pytest
from browser import free_port
from flask import Flask
from smtp_server import SmtpServer

from stream import mail
from stream.db import write
from stream.mail.postman import Postman
from stream.mail.queue import claim as claim_mails
from stream.mail.queue import retry, settle


def with_mail(app: Flask, port: int, **changes: object) -> None:
    values = {"mail_host": "127.0.0.1", "mail_port": port, "mail_security": "none", "mail_from": "a@b.example"}
    app.config["STREAM"] = given.replaced(app, **{**values, **changes})


def answer_in(page: str) -> str:
    """What the page says that the server said."""
    found = re.search(r'<code dir="auto">(.*?)</code>', page)
    return unescape(found[1]) if found else ""


def tried(admin: given.Visitor, to: str = "minji@example.org") -> str:
    admin.get("/en/admin/mail")
    return admin.post("/en/admin/mail/test", to=to).text


def test_without_a_server_the_page_says_how_to_set_one_and_that_nothing_needs_it(admin):
    page = admin.get("/en/admin/mail").text
    assert "nothing needs one" in page
    assert "mail_host" in page
    assert admin.post("/en/admin/mail/test", to="minji@example.org").status_code == 422


def test_a_test_mail_arrives_and_the_servers_answer_is_shown(app: Flask, admin):
    with SmtpServer().listening() as server:
        with_mail(app, server.port)
        page = tried(admin)
        assert server.messages[0]["To"] == "minji@example.org"
    assert answer_in(page) == "250 taken as number 1"
    assert "The server took the mail" in page
    assert "sent a test mail" in admin.get("/en/admin/record").text


def test_a_refusal_is_shown_in_the_servers_own_words(app: Flask, admin):
    server = SmtpServer()
    server.answers.append("550 5.1.1 <b>nobody</b> lives here")
    with server.listening():
        with_mail(app, server.port)
        assert answer_in(tried(admin)) == "550 5.1.1 <b>nobody</b> lives here"


def test_a_wrong_password_is_shown_in_the_servers_own_words_without_the_password(app: Flask, admin):
    server = SmtpServer()
    with server.listening(authenticator=server.refuse, auth_require_tls=False):
        with_mail(app, server.port, mail_user="learn", mail_password="very-secret-word")
        page = tried(admin)
    assert "535 5.7.8 who are you?" in answer_in(page)
    assert "very-secret-word" not in page


def test_a_server_that_is_away_is_named(app: Flask, admin):
    with_mail(app, free_port())
    assert "ConnectionRefusedError" in answer_in(tried(admin))


@pytest.mark.parametrize("to", ["", "nobody", "a@b.example\nBcc: c@d.example", "a@b.example, c@d.example"])
def test_what_is_no_address_comes_back_as_it_was_typed(app: Flask, admin, to):
    with SmtpServer().listening() as server:
        with_mail(app, server.port)
        page = tried(admin, to)
        assert server.messages == []
    assert "That is no mail address" in page
    assert to.partition("\n")[0] in page


def test_tests_are_limited(app: Flask, admin):
    with SmtpServer().listening() as server:
        with_mail(app, server.port)
        pages = [tried(admin) for _ in range(11)]
        assert len(server.messages) == 10
    assert "then try again" in pages[-1]


def test_what_failed_is_sent_again_when_the_admin_says_so(app: Flask, admin):
    server = SmtpServer()
    server.answers.append("550 mailbox gone")
    postman: Postman = app.extensions["stream.postman"]
    mail.register(app, "greeting", lambda data, _mail: mail.Letter("minji@example.org", "Hi", "Hi", "<p>Hi</p>"))
    with server.listening():
        with_mail(app, server.port)
        with app.app_context():
            write(lambda connection: mail.enqueue(connection, mail.Mail("k", "greeting", "minji"), datetime.now(UTC)))
        postman.run_once(datetime.now(UTC))
        page = admin.get("/en/admin/mail").text
        assert "550 mailbox gone" in page
        number = re.search(r'name="mail" value="(\d+)"', page)
        assert number is not None
        app.config["STREAM"] = given.replaced(app, mail_host="")  # the postman stays in bed
        assert admin.post("/en/admin/mail/retry", mail=number[1]).status_code == 303
        with_mail(app, server.port)
        assert postman.run_once(datetime.now(UTC)) == 1
        assert len(server.messages) == 1
        assert "550 mailbox gone" not in admin.get("/en/admin/mail").text
    assert "let mails be sent again" in admin.get("/en/admin/record").text


def test_a_mail_that_failed_twice_stands_there_once(app: Flask, admin):
    with app.app_context():
        write(lambda connection: mail.enqueue(connection, mail.Mail("k", "greeting", "minji"), datetime.now(UTC)))
        for words in ("550 the first answer", "550 the second answer"):
            write(lambda connection: retry(connection, datetime.now(UTC)))
            [claim] = write(lambda connection: claim_mails(connection, datetime.now(UTC)))
            write(lambda connection, c=claim, w=words: settle(connection, c, "failed", w, datetime.now(UTC)))
    page = admin.get("/en/admin/mail").text  # no mail server is set any more, and still it is said
    assert page.count("the second answer") == 1
    assert "the first answer" not in page


def test_a_mail_that_was_put_off_is_shown_with_the_servers_words_and_its_next_try(app: Flask, admin):
    with app.app_context():
        write(lambda connection: mail.enqueue(connection, mail.Mail("k", "greeting", "minji"), datetime.now(UTC)))
        [claim] = write(lambda connection: claim_mails(connection, datetime.now(UTC)))
        write(lambda connection: settle(connection, claim, "deferred", "451 come back later", datetime.now(UTC)))
    page = admin.get("/en/admin/mail").text
    assert "451 come back later" in page
    assert "Next try:" in page
    assert "Send again" not in page  # it is tried again by itself
