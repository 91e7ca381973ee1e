"""The postman: one thread that takes mails from the queue, has their letters written and hands them to the mail server.

Features register a writer for each kind of mail; a writer that fails delays its own mail and nothing else.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Flask, current_app

from stream.clock import now
from stream.db import write
from stream.mail.letter import Letter
from stream.mail.queue import ClaimedMail, Mail, claim, next_due, settle
from stream.mail.smtp import Deferred, Rejected, deliver
from stream.settings import Settings

NAP_SECONDS = 60.0  # the longest time without a look at the queue: another process may have filled it

Clock = Callable[[], datetime]
Writer = Callable[[Mapping[str, Any], Mail], Letter | None]

log = logging.getLogger(__name__)


class Postman:
    """Sends an app's mail. The thread starts at the first `wake`, or with `start`; never for a site without mail."""

    def __init__(self, app: Flask) -> None:
        self.writers: dict[str, Writer] = {}
        self._app = app
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._woken = threading.Event()
        self._closed = False

    def start(self) -> None:
        """Begin to work in the background."""
        with self._starting:
            if self._thread is None and not self._closed and self._settings.has_mail:
                self._thread = threading.Thread(target=self._run, name="postman", daemon=True)
                self._thread.start()

    def wake(self) -> None:
        """Look at the queue now: there is new mail, committed."""
        self._woken.set()
        self.start()

    def close(self) -> None:
        """Finish the mail in hand, then stop for good. Before the database's writer closes."""
        with self._starting:
            self._closed = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join()

    def run_once(self, at: datetime) -> int:
        """Send, in this thread, all that is due at `at`; how many mails were taken in hand."""
        return self._round(lambda: at)

    @property
    def _settings(self) -> Settings:
        settings: Settings = self._app.config["STREAM"]
        return settings

    def _run(self) -> None:
        while True:
            self._woken.clear()  # before looking, so that nothing that comes meanwhile is slept through
            if self._closed:
                return
            self._woken.wait(self._round_and_nap())

    def _round_and_nap(self) -> float:
        """One round; then the seconds until the next."""
        try:
            self._round(now)
            with self._app.app_context():
                due = next_due()
        except Exception:  # the database is away: the thread must outlive that
            log.exception("the postman could not look at the queue")
            return NAP_SECONDS
        return NAP_SECONDS if due is None else min(NAP_SECONDS, max(0.0, (due - now()).total_seconds()))

    def _round(self, clock: Clock) -> int:
        """One mail after the other, each claimed just before it is sent, so that no claim grows old."""
        count = 0
        while not self._closed and self._settings.has_mail and self._next(clock):
            count += 1
        return count

    def _next(self, clock: Clock) -> bool:
        with self._app.app_context():
            claimed = write(lambda connection: claim(connection, clock()))
            for each in claimed:
                self._send(each, clock)
        return bool(claimed)

    def _send(self, claimed: ClaimedMail, clock: Clock) -> None:
        outcome, detail = self._try(claimed, clock())
        settled = write(lambda connection: settle(connection, claimed, outcome, detail, clock()))
        log.info("mail %s, try %s: %s", claimed.id, claimed.tries, settled)

    def _try(self, claimed: ClaimedMail, at: datetime) -> tuple[str, str]:
        """Outcome and detail of one try."""
        from stream.mail.message import compose  # not above: half a megabyte, which a site without mail never needs

        try:
            letter = self.writers[claimed.mail.kind](claimed.mail.data, claimed.mail)
            if letter is None:
                return "dropped", "no longer wanted"
            message = compose(letter, self._settings.mail_sender, claimed.message_id, at)
            return "sent", deliver(message, self._settings)
        except Deferred as error:
            return "deferred", error.detail
        except Rejected as error:
            return "failed", error.detail
        except Exception as error:  # one broken letter must not stop the others
            log.exception("mail %s of kind %s could not be written", claimed.id, claimed.mail.kind)
            return "deferred", f"{type(error).__name__}: {error}"


def init_app(app: Flask) -> None:
    """Give `app` its postman."""
    app.extensions["stream.postman"] = Postman(app)


def register(app: Flask, kind: str, writer: Writer) -> None:
    """Have `writer` make the letters of mails of this kind. It runs in an app context, without a request."""
    postman: Postman = app.extensions["stream.postman"]
    postman.writers[kind] = writer


def wake() -> None:
    """Tell the current app's postman of new mail, after it is committed."""
    postman: Postman = current_app.extensions["stream.postman"]
    postman.wake()
