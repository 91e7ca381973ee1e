"""Handing one message to the mail server, and whether to try again. Knows no queue; the password stays in here."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage

from stream.settings import Settings

TIMEOUT_SECONDS = 20.0


class Deferred(Exception):
    """Not now: the server is away, busy or set up wrongly. `detail` says it in its own words."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Rejected(Exception):
    """Never: the server refuses this recipient or this message for good."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


def deliver(message: EmailMessage, settings: Settings) -> str:
    """Hand the message over; the server's answer. Raises Deferred or Rejected, and then it was not taken."""
    try:
        return _without_password(_hand_over(message, settings), settings)
    except (Deferred, Rejected) as error:
        raise type(error)(_without_password(error.detail, settings)) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Deferred(_without_password(_words(error), settings)) from None


def greet(settings: Settings) -> str:
    """Connect, sign in if a user is set, and leave without a message; the server's answer. Raises Deferred."""
    try:
        with _connected(settings, "localhost") as client:
            return _accepted(client.noop(), final=False)
    except Deferred as error:
        raise Deferred(_without_password(error.detail, settings)) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Deferred(_without_password(_words(error), settings)) from None


def _hand_over(message: EmailMessage, settings: Settings) -> str:
    sender, recipient = (message[name].addresses[0] for name in ("From", "To"))
    with _connected(settings, sender.domain) as client:
        _accepted(client.mail(sender.addr_spec), final=False)  # a refused sender: for the admin to put right
        _accepted(client.rcpt(recipient.addr_spec), final=True)
        return _accepted(_data(client, message), final=True)


@contextmanager
def _connected(settings: Settings, name: str) -> Iterator[smtplib.SMTP]:
    """A signed-in connection. How it ends is of no interest: the message is accepted by then, or refused."""
    client = _open(settings, name)
    try:
        client.ehlo_or_helo_if_needed()
        if settings.mail_security == "starttls":
            client.starttls(context=ssl.create_default_context())
        if settings.mail_user:
            client.login(settings.mail_user, settings.mail_password)
        client.ehlo_or_helo_if_needed()
        yield client
    finally:
        with suppress(OSError, smtplib.SMTPException):
            client.quit()
        client.close()


def _open(settings: Settings, name: str) -> smtplib.SMTP:
    host, port = settings.mail_host, settings.mail_port
    if settings.mail_security == "tls":
        trusted = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, local_hostname=name, timeout=TIMEOUT_SECONDS, context=trusted)
    return smtplib.SMTP(host, port, local_hostname=name, timeout=TIMEOUT_SECONDS)


def _data(client: smtplib.SMTP, message: EmailMessage) -> tuple[int, bytes]:
    try:
        return client.data(message.as_bytes())
    except smtplib.SMTPDataError as error:  # refused at the word DATA already
        return error.smtp_code, _bytes(error.smtp_error)


def _accepted(answer: tuple[int, bytes], *, final: bool) -> str:
    """The server's answer as text if it is a yes; `final`: whether a 5xx is the last word."""
    code, text = answer
    words = f"{code} {_text(text)}"
    if 200 <= code < 300:
        return words
    raise Rejected(words) if final and 500 <= code < 600 else Deferred(words)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(_bytes(error.smtp_error))}"
    return f"{type(error).__name__}: {error}"


def _without_password(words: str, settings: Settings) -> str:
    return words.replace(settings.mail_password, "…") if settings.mail_password else words


def _text(answer: bytes) -> str:
    return answer.decode("utf-8", "replace")


def _bytes(answer: bytes | str) -> bytes:
    return answer.encode() if isinstance(answer, str) else answer
