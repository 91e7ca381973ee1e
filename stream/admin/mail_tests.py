"""Trying the mail server out, and sending again what failed; both stand in the record."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from html import escape

from sqlalchemy import Connection

from stream.accounts.admin_acts import Deed, record
from stream.db import write
from stream.mail import Letter
from stream.mail.queue import retry
from stream.mail.smtp import Deferred, Rejected, deliver
from stream.settings import Settings


@dataclass(frozen=True, slots=True)
class TestAnswer:
    """What the mail server said, in its own words."""

    is_taken: bool
    words: str


def send_test(settings: Settings, to: str, subject: str, text: str, deed: Deed, at: datetime) -> TestAnswer:
    """Hand a mail over now, past the queue, and wait for the answer."""
    from stream.mail.message import compose  # not above: as in stream.mail.postman

    write(lambda connection: record(connection, deed, at))
    letter = Letter(to, subject, f"{text}\n", f"<p>{escape(text)}</p>")
    try:
        message = compose(letter, settings.mail_sender, secrets.token_hex(16), at)
        return TestAnswer(True, deliver(message, settings))
    except (Deferred, Rejected) as error:
        return TestAnswer(False, error.detail)


def retried(deed: Deed, at: datetime, mail_id: int | None) -> int:
    """Let a failed mail wait again, or all (None); how many."""

    def work(connection: Connection) -> int:
        count = retry(connection, at, mail_id)
        if count:
            record(connection, deed, at)
        return count

    return write(work)
