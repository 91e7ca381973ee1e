"""What everybody may see of a member: what adds up, never an entry; in the site's days, the same for whoever asks."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from stream import clock
from stream.accounts.publishing import PublishedMember
from stream.catalogue.model import Catalogue
from stream.db import reading
from stream.ledger.rulebook import Achievement, Rulebook
from stream.ledger.standing import Standing
from stream.progress.models import events
from stream.progress.profile import ACTS
from stream.progress.queries import Outline, outline_of, standing_of
from stream.progress.rhythm import Year, year_of


@dataclass(frozen=True, slots=True)
class Occasion:
    """With what a profile is made: what there is to learn, by which rules, and when. `zone` is the site's."""

    catalogue: Catalogue
    rulebook: Rulebook
    at: datetime
    zone: str  # the member's own would tell where they live


@dataclass(frozen=True, slots=True)
class PublishedProfile:
    """One member's profile. `standing` has all of it; the page takes from it what `member.shows`."""

    member: PublishedMember
    since: date
    standing: Standing
    begun: tuple[Outline, ...]  # courses of which a lesson is done
    earned: tuple[tuple[Achievement, date], ...]  # latest first; empty when not shown
    year: Year | None  # none: not shown


def published_profile(member: PublishedMember, occasion: Occasion) -> PublishedProfile:
    """The member's profile; what they do not show is not even read."""
    standing, shows = standing_of(member.learner_id), member.shows
    outlines = (outline_of(course, standing, occasion.at) for course in occasion.catalogue.courses)
    today = clock.local_day(occasion.at, occasion.zone)
    return PublishedProfile(
        member,
        since=clock.local_day(member.joined_at, occasion.zone),
        standing=standing,
        begun=tuple(outline for outline in outlines if outline.done),
        earned=_earned(standing, occasion) if shows.achievements else (),
        year=_year(member.learner_id, today) if shows.rhythm else None,
    )


def _earned(standing: Standing, occasion: Occasion) -> tuple[tuple[Achievement, date], ...]:
    at_of = standing.achievements
    got = [(at_of[each.key], each) for each in occasion.rulebook.achievements if each.key in at_of]
    latest_first = sorted(got, key=lambda each: each[0], reverse=True)
    return tuple((achievement, clock.local_day(at, occasion.zone)) for at, achievement in latest_first)


def _year(learner_id: str, today: date) -> Year:
    query = select(events.c.local_day).where(events.c.learner_id == learner_id, events.c.type.in_(ACTS))
    with reading() as connection:
        days = Counter(map(date.fromisoformat, connection.execute(query).scalars()))
    return year_of(days, max([today, *days]))  # whoever lives further east may be a day ahead of the site
