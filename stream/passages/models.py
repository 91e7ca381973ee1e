"""Passages, where they stand in the text of each language, and the texts in which they were last looked for."""

from sqlalchemy import Column, ForeignKey, Integer, PrimaryKeyConstraint, String, Table, Text

from stream.db import Base

passages = Table(
    "passages",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("lesson_id", String(200), nullable=False, index=True),  # never an address: those change
    Column("created_at", String(27), nullable=False),
)

anchors = Table(
    "anchors",
    Base.metadata,
    Column("passage_id", Integer, ForeignKey("passages.id", ondelete="CASCADE"), nullable=False),
    Column("language", String(20), nullable=False),
    Column("block_id", String(100), nullable=False),  # where the block is, or was when it was last seen
    Column("block_kind", String(40), nullable=False),
    Column("text", Text, nullable=False),  # its words when it was last seen
    Column("first_text", Text, nullable=False),  # its words when something was first attached to it
    Column("state", String(10), nullable=False),  # "same", "reworded" or "gone"
    PrimaryKeyConstraint("passage_id", "language"),
)

snapshots = Table(
    "lesson_snapshots",
    Base.metadata,
    Column("lesson_id", String(200), nullable=False),
    Column("language", String(20), nullable=False),
    Column("revision", String(12), nullable=False),  # of the file in which the anchors were last looked for
    Column("pieces", Text, nullable=False),  # JSON list of [id, kind, text] in order
    PrimaryKeyConstraint("lesson_id", "language"),
)
