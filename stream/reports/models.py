"""Problem reports: what readers found wrong in a lesson, and what became of it."""

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint

from stream.db import Base

reports = Table(
    "reports",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String(20), nullable=False, unique=True),  # random: whoever has it may ask how it stands
    Column("post_id", String(64), nullable=False),  # made with the form: sent twice, kept once
    Column("learner_id", String(32)),  # none: a visitor
    Column("lesson_id", String(200)),  # none: about the site
    Column("language", String(20), nullable=False),
    Column("revision", String(12), nullable=False),
    Column("place", String(100), nullable=False),  # the nearest heading or block, or ""
    Column("quote", Text, nullable=False),  # that place's words as they were
    Column("category", String(20), nullable=False),
    Column("body", Text, nullable=False),
    Column("contact", String(320), nullable=False),
    Column("state", String(10), nullable=False),  # "open", "fixed" or "declined"
    Column("answer", Text, nullable=False),
    Column("created_at", String(27), nullable=False),
    Column("settled_at", String(27)),
    UniqueConstraint("post_id", name="uq_reports_post"),
    Index("ix_reports_state", "state", "id"),
    Index("ix_reports_learner", "learner_id"),
)
