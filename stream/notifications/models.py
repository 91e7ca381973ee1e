"""What members are told, and how they want to be told."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint

from stream.db import Base

notifications = Table(
    "notifications",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("learner_id", String(32), nullable=False),  # who is told
    Column("kind", String(20), nullable=False),  # "reply", "mention", "comment", "report", "approved"…
    Column("subject", String(100), nullable=False),  # "comment:12": told once, however often it is sent
    Column("about", Text, nullable=False),  # JSON: what the line and its link are made of
    Column("at", String(27), nullable=False),
    Column("read_at", String(27)),
    Column("mail_key", String(200)),  # the mail that carries it, if one does
    UniqueConstraint("learner_id", "subject", name="uq_notifications_learner_subject"),
    Index("ix_notifications_unread", "learner_id", "read_at"),
    Index("ix_notifications_subject", "subject"),
    Index("ix_notifications_mail", "mail_key"),
)

preferences = Table(
    "notification_preferences",
    Base.metadata,
    Column("learner_id", String(32), primary_key=True),
    Column("replies", Boolean, nullable=False),
    Column("mentions", Boolean, nullable=False),
    Column("mail", String(10), nullable=False),  # "off", "at-once" or "daily"
)
