"""Blocks that have the same words before and after an edit."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence

from stream.passages.alignment import Pairs
from stream.passages.pieces import Said


def identical(old: Sequence[Said], new: Sequence[Said]) -> Pairs:
    """Blocks with the same kind and words. Of repeated ones whose number changed, those with the same neighbours."""
    mine, theirs = _by_words(old), _by_words(new)
    pairs: Pairs = {}
    for key, befores in mine.items():
        afters = theirs.get(key, [])
        if len(befores) == len(afters):
            pairs.update(zip(befores, afters, strict=True))
        elif afters:
            pairs.update(_by_neighbours(befores, afters, old, new))
    return pairs


def _by_words(said: Sequence[Said]) -> dict[tuple[str, str], list[int]]:
    found = defaultdict(list)
    for index, each in enumerate(said):
        found[each.piece.kind, each.words].append(index)
    return found


def _by_neighbours(befores: list[int], afters: list[int], old: Sequence[Said], new: Sequence[Said]) -> Pairs:
    """Which of several equal blocks is which: by both neighbours; then by either, unless the two disagree."""
    sure = _only_fits(befores, afters, [_around(old, i) for i in befores], [_around(new, j) for j in afters])
    befores, afters = [i for i in befores if i not in sure], [j for j in afters if j not in sure.values()]
    by_side = [
        _only_fits(befores, afters, [_around(old, i)[side] for i in befores], [_around(new, j)[side] for j in afters])
        for side in (0, 1)
    ]
    claims = {pair for pairs in by_side for pair in pairs.items()}
    return sure | _undisputed(claims)


def _around(said: Sequence[Said], index: int) -> tuple[str | None, str | None]:
    """The words before and after; None at either end of the text."""
    before = said[index - 1].words if index else None
    return before, said[index + 1].words if index + 1 < len(said) else None


def _only_fits(
    befores: list[int], afters: list[int], near_old: Sequence[Hashable], near_new: Sequence[Hashable]
) -> Pairs:
    """Pairs of which both sides have the same neighbourhood, and no other block has it."""
    return {
        i: afters[near_new.index(near)]
        for i, near in zip(befores, near_old, strict=True)
        if near_old.count(near) == near_new.count(near) == 1
    }


def _undisputed(claims: Iterable[tuple[int, int]]) -> Pairs:
    """Those of the pairs that share neither side with another one."""
    claims = sorted(claims)
    befores, afters = Counter(i for i, _ in claims), Counter(j for _, j in claims)
    return {i: j for i, j in claims if befores[i] == afters[j] == 1}
