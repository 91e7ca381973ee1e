"""A letter: what a writer makes, before it is a message that mail servers accept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """What a writer makes: to one address, the same in plain text and HTML. `unsubscribe` is an address that
    answers a POST without asking."""

    to: str
    subject: str
    text: str
    html: str
    unsubscribe: str | None = None
    reply_to: str | None = None
