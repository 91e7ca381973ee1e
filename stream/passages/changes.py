"""What changed between two texts of a block, in runs of words. Knows strings only."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

MOST_EQUALS = 100_000  # pairs of equal words; with more, texts are compared as wholes, for that would take long


def changes(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Runs of words ("same", "gone" or "new"): the same and gone ones make `old`, the same and new ones `new`."""
    runs: list[tuple[str, str]] = []
    gone = came = ""
    for same, before, after in _compared(old, new):
        if same:
            runs += [("gone", gone), ("new", came), ("same", before)]
            gone = came = ""
        else:
            gone, came = gone + before, came + after
    return tuple((kind, text) for kind, text in (*runs, ("gone", gone), ("new", came)) if text)


def _compared(old: str, new: str) -> Iterator[tuple[bool, str, str]]:
    """Whether the next words are the same, as they were and as they are. White space alone does not count as same."""
    before, after = re.findall(r"\s+|\S+", old), re.findall(r"\s+|\S+", new)
    if _equals(before, after) > MOST_EQUALS:
        yield old == new, old, new
        return
    for kind, i, i_end, j, j_end in SequenceMatcher(str.isspace, before, after, autojunk=False).get_opcodes():
        was, now = "".join(before[i:i_end]), "".join(after[j:j_end])
        yield kind == "equal" and (not was.isspace() or old == new), was, now


def _equals(before: Sequence[str], after: Sequence[str]) -> int:
    """How many pairs of equal words there are: what a comparison costs."""
    uses = Counter(after)
    return sum(uses[word] for word in before if not word.isspace())
