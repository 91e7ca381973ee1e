"""What learners answered and noted. Private; the ledger holds only that they tried and passed."""

from sqlalchemy import Boolean, Column, Integer, PrimaryKeyConstraint, String, Table, Text, UniqueConstraint

from stream.db import Base

attempts = Table(
    "attempts",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("learner_id", String(32), nullable=False),
    Column("event_id", String(64), nullable=False),  # of the attempt's event: sent twice, kept once
    Column("exercise", String(200), nullable=False),  # lesson id / exercise key
    Column("answer", Text, nullable=False),  # choices as their keys, comma-separated
    Column("passed", Boolean, nullable=False),
    Column("at", String(27), nullable=False),
    UniqueConstraint("learner_id", "event_id", name="uq_attempts_learner_event"),
)

notes = Table(
    "exercise_notes",
    Base.metadata,
    Column("learner_id", String(32), nullable=False),
    Column("exercise", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("saved_at", String(27), nullable=False),
    PrimaryKeyConstraint("learner_id", "exercise"),
)
