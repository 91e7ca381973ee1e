"""A letter as a message that mail servers accept: headers, a plain part and an HTML part. Knows no queue."""

from datetime import datetime
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from typing import Any

from stream.mail.letter import Letter
from stream.settings import mail_address

HEADER_LIMIT = 900  # a line of mail may have 998 signs


class _Verbatim(UnstructuredHeader, BaseHeader):
    """Taken as it is: EmailMessage would decode what looks like `=?utf-8?q?…?=`, line breaks too."""

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """See UnstructuredHeader."""
        kwds["parse_tree"], kwds["decoded"] = cls.value_parser(value), value


class _Subject(_Verbatim):
    """Folded by `Header`: EmailMessage's own folding loses spaces between Korean words (gh-92081)."""

    def fold(self, *, policy: Policy) -> str:
        """See BaseHeader."""
        charset = "us-ascii" if self.isascii() and "=?" not in self else "utf-8"
        encoded = Header(str(self), charset, header_name="Subject").encode(linesep=policy.linesep)
        return f"Subject: {encoded}{policy.linesep}"


class _Uri(_Verbatim):
    """Never folded: EmailMessage would encode a long address, and then no mail program finds the button for it."""

    def fold(self, *, policy: Policy) -> str:
        """See BaseHeader."""
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> Policy:
    registry = HeaderRegistry()
    registry.map_to_type("subject", _Subject)
    registry.map_to_type("list-unsubscribe", _Uri)
    return SMTP.clone(header_factory=registry, cte_type="7bit")  # 7bit: every server takes it


POLICY = _policy()


def compose(letter: Letter, sender: str, message_id: str, at: datetime) -> EmailMessage:
    """The letter as a message. Raises ValueError for what no header may hold, such as a line break.

    `message_id` is what stands before the @; the sender's domain follows.
    """
    _one_address(letter.to)
    headers = {
        "From": sender,
        "To": letter.to,
        "Subject": letter.subject,
        "Message-ID": f"<{message_id}@{_one_address(sender).domain}>",
        "Auto-Submitted": "auto-generated",
    }
    if letter.reply_to:
        _one_address(letter.reply_to)
        headers["Reply-To"] = letter.reply_to
    if letter.unsubscribe:
        headers["List-Unsubscribe"] = f"<{_plain(letter.unsubscribe)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMessage(policy=POLICY)
    for name, value in headers.items():
        message[name] = _one_line(name, value)
    message["Date"] = at
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def _one_line(name: str, value: str) -> str:
    if not value.isprintable() or len(value) > HEADER_LIMIT:
        raise ValueError(f"{name} holds a line break or control character, or is too long")
    return value


def _one_address(text: str) -> Address:
    address = mail_address(text)
    if not address:
        raise ValueError("expected one mail address")
    return address


def _plain(address: str) -> str:
    if not address.startswith(("https://", "http://")) or set(address) & set("<> ,") or not address.isascii():
        raise ValueError("List-Unsubscribe holds no plain web address")
    return address
