"""A real SMTP server on a loopback port that keeps what it accepts and answers as it is told."""

import re
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from browser import free_port


class SmtpServer:
    """`answers` are given to RCPT, `data_answers` to DATA, one each; when none is left: 250."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.was_encrypted: list[bool] = []
        self.answers: deque[str] = deque()
        self.data_answers: deque[str] = deque()
        self.farewell = "221 bye"
        self.port = free_port()
        self.logins: list[LoginPassword] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        answer = self.answers.popleft() if self.answers else "250 recipient ok"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:
        return self.farewell

    async def handle_DATA(self, _server: Any, session: Session, envelope: Envelope) -> str:
        if self.data_answers:
            return self.data_answers.popleft()
        assert isinstance(envelope.content, bytes)
        self.messages.append(message_from_bytes(envelope.content, EmailMessage, policy=SMTP))
        self.envelopes.append(envelope)
        self.was_encrypted.append(session.ssl is not None)
        return f"250 taken as number {len(self.messages)}"

    def refuse(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
        """An authenticator that knows nobody."""
        self.logins.append(login)
        return AuthResult(success=False, handled=False, message="535 5.7.8 who are you?")

    def admit(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
        """An authenticator that knows everybody."""
        self.logins.append(login)
        return AuthResult(success=True)

    @contextmanager
    def listening(self, tls: ssl.SSLContext | None = None, **options: Any) -> Iterator["SmtpServer"]:
        """Listen; `tls` from the first byte on."""
        controller = Controller(self, hostname="127.0.0.1", port=self.port, ssl_context=tls, **options)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    """The plain or the HTML part."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def path_in(message: EmailMessage, path: str) -> str:
    """The address in a mail that holds this path, without its host."""
    found = re.search(rf"https?://\S*{path}\S+", text_of(message))
    assert found is not None, text_of(message)
    return urlsplit(found[0]).path
