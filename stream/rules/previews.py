"""A change of the rules as it would be for everybody: who is affected, the worst first."""

from collections.abc import Iterable
from dataclasses import dataclass

from stream.rules import queries
from stream.rules.drafts import Draft, news
from stream.rules.queries import Affected


@dataclass(frozen=True, slots=True)
class Preview:
    """Of so many learners, those to whom the change would bring or take something."""

    learners: int
    affected: tuple[Affected, ...]

    @property
    def drops(self) -> int:
        """How many would have less XP, a lower level or an achievement less."""
        return sum(each.effect.drops for each in self.affected)

    @property
    def rises(self) -> int:
        """How many would have more, and nothing less."""
        return sum(each.effect.rises for each in self.affected)

    @property
    def unlocks(self) -> int:
        """How many would get an achievement."""
        return sum(bool(each.effect.gained) for each in self.affected)

    @property
    def learner_ids(self) -> list[str]:
        """Whom to count by the new rules."""
        return [each.learner_id for each in self.affected]


def preview_of(found: Iterable[Affected | None]) -> Preview:
    """The preview over what each learner would see; holds only the affected."""
    learners, affected = 0, []
    for each in found:
        learners += 1
        if each is not None:
            affected.append(each)
    return Preview(learners, tuple(sorted(affected, key=_urgency)))


def is_done(found: Draft, seen: Preview) -> bool:
    """Whether this rulebook is the last one applied, to the end, and leaves nothing to do."""
    last = news(found).last
    is_last = last is not None and last.fingerprint == found.fingerprint
    return is_last and not seen.affected and queries.interrupted() is None


def _urgency(each: Affected) -> tuple[bool, int, int, str]:
    seen = each.effect
    return (
        not seen.drops,
        seen.level_after - seen.level_before,
        seen.xp_after - seen.xp_before,
        each.name or each.learner_id,
    )
