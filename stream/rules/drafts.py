"""The rulebook as its file stands now, and the plan to apply it to this site."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from stream.ledger.comparing import Difference, differences, fingerprint
from stream.ledger.recount import Change, Policy
from stream.ledger.rulebook import Rulebook, RulebookError, parse_rulebook
from stream.progress.rules import problem_of, rulebook, rulebook_path
from stream.rules import queries, service
from stream.rules.queries import Applied, Plan
from stream.web.content import library
from stream.web.page import site_settings


class BadRulebook(Exception):
    """The file is no rulebook; says file, line and what to change."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A rulebook file that can be used."""

    text: str
    rulebook: Rulebook

    @property
    def fingerprint(self) -> str:
        """What it says, in 64 hex digits."""
        return fingerprint(self.rulebook)


@dataclass(frozen=True, slots=True)
class News:
    """How a draft differs from what was applied last; before anything was, from what is in force."""

    last: Applied | None
    former: Rulebook
    differences: tuple[Difference, ...]

    @property
    def is_new(self) -> bool:
        """Whether the draft says anything else."""
        return bool(self.differences)


def draft(path: Path | None = None) -> Draft:
    """The rulebook in this file, or in the lessons folder. Raises BadRulebook."""
    path = path or rulebook_path()
    try:
        text = path.read_text(encoding="utf-8")
        return Draft(text, parse_rulebook(text))
    except (OSError, UnicodeDecodeError, RulebookError) as error:
        raise BadRulebook(problem_of(path, error)) from error


def news(found: Draft) -> News:
    """What is new in a draft."""
    last = queries.last_applied()
    former = (last.rulebook if last else None) or rulebook()
    return News(last, former, differences(former, found.rulebook))


def plan(found: Draft, policy: Policy, why: str, at: datetime) -> Plan:
    """The plan to apply a draft to the learners of this site."""
    change = Change(news(found).former, policy, why)
    return Plan(change, found.rulebook, library().catalogue().published(at), at, site_settings().time_zone)


def remember_first(at: datetime) -> None:
    """Note the rulebook of a new site, so that it can be said later what changed."""
    try:
        found = draft()
    except BadRulebook:
        return
    service.remember_first(found.text, plan(found, "from-now", "", at))
