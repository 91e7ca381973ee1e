"""Taking a problem report, and settling it: with the ledger event and the notice to the reporter in one transaction."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from stream.accounts.admin_acts import Deed, record
from stream.db import write
from stream.ledger.codec import instant_text
from stream.ledger.decisions import ResolveReport
from stream.ledger.rulebook import Rulebook
from stream.markdown.comments import problem_with
from stream.notifications.service import MailRules, Notice, notify
from stream.progress.service import Act, append
from stream.refusal import Refusal
from stream.reports.models import reports

CATEGORIES = ("typo", "wrong", "unclear", "broken-link", "translation", "other")
LONGEST_CONTACT = 320
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is mistaken for something else when read out


class Unfit(Exception):
    """A report that cannot be taken as it is: field -> code of what is wrong."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(str(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class NewReport:
    """What a reader found, and where."""

    category: str
    body: str
    contact: str
    language: str
    lesson_id: str | None
    revision: str
    place: str
    quote: str
    learner_id: str | None
    post_id: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a report: "fixed" or "declined", with an answer for the reporter."""

    state: str
    answer: str


def check(report: NewReport) -> None:
    """Raises Unfit when something is missing."""
    problems = {}
    if report.category not in CATEGORIES:
        problems["category"] = "category-missing"
    if code := problem_with(report.body):
        problems["body"] = code
    if len(report.contact) > LONGEST_CONTACT or not report.contact.isprintable():
        problems["contact"] = "contact-shape"
    if problems:
        raise Unfit(problems)


def submit(report: NewReport, at: datetime) -> str:
    """Keep the report, once however often it is sent; returns its reference."""
    check(report)

    def work(connection: Connection) -> str:
        known = select(reports.c.reference).where(reports.c.post_id == report.post_id)
        reference = connection.execute(known).scalar_one_or_none()
        if reference is None:
            reference = _new_reference()
            connection.execute(insert(reports).values(_columns(report, reference, at)))
        return reference

    return write(work)


def settle(
    moderator: str, reference: str, verdict: Verdict, rulebook: Rulebook, mail: MailRules | None, at: datetime,
    day: date, published: Any,
) -> None:  # fmt: skip
    """Say what became of a report. "fixed" stands in the reporter's ledger; the reporter is told either way."""
    if verdict.state not in ("fixed", "declined"):
        raise Refusal("unknown-verdict", 400)
    if verdict.state == "declined" and not verdict.answer.strip():
        raise Unfit({"answer": "answer-missing"})

    def work(connection: Connection) -> None:
        row = connection.execute(select(reports).where(reports.c.reference == reference)).first()
        if row is None:
            raise Refusal("unknown-report", 404)
        if row.state != "open":
            raise Refusal("already-done", 409)
        values = {"state": verdict.state, "answer": verdict.answer.strip()[:5000], "settled_at": instant_text(at)}
        connection.execute(update(reports).where(reports.c.reference == reference).values(values))
        record(connection, Deed(moderator, verdict.state, f"report:{reference}", verdict.answer), at)
        if row.learner_id is None:
            return
        if verdict.state == "fixed":
            command = ResolveReport(at=at, day=day, published=published, report=reference, outcome="fixed")
            append(connection, Act(row.learner_id, f"report-{reference}", at), [command], rulebook)
        about = {"lesson": row.lesson_id or "", "report": reference, "excerpt": row.body[:200], "why": verdict.answer}
        notify(connection, [Notice(row.learner_id, "report", f"report:{reference}", about)], mail, at)

    write(work)


def _new_reference() -> str:
    letters = [secrets.choice(ALPHABET) for _ in range(10)]
    return f"{''.join(letters[:5])}-{''.join(letters[5:])}"


def _columns(report: NewReport, reference: str, at: datetime) -> dict[str, Any]:
    return {
        "reference": reference,
        "post_id": report.post_id,
        "learner_id": report.learner_id,
        "lesson_id": report.lesson_id,
        "language": report.language,
        "revision": report.revision,
        "place": report.place,
        "quote": report.quote,
        "category": report.category,
        "body": report.body,
        "contact": report.contact,
        "state": "open",
        "answer": "",
        "created_at": instant_text(at),
    }
