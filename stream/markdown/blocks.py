"""Identities of blocks and headings: made from what is written there, so that edits elsewhere do not change them."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

RESERVED = frozenset(  # ids of the page around a lesson
    "main lesson completion completion-button exercise comments report standing outline announcer takeaways links "
    "takeaways-title links-title courses".split()
)
EXPLICIT = re.compile(r"[^\W_](?:[\w-]*\w)?")


class Ids:
    """Hands out ids that are unique within a document."""

    def __init__(self, taken: Iterable[str] = RESERVED) -> None:
        self._taken = set(taken)
        self.given: set[str] = set()

    def claim(self, wanted: str) -> str:
        """`wanted`, or with the first number that makes it unique."""
        unique, number = wanted, 2
        while unique in self._taken:
            unique, number = f"{wanted}-{number}", number + 1
        self._taken.add(unique)
        self.given.add(unique)
        return unique

    def is_free(self, wanted: str) -> bool:
        """Whether `wanted` would be given as it is."""
        return wanted not in self._taken


def block_id(kind: str, text: str) -> str:
    """The id of a block: from its kind and text, blind to blanks and case."""
    folded = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    return "b-" + hashlib.sha256(f"{kind}\n{folded}".encode()).hexdigest()[:10]


def slug(text: str) -> str:
    """A heading's text as an anchor; letters of every script stay."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).casefold())
    return "-".join(words)[:80] or "section"
