"""What is known of applied rulebooks, and what a change would do to each learner, read one after another."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from stream.accounts.models import User
from stream.clock import local_day
from stream.db import reading
from stream.ledger.achievements import Published
from stream.ledger.codec import instant, standing_from_state
from stream.ledger.decisions import ChangeRules
from stream.ledger.effects import Effect, effect
from stream.ledger.events import BY_HAND
from stream.ledger.recount import Change
from stream.ledger.rulebook import Rulebook, RulebookError, parse_rulebook
from stream.progress.models import events, standings
from stream.rules.models import applied

AT_ONCE = 200  # standings that are read together


@dataclass(frozen=True, slots=True)
class Applied:
    """A rulebook that was applied. `rulebook` is none where this version of the code cannot read it any more."""

    number: int
    fingerprint: str
    version: str
    policy: str
    why: str
    begun_at: datetime
    finished_at: datetime | None
    changed: int
    rulebook: Rulebook | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A change as it would be applied at `at`: from which rules to which, and the lessons published now."""

    change: Change
    rulebook: Rulebook
    published: Published
    at: datetime
    zone: str = "UTC"  # of learners who have not chosen one

    def command(self, by_hand: int, zone: str | None = None) -> ChangeRules:
        """What it asks of a learner with so much XP given by hand."""
        day = local_day(self.at, zone or self.zone)
        return ChangeRules(at=self.at, day=day, published=self.published, change=replace(self.change, by_hand=by_hand))


@dataclass(frozen=True, slots=True)
class Affected:
    """A learner and what the change means; `name` is none once the account is gone."""

    learner_id: str
    name: str | None
    effect: Effect


def last_applied() -> Applied | None:
    """The rulebook that was applied last, to the end."""
    return _latest(applied.c.finished_at.is_not(None))


def interrupted() -> Applied | None:
    """The one that is being applied, or was until something stopped it."""
    latest = _latest()
    return latest if latest is not None and latest.finished_at is None else None


def _latest(*conditions: Any) -> Applied | None:
    with reading() as connection:
        row = connection.execute(select(applied).where(*conditions).order_by(applied.c.id.desc()).limit(1)).first()
    return _applied(row) if row else None


def _applied(row: Any) -> Applied:
    return Applied(
        number=row.id,
        fingerprint=row.fingerprint,
        version=row.version,
        policy=row.policy,
        why=row.why,
        begun_at=instant(row.begun_at),
        finished_at=instant(row.finished_at) if row.finished_at else None,
        changed=row.changed,
        rulebook=_parsed(row.text),
    )


def _parsed(text: str) -> Rulebook | None:
    try:
        return parse_rulebook(text)
    except RulebookError:
        return None


def learner_count() -> int:
    """How many learners there are."""
    with reading() as connection:
        return connection.execute(select(func.count()).select_from(standings)).scalar_one()


def effects(plan: Plan) -> Iterator[Affected | None]:
    """For each learner what the plan would do; None where it would do nothing."""
    query = (
        select(standings.c.learner_id, standings.c.state, User.username)
        .outerjoin(User, User.learner_id == standings.c.learner_id)
        .order_by(standings.c.learner_id)
        .execution_options(yield_per=AT_ONCE)
    )
    with reading() as connection:
        given = by_hand(connection)
        for row in connection.execute(query):
            command = plan.command(given.get(row.learner_id, 0))
            found = effect(standing_from_state(row.state), command, plan.rulebook)
            yield Affected(row.learner_id, row.username, found) if found.changes else None


def by_hand(connection: Connection, learner_ids: Collection[str] | None = None) -> dict[str, int]:
    """The XP that these learners, or all, were given by hand: corrections that no rulebook brought."""
    query = select(events.c.learner_id, func.sum(events.c.xp)).where(
        events.c.type == "xp.adjusted", events.c.subject == BY_HAND
    )
    if learner_ids is not None:
        query = query.where(events.c.learner_id.in_(learner_ids))
    return {learner_id: int(xp) for learner_id, xp in connection.execute(query.group_by(events.c.learner_id))}


@dataclass(frozen=True, slots=True)
class Wishes:
    """A member's time zone, if one is chosen, and the parts of the game not to be shown."""

    zone: str | None = None
    hides: str = ""


def wishes(connection: Connection, learner_ids: Collection[str]) -> dict[str, Wishes]:
    """Those of members; whose account is gone has none."""
    query = select(User.learner_id, User.time_zone, User.hides).where(User.learner_id.in_(learner_ids))
    return {row.learner_id: Wishes(row.time_zone, row.hides) for row in connection.execute(query)}
