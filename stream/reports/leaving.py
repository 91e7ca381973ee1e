"""What becomes of a member's problem reports when the account is deleted, and what the member may take along."""

from typing import Any

from flask import Flask
from sqlalchemy import Connection, select, update

from stream.accounts.leaving import take_out
from stream.accounts.signals import account_erased, personal_data_asked
from stream.accounts.takeout import rows_of
from stream.accounts.traces import Traces
from stream.reports.models import reports

NOT_TAKEN = ("id", "post_id", "learner_id")


def init_app(app: Flask) -> None:
    """Hear of members who leave, and of those who download what is theirs."""
    account_erased.connect(_forget, app)
    personal_data_asked.connect(_take_along, app)


def _forget(_site: Flask, *, connection: Connection, learner_id: str, traces: Traces, **_more: Any) -> None:
    """The problem may still be there, so the report stays: as one of nobody's."""
    mine = reports.c.learner_id == learner_id
    for row in connection.execute(select(reports.c.id, reports.c.body, reports.c.answer).where(mine)).all():
        cleaned = {"body": traces.out_of_own(row.body), "answer": traces.out_of_own(row.answer)}
        connection.execute(update(reports).where(reports.c.id == row.id).values(cleaned))
    connection.execute(update(reports).where(mine).values(learner_id=None, contact=""))
    for column in (reports.c.body, reports.c.answer, reports.c.contact):
        take_out(connection, column, traces)


def _take_along(_site: Flask, *, learner_id: str) -> tuple[str, dict[str, Any]]:
    columns = [column for column in reports.c if column.name not in NOT_TAKEN]
    query = select(*columns).where(reports.c.learner_id == learner_id).order_by(reports.c.id)
    return "reports", rows_of({"sent": query})
