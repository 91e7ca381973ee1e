"""Two sequences side by side: what kept its order, and what goes with what."""

from bisect import bisect
from collections import defaultdict
from collections.abc import Hashable, Sequence

Pairs = dict[int, int]  # index in the old text -> index in the new one


def in_order(pairs: Pairs) -> list[int]:
    """The old blocks of a longest run of pairs that kept their order; the others have moved."""
    before: dict[int, int | None] = {}
    ends: list[int] = []  # old block that ends the best run of each length
    for i in sorted(pairs):
        length = bisect(ends, pairs[i], key=pairs.__getitem__)
        before[i] = ends[length - 1] if length else None
        ends[length : length + 1] = [i]
    kept, at = list[int](), ends[-1] if ends else None
    while at is not None:
        kept.append(at)
        at = before[at]
    return kept[::-1]


def aligned(mine: Sequence[Hashable], theirs: Sequence[Hashable]) -> Pairs:
    """The pairs that are in every longest alignment of the two.

    Each such alignment has one pair of each rank, the number of pairs before it: what is alone in its rank is certain.
    """
    ahead, behind = _longest(mine, theirs), _longest(mine[::-1], theirs[::-1])
    ranks = defaultdict(list)
    for i, kind in enumerate(mine):
        for j, other in enumerate(theirs):
            if kind == other and ahead[i][j] + 1 + behind[-i - 2][-j - 2] == ahead[-1][-1]:
                ranks[ahead[i][j]].append((i, j))
    return dict(pairs[0] for pairs in ranks.values() if len(pairs) == 1)


def _longest(mine: Sequence[Hashable], theirs: Sequence[Hashable]) -> list[list[int]]:
    """At [i][j], how many can be aligned of the first i and the first j."""
    table = [[0] * (len(theirs) + 1)]
    for kind in mine:
        row = [0]
        for j, other in enumerate(theirs):
            row.append(max(table[-1][j] + (kind == other), table[-1][j + 1], row[-1]))
        table.append(row)
    return table
