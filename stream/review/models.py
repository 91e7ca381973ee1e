"""Who does not want reviews. What was answered stands in the ledger."""

from sqlalchemy import Column, String, Table

from stream.db import Base

without_review = Table(
    "without_review",
    Base.metadata,
    Column("learner_id", String(32), primary_key=True),
)
