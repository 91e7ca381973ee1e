"""A site with mail, members with confirmed addresses, and a postman who works when a test says so."""

import dataclasses
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage

import given
import pytest
from flask import Flask
from given import PASSWORD, Visitor
from smtp_server import SmtpServer, path_in

from stream.clock import now
from stream.factory import create_app
from stream.mail.postman import Postman
from stream.settings import Settings


class Post:
    """What members of a site get by mail."""

    def __init__(self, app: Flask, server: SmtpServer) -> None:
        self.app, self.server = app, server
        resting: Postman = app.extensions["stream.postman"]
        resting.close()  # it would send in the background whenever it likes
        self._postman = Postman(app)
        self._postman.writers = resting.writers

    def deliver(self, at: datetime | None = None) -> list[EmailMessage]:
        """Everything that is sent now."""
        before = len(self.server.messages)
        self._postman.run_once(at or now())
        return self.server.messages[before:]

    def member(self, name: str, language: str = "en") -> Visitor:
        """A member who gets mail at name@example.org."""
        someone = Visitor(self.app).sign_up(name, language)
        someone.get(f"/{language}/me/settings")
        someone.post(f"/{language}/me/mail", mail=f"{name}@example.org", mail_current=PASSWORD)
        (message,) = self.deliver()
        someone.post(path_in(message, "/me/mail/confirm/"))
        return someone


@pytest.fixture
def post(settings: Settings) -> Iterator[Post]:
    """A site that sends mail through a real SMTP server."""
    with SmtpServer().listening() as server:
        app = create_app(
            dataclasses.replace(
                settings,
                mail_host="127.0.0.1",
                mail_port=server.port,
                mail_security="none",
                mail_from="Stream <site@example.org>",
                public_url="http://learn.example.org",
                mail_cap=3,
                comment_limit="1000 per minute",
            )
        )
        yield Post(app, server)
        given.close(app)
