"""Which rulebooks were applied. `finished_at` is empty while learners are still being counted by it."""

from sqlalchemy import Column, Integer, String, Table, Text

from stream.db import Base

applied = Table(
    "rulebooks_applied",
    Base.metadata,
    Column("id", Integer, primary_key=True),  # names the entries it makes: "rules-12"
    Column("fingerprint", String(64), nullable=False),  # of what the rulebook says, not of how it is written
    Column("version", String(32), nullable=False),
    Column("text", Text, nullable=False),  # the file, to tell later what changed since
    Column("policy", String(10), nullable=False),
    Column("why", String(500), nullable=False),
    Column("begun_at", String(27), nullable=False),
    Column("finished_at", String(27)),
    Column("changed", Integer, nullable=False),  # learners to whom it brought something
    sqlite_autoincrement=True,
)
