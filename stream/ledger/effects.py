"""What a change of the rules would do to one learner, for a preview: exactly what applying it would record."""

from dataclasses import dataclass

from stream.ledger.decisions import ChangeRules, decide_all
from stream.ledger.rulebook import Rulebook
from stream.ledger.standing import Standing


@dataclass(frozen=True, slots=True)
class Effect:
    """XP, level and achievements before and after. `lost` are those that the new rules do not have any more."""

    xp_before: int
    xp_after: int
    level_before: int
    level_after: int
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def drops(self) -> bool:
        """Whether the learner would have less than before."""
        return self.xp_after < self.xp_before or self.level_after < self.level_before or bool(self.lost)

    @property
    def rises(self) -> bool:
        """Whether the learner would have more of something and less of nothing."""
        return not self.drops and (self.xp_after, self.level_after) != (self.xp_before, self.level_before)

    @property
    def changes(self) -> bool:
        """Whether there is anything to tell."""
        return self.drops or self.rises or bool(self.gained)


def effect(standing: Standing, command: ChangeRules, rulebook: Rulebook) -> Effect:
    """What `command` does to this standing. Levels follow the curve in force, whatever the policy."""
    former = command.change.former
    _, after = decide_all(standing, [command], rulebook)
    kept = {each.key for each in rulebook.achievements}
    return Effect(
        xp_before=standing.xp,
        xp_after=after.xp,
        level_before=former.curve.level_at(standing.xp),
        level_after=rulebook.curve.level_at(after.xp),
        gained=tuple(sorted(after.achievements.keys() - standing.achievements.keys())),
        lost=tuple(
            each.key for each in former.achievements if each.key in standing.achievements and each.key not in kept
        ),
    )
