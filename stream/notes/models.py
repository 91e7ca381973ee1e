"""Private notes and bookmarks. Keyed by the lesson's id and a passage of it, so they outlive addresses and edits."""

from sqlalchemy import Column, Integer, PrimaryKeyConstraint, String, Table, Text

from stream.db import Base

WHOLE = 0  # the `passage_id` of what is about the lesson as a whole

notes = Table(
    "lesson_notes",
    Base.metadata,
    Column("learner_id", String(32), nullable=False),
    Column("lesson_id", String(200), nullable=False),
    Column("passage_id", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("version", Integer, nullable=False),  # counts changes, so that a stale one is noticed
    Column("saved_at", String(27), nullable=False),
    PrimaryKeyConstraint("learner_id", "lesson_id", "passage_id"),
)

bookmarks = Table(
    "bookmarks",
    Base.metadata,
    Column("learner_id", String(32), nullable=False),
    Column("lesson_id", String(200), nullable=False),
    Column("passage_id", Integer, nullable=False),
    Column("at", String(27), nullable=False),
    PrimaryKeyConstraint("learner_id", "lesson_id", "passage_id"),
)
