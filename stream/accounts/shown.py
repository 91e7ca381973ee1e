"""What of the game somebody wants to see. Off means off: on no page, in no mail, and seen by nobody else."""

from dataclasses import dataclass
from functools import lru_cache

PARTS = ("xp", "achievements", "rhythm")


@dataclass(frozen=True, slots=True)
class Shown:
    """Which parts are shown."""

    xp: bool = True
    achievements: bool = True
    rhythm: bool = True

    def __and__(self, other: "Shown") -> "Shown":
        """What both show."""
        return Shown(self.xp and other.xp, self.achievements and other.achievements, self.rhythm and other.rhythm)


@lru_cache(maxsize=64)
def shown_without(hides: str) -> Shown:
    """What is left when these parts (names with spaces between) are hidden."""
    hidden = set(hides.split())
    return Shown(**{part: part not in hidden for part in PARTS})


@lru_cache(maxsize=64)
def shown_only(publishes: str) -> Shown:
    """These parts (names with spaces between) and no other."""
    chosen = set(publishes.split())
    return Shown(**{part: part in chosen for part in PARTS})
