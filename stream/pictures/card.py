"""What stands on the picture that a shared page shows."""

import json
from dataclasses import astuple, dataclass
from hashlib import sha256

from stream.pictures.apart import apart

DRAWING = "1"  # a new one makes all pictures anew


@dataclass(frozen=True, slots=True)
class Card:
    """`above` and `foot` are small lines above and below the title."""

    site: str
    title: str
    above: str
    foot: str

    @property
    def digest(self) -> str:
        """Two cards with the same one make the same picture."""
        parts = "\0".join((DRAWING, *astuple(self)))
        return sha256(parts.encode()).hexdigest()[:32]

    def drawn(self) -> bytes:
        """The card as a PNG of 1200 × 630. Raises `apart.Failed`."""
        return apart("drawing.py", json.dumps(astuple(self)).encode())
