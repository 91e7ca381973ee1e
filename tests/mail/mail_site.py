"""A site with mail as these tests use it, and a writer of letters."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import Row, select

from stream import mail
from stream.db import reading, write
from stream.mail.models import mail_log, mails
from stream.mail.postman import Postman

AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SUBJECT = "민지 님이 encoder 수업에 답글을 달았습니다"


class MailSite:
    """The site as these tests use it; its writer `greeting` writes to the address in `data`."""

    def __init__(self, app: Flask, postman: Postman) -> None:
        self.app = app
        self.postman = postman

    def setting(self, **changes: Any) -> None:
        """Change settings of the running site."""
        self.app.config["STREAM"] = replace(self.app.config["STREAM"], **changes)

    def enqueue(self, key: str = "reply:1:minji", recipient: str = "minji", **data: str) -> bool:
        """Put a greeting into the queue, due at AT."""
        wanted = mail.Mail(key, "greeting", recipient, {"to": "minji@example.org", **data})
        with self.app.app_context():
            return write(lambda connection: mail.enqueue(connection, wanted, AT))

    def run(self, at: datetime = AT) -> int:
        """One round of the postman."""
        return self.postman.run_once(at)

    def mails(self) -> list[Row[Any]]:
        """The queue, oldest first."""
        with self.app.app_context(), reading() as connection:
            return list(connection.execute(select(mails).order_by(mails.c.id)))

    def log(self) -> list[tuple[str, str]]:
        """Outcomes and details, oldest first."""
        with self.app.app_context(), reading() as connection:
            lines = connection.execute(select(mail_log).order_by(mail_log.c.id))
            return [(line.outcome, line.detail) for line in lines]

    def states(self) -> list[str]:
        """Where each mail stands."""
        return [row.state for row in self.mails()]


def greeting(data: Mapping[str, Any], _mail: mail.Mail) -> mail.Letter:
    """A writer."""
    subject = data.get("subject", SUBJECT)
    stop = "https://learn.example.org/ko/mail/stop/" + "t" * 90
    return mail.Letter(data["to"], subject, "안녕하세요.\n\n.\nBye", "<p>안녕하세요.</p>", stop)
