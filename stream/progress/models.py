"""The ledger's tables. Triggers refuse UPDATE and DELETE on `events`; `standings` can be rebuilt from it."""

from sqlalchemy import Column, Integer, String, Table, Text, UniqueConstraint

from stream.db import Base

events = Table(
    "events",
    Base.metadata,
    Column("id", Integer, primary_key=True),  # order of recording
    Column("learner_id", String(32), nullable=False),
    Column("version", Integer, nullable=False),  # 1… per learner: two writers cannot both append the same one
    Column("type", String(32), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("data", Text, nullable=False),
    Column("xp", Integer, nullable=False),
    Column("occurred_at", String(27), nullable=False),
    Column("recorded_at", String(27), nullable=False),
    Column("local_day", String(10), nullable=False),
    Column("event_id", String(64), nullable=False),  # made where it happened: a replay is recognised by it
    Column("rulebook", String(32), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("learner_id", "version", name="uq_events_learner_version"),
    UniqueConstraint("learner_id", "event_id", name="uq_events_learner_event"),
    sqlite_autoincrement=True,
)

standings = Table(
    "standings",
    Base.metadata,
    Column("learner_id", String(32), primary_key=True),
    Column("version", Integer, nullable=False),  # of the last event folded in
    Column("hash", String(64), nullable=False),  # of the last event: a cut tail is noticed
    Column("state", Text, nullable=False),  # canonical text of the folded standing
)
