"""Private notes and bookmarks. Keyed by the lesson's id, so that they outlive new addresses and edits."""

from sqlalchemy import Column, Integer, PrimaryKeyConstraint, String, Table, Text

from stream.db import Base

notes = Table(
    "lesson_notes",
    Base.metadata,
    Column("learner_id", String(32), nullable=False),
    Column("lesson_id", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("version", Integer, nullable=False),  # counts changes, so that a stale one is noticed
    Column("saved_at", String(27), nullable=False),
    PrimaryKeyConstraint("learner_id", "lesson_id"),
)

bookmarks = Table(
    "bookmarks",
    Base.metadata,
    Column("learner_id", String(32), nullable=False),
    Column("lesson_id", String(200), nullable=False),
    Column("at", String(27), nullable=False),
    PrimaryKeyConstraint("learner_id", "lesson_id"),
)
