"""Blocks whose words have changed: reworded, split or merged."""

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from stream.passages.alignment import Pairs, in_order
from stream.passages.likeness import OTHER_KIND, PROSE, enough, holds, is_mostly_of, likeness
from stream.passages.pieces import Piece, Said, read

MARGIN = 0.08  # by how much the best must beat the second best
WIDEST_GAP = 6  # blocks; in more than that, standing between the same neighbours says little
SPLIT_ALIKE = 0.8  # the pieces together, to the old block
LONGEST_SPLIT = 4


class Search:
    """Looks for blocks whose words have changed. `found` grows step by step, the surest first."""

    def __init__(self, old: Sequence[Said], new: Sequence[Said], same: Pairs) -> None:
        self.old, self.new, self.same = old, new, same
        self.found: Pairs = {}
        self._taken = set(same.values())
        self._likeness: dict[tuple[int, int], float] = {}

    def reworded(self) -> Pairs:
        """Old block -> new block, for all that are sure; several to one only where they were merged."""
        self._add(self._headings())
        self._add_splits()
        self._add(self._best_matches(nearby=False))
        self._add(self._best_matches(nearby=True))  # what was just found leaves smaller gaps
        self.found |= self._merged()
        return self.found

    def _add(self, pairs: Pairs) -> None:
        self.found |= pairs
        self._taken |= set(pairs.values())

    def _open_old(self) -> list[int]:
        return [i for i in range(len(self.old)) if i not in self.same and i not in self.found]

    def _open_new(self) -> list[int]:
        return [j for j in range(len(self.new)) if j not in self._taken]

    def _alike(self, i: int, j: int) -> float:
        if (i, j) not in self._likeness:
            self._likeness[i, j] = likeness(self.old[i], self.new[j])
        return self._likeness[i, j]

    def _headings(self) -> Pairs:
        """Headings that kept the name their author gave them; equal ones were told apart by then, or cannot be."""
        named = {self.new[j].piece.id: j for j in self._open_new() if self.new[j].piece.kind == "heading"}
        pairs = ((i, named.get(self.old[i].piece.id)) for i in self._open_old() if self.old[i].piece.kind == "heading")
        return {i: j for i, j in pairs if j is not None and self.old[i].words != self.new[j].words}

    def _add_splits(self) -> None:
        """Old blocks that became several in a row: they are where most of their words are."""
        runs = {i: run for i in self._open_old() if (run := self._split(i))}
        uses = Counter(j for run in runs.values() for j in run)
        for i, run in runs.items():
            if all(uses[j] == 1 for j in run):
                self.found[i] = max(run, key=lambda j: (len(self.new[j].words), -j))
                self._taken |= set(run)

    def _split(self, i: int) -> Sequence[int]:
        """The new blocks in a row that say together what this one said, better than any block alone; or none."""
        best: Sequence[int] = ()
        least = max(SPLIT_ALIKE, max((self._alike(i, j) for j in range(len(self.new))), default=0.0) + MARGIN / 2)
        for run in self._rows([j for j in self._open_new() if is_mostly_of(self.new[j], self.old[i])]):
            kinds = {self.new[j].piece.kind for j in run}
            alike = likeness(self.old[i], _joined([self.new[j] for j in run]))
            if alike >= (least if kinds == {self.old[i].piece.kind} else max(least, *OTHER_KIND)):
                best, least = run, alike
        return best

    def _rows(self, blocks: Sequence[int]) -> Iterator[Sequence[int]]:
        """Those of the blocks that stand in a row, two to four at a time."""
        for start in range(len(blocks)):
            for end in range(start + 2, min(start + LONGEST_SPLIT, len(blocks)) + 1):
                if blocks[end - 1] - blocks[start] == end - 1 - start:
                    yield blocks[start:end]

    def _best_matches(self, nearby: bool) -> Pairs:
        """Pairs alike enough for where they stand, and clearly more alike than either is to any other block."""
        gaps = self._narrow_gaps() if nearby else frozenset()
        return {
            i: j
            for i in self._open_old()
            for j in self._open_new()
            if self._alike(i, j) >= PROSE[0]  # the least of all; most pairs end here
            and self._alike(i, j) >= enough(self.old[i], self.new[j], nearby=(i, j) in gaps)
            and self._is_clear(i, j)
        }

    def _is_clear(self, i: int, j: int) -> bool:
        """Also against blocks that have their place: one more sentence of a pattern is like all the others."""
        rivals = [self._alike(i, other) for other in range(len(self.new)) if other != j]
        rivals += [self._alike(other, j) for other in range(len(self.old)) if other != i]
        return self._alike(i, j) >= max(rivals, default=0.0) + MARGIN

    def _narrow_gaps(self) -> frozenset[tuple[int, int]]:
        """Open blocks, old and new, between the same neighbours, where few are."""
        fixed = self.same | self.found
        kept = in_order(fixed)
        ends = [fixed[i] for i in kept]
        befores, afters = defaultdict(list), defaultdict(list)
        for i in self._open_old():
            befores[bisect(kept, i)].append(i)
        for j in self._open_new():
            afters[bisect(ends, j)].append(j)
        narrow = (gap for gap in befores if max(len(befores[gap]), len(afters[gap])) <= WIDEST_GAP)
        return frozenset((i, j) for gap in narrow for i in befores[gap] for j in afters[gap])

    def _merged(self) -> Pairs:
        """Old blocks whose words stand whole within exactly one new block."""
        changed = [j for j in range(len(self.new)) if j not in self.same.values()]
        holders = {i: [j for j in changed if holds(self.new[j], self.old[i])] for i in self._open_old()}
        return {i: around[0] for i, around in holders.items() if len(around) == 1}


def _joined(parts: Sequence[Said]) -> Said:
    return read(Piece("", "", " ".join(part.words for part in parts)))
