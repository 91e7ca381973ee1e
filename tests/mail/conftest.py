"""A site with mail, a queue to fill and an SMTP server to receive."""

from collections.abc import Iterator

import pytest
from flask import Flask
from mail_site import MailSite, greeting
from smtp_server import SmtpServer

from stream import mail
from stream.db import Base, write_engine
from stream.mail.models import mail_log, mails
from stream.mail.postman import Postman


@pytest.fixture
def server() -> SmtpServer:
    """An SMTP server that does not listen yet."""
    return SmtpServer()


@pytest.fixture
def listening(server: SmtpServer) -> Iterator[SmtpServer]:
    """An SMTP server that asks for nothing."""
    with server.listening():
        yield server


@pytest.fixture
def site(app: Flask, server: SmtpServer) -> Iterator[MailSite]:
    """A site that sends its mail to `server`."""
    if "stream.postman" not in app.extensions:
        mail.init_app(app)
    postman: Postman = app.extensions["stream.postman"]
    site = MailSite(app, postman)
    site.setting(
        mail_host="127.0.0.1", mail_port=server.port, mail_security="none", mail_from="배움터 <site@example.org>"
    )
    with app.app_context():
        Base.metadata.create_all(write_engine(), tables=[mails, mail_log])
    mail.register(app, "greeting", greeting)
    yield site
    postman.close()
