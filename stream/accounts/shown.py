"""What of the game somebody wants to see. Off means off: on no page, in no mail, and seen by nobody else."""

from dataclasses import dataclass

PARTS = ("xp", "achievements", "rhythm")


@dataclass(frozen=True, slots=True)
class Shown:
    """Which parts are shown."""

    xp: bool = True
    achievements: bool = True
    rhythm: bool = True


def shown_without(hides: str) -> Shown:
    """What is left when these parts (names with spaces between) are hidden."""
    hidden = set(hides.split())
    return Shown(**{part: part not in hidden for part in PARTS})
