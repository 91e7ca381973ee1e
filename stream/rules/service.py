"""Applying a changed rulebook: one record of it, then learner by learner, each exactly once however often it is begun.

The number of the record names the entries ("rules-12"), so that whoever was counted before an interruption is known.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice

from sqlalchemy import Connection, insert, select, update

from stream.accounts.admin_acts import LONGEST_WHY, Deed, record
from stream.accounts.shown import shown_without
from stream.db import write
from stream.ledger.codec import instant_text
from stream.ledger.comparing import fingerprint
from stream.ledger.events import XpAdjusted
from stream.notifications.service import Notice, notify
from stream.progress.service import Act, append, write_retrying
from stream.refusal import Refusal
from stream.rules.models import applied
from stream.rules.queries import Plan, Wishes, by_hand, wishes

BATCH = 20  # learners in one transaction: short enough that nobody else waits


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be applied, the text of the rulebook file, and who said so."""

    plan: Plan
    text: str
    actor: str

    @property
    def why(self) -> str:
        """The reason that learners and the record see."""
        return self.plan.change.reason


def remember_first(text: str, plan: Plan) -> None:
    """Note the rulebook that was there before any was applied: what changes are told against."""

    def work(connection: Connection) -> None:
        if connection.execute(select(applied.c.id).limit(1)).first() is None:
            connection.execute(insert(applied).values(**_row(plan, text), finished_at=instant_text(plan.at)))

    write(work)


def begin(order: Order) -> int:
    """Record that a rulebook is applied, or find the record of the same that was not finished; its number."""
    if not order.why.strip():
        raise Refusal("reason-missing", 422)
    return write(lambda connection: _begin(connection, order))


def _begin(connection: Connection, order: Order) -> int:
    row = _row(order.plan, order.text)
    latest = connection.execute(select(applied).order_by(applied.c.id.desc()).limit(1)).first()
    this = (None, row["fingerprint"], row["policy"])
    if latest is not None and (latest.finished_at, latest.fingerprint, latest.policy) == this:
        return int(latest.id)
    subject = f"rulebook:{order.plan.rulebook.version}:{order.plan.change.policy}"
    record(connection, Deed(order.actor, "rules.changed", subject[:100], order.why), order.plan.at)
    found = connection.execute(insert(applied).values(**row).returning(applied.c.id)).scalar_one()
    return int(found)


def _row(plan: Plan, text: str) -> dict[str, object]:
    return {
        "fingerprint": fingerprint(plan.rulebook),
        "version": plan.rulebook.version[:32],
        "text": text,
        "policy": plan.change.policy,
        "why": plan.change.reason[:LONGEST_WHY],
        "begun_at": instant_text(plan.at),
        "changed": 0,
    }


def apply(order: Order, number: int, learner_ids: Sequence[str]) -> Iterator[int]:
    """Count these learners by the new rules. Yields how many were done in each transaction, for a progress bar."""
    left = iter(learner_ids)
    while batch := list(islice(left, BATCH)):
        write_retrying(partial(_apply_to, order=order, number=number, learner_ids=batch))
        yield len(batch)
    write(lambda connection: _finish(connection, number, order.plan.at))


def apply_at_once(order: Order, learner_ids: Sequence[str]) -> None:
    """Begin, or go on, and come back when everybody is counted."""
    for _ in apply(order, begin(order), learner_ids):
        pass


def _apply_to(connection: Connection, order: Order, number: int, learner_ids: Sequence[str]) -> None:
    given, known = by_hand(connection, learner_ids), wishes(connection, learner_ids)
    changed = 0
    for learner_id in learner_ids:
        wish = known.get(learner_id)
        command = order.plan.command(given.get(learner_id, 0), wish.zone if wish else None)
        act = Act(learner_id, f"rules-{number}", order.plan.at)
        outcome = append(connection, act, [command], order.plan.rulebook)
        changed += bool(outcome.events)
        if wish is not None and any(isinstance(event, XpAdjusted) and event.xp for event in outcome.events):
            _tell(connection, learner_id, wish, order, number)
    count = update(applied).where(applied.c.id == number).values(changed=applied.c.changed + changed)
    connection.execute(count)


def _tell(connection: Connection, learner_id: str, wish: Wishes, order: Order, number: int) -> None:
    """In the inbox only: a change of the rules is no reason for a mail to everybody."""
    if shown_without(wish.hides).xp:
        notice = Notice(learner_id, "rules", f"rules:{number}", {"rules": str(number), "why": order.why})
        notify(connection, [notice], None, order.plan.at)


def _finish(connection: Connection, number: int, at: datetime) -> None:
    mine = (applied.c.id == number) & applied.c.finished_at.is_(None)
    connection.execute(update(applied).where(mine).values(finished_at=instant_text(at)))
