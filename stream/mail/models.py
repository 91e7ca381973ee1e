"""Mail that is to be sent, and what the mail server said to it. Holds no address and no finished text."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from stream.db import Base

mails = Table(
    "mails",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),  # about what and for whom: asked for twice, kept once
    Column("kind", String(40), nullable=False),  # names the writer that makes the letter
    Column("recipient", String(64), nullable=False),  # whoever that is to the writer: no address
    Column("data", Text, nullable=False),  # JSON for the writer
    Column("state", String(10), nullable=False),  # "waiting", "sending", "sent", "failed" or "dropped"
    Column("tries", Integer, nullable=False),
    Column("due_at", String(27), nullable=False),  # while sending: when another postman may take it over
    Column("created_at", String(27), nullable=False),
    Column("sent_at", String(27)),
    Column("message_id", String(200), nullable=False),  # left of its @; the same for every try
    Index("ix_mails_state_due", "state", "due_at"),
    Index("ix_mails_recipient", "recipient"),
)

mail_log = Table(
    "mail_log",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("mail_id", Integer, ForeignKey("mails.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", String(27), nullable=False),
    Column("outcome", String(10), nullable=False),  # "sent", "deferred", "failed" or "dropped"
    Column("detail", Text, nullable=False),  # the server's own words
)
