"""Where the blocks of a lesson are after an edit. Knows words and their order, no database and no request.

A thread on the wrong paragraph is worse than one that has lost its place: what is not clear is left out.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal
from unicodedata import normalize

from rapidfuzz.distance import Indel

How = Literal["same", "moved", "reworded"]

NEARBY = 0.5  # how alike (0 to 1) an old and a new block must be between the same neighbours
ANYWHERE = 0.72  # … at another place
OTHER_KIND = 0.9  # … when a paragraph has become a list, say
SHORT = 12  # characters; below, a few letters in common mean nothing
SHORT_ALIKE = 0.8
MARGIN = 0.08  # by how much the best must beat the second best
SPLIT_ALIKE = 0.8  # the pieces together, to the old block
LONGEST_SPLIT = 4
MERGED_FROM = 30  # characters of an old block that stands whole within a new one
CHANGED_LENGTH = 20_000  # beyond, texts are compared as wholes


@dataclass(frozen=True, slots=True)
class Piece:
    """A block as it is remembered."""

    id: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an old block is now."""

    piece: Piece
    how: How


Pairs = dict[int, int]  # index in the old text -> index in the new one


def follow(old: Sequence[Piece], new: Sequence[Piece]) -> Mapping[str, Place]:
    """Old block id -> where it is now. A block that is gone, or cannot be told for sure, is not in it."""
    same = _identical(old, new)
    kept = _in_order(same)
    gaps = _Gaps(old, new, same, kept)
    reworded = gaps.split()
    reworded |= gaps.reworded(except_for=reworded)
    reworded |= gaps.merged(except_for=reworded)
    found = {old[i].id: Place(new[j], "same" if i in kept else "moved") for i, j in same.items()}
    return found | {old[i].id: Place(new[j], "reworded") for i, j in reworded.items()}


def find_again(lost: Piece, new: Sequence[Piece]) -> Piece | None:
    """A block that was gone and is back: the only one with its words, or with words that hardly differ."""
    equal = [piece for piece in new if words(piece.text) == words(lost.text) and words(lost.text)]
    if equal:
        return equal[0] if len(equal) == 1 else None
    if len(words(lost.text)) < SHORT:
        return None
    near = [piece for piece in new if piece.kind == lost.kind and likeness(lost.text, piece.text) >= OTHER_KIND]
    return near[0] if len(near) == 1 else None


def counterpart(block_id: str, pieces: Sequence[Piece], other: Sequence[Piece]) -> Piece | None:
    """The block at the same position in the other language's text; None when the two texts do not line up there.

    Headings with the same id are fixed points. Between two of them blocks pair by position where the kinds are the
    same in both, and from either end as far as they are.
    """
    for mine, theirs in _sections(pieces, other):
        here = next((index for index, piece in enumerate(mine) if piece.id == block_id), None)
        if here is not None:
            return _at_same_position(here, mine, theirs)
    return None


def changes(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Runs of words ("same", "gone" or "new"): the same and gone ones make `old`, the same and new ones `new`."""
    if len(old) + len(new) > CHANGED_LENGTH:
        return tuple(run for run in (("gone", old), ("new", new)) if run[1])
    before, after = re.findall(r"\s+|\S+", old), re.findall(r"\s+|\S+", new)
    runs: list[tuple[str, str]] = []
    for kind, i, i_end, j, j_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        pieces = (
            [("same", before[i:i_end])] if kind == "equal" else [("gone", before[i:i_end]), ("new", after[j:j_end])]
        )
        runs += [(name, "".join(run)) for name, run in pieces if run]
    return tuple(runs)


@lru_cache(maxsize=4096)
def words(text: str) -> str:
    """A text as it is compared: width, case and white space do not count."""
    return " ".join(normalize("NFKC", text).casefold().split())


def likeness(old: str, new: str) -> float:
    """How alike two texts are, 0 to 1: the mean of letters in order and of short runs of letters in common.

    Letters alone would take any two long texts of one language for half alike; runs tell them apart.
    """
    a, b = words(old), words(new)
    if not a or not b:
        return 0.0
    return (Indel.normalized_similarity(a, b) + _common_runs(a, b)) / 2


@lru_cache(maxsize=4096)
def _runs(text: str) -> frozenset[str]:
    size = 2 if re.search(r"[가-힣]", text) else 3  # a Hangul letter is a syllable
    return frozenset(text[at : at + size] for at in range(max(1, len(text) - size + 1)))


def _common_runs(a: str, b: str) -> float:
    mine, theirs = _runs(a), _runs(b)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


def _identical(old: Sequence[Piece], new: Sequence[Piece]) -> Pairs:
    """Blocks with the same kind and words. Of repeated ones whose number changed, those with the same neighbours."""
    mine, theirs = _by_words(old), _by_words(new)
    pairs: Pairs = {}
    for key in mine.keys() & theirs.keys():
        befores, afters = mine[key], theirs[key]
        if len(befores) == len(afters):
            pairs.update(zip(befores, afters, strict=True))
        else:
            pairs.update(_by_neighbours(befores, afters, old, new))
    return pairs


def _by_words(pieces: Sequence[Piece]) -> dict[tuple[str, str], list[int]]:
    found = defaultdict(list)
    for index, piece in enumerate(pieces):
        found[piece.kind, words(piece.text)].append(index)
    return found


def _by_neighbours(befores: list[int], afters: list[int], old: Sequence[Piece], new: Sequence[Piece]) -> Pairs:
    """Which of several equal blocks is which: by both neighbours, then by either."""
    pairs: Pairs = {}
    for near in (_both, _previous, _next):
        open_old = [i for i in befores if i not in pairs]
        open_new = [j for j in afters if j not in pairs.values()]
        for i in open_old:
            fits = [j for j in open_new if near(old, i) == near(new, j)]
            rivals = [other for other in open_old if near(old, other) == near(old, i)]
            if len(fits) == 1 and len(rivals) == 1:
                pairs[i] = fits[0]
    return pairs


def _words_at(pieces: Sequence[Piece], index: int) -> str | None:
    return words(pieces[index].text) if 0 <= index < len(pieces) else None


def _previous(pieces: Sequence[Piece], index: int) -> object:
    return _words_at(pieces, index - 1)


def _next(pieces: Sequence[Piece], index: int) -> object:
    return _words_at(pieces, index + 1)


def _both(pieces: Sequence[Piece], index: int) -> object:
    return _previous(pieces, index), _next(pieces, index)


def _in_order(pairs: Pairs) -> frozenset[int]:
    """The old blocks of a longest run of pairs that kept their order; the others have moved."""
    best: dict[int, tuple[int, int | None]] = {}
    tails: list[int] = []  # old index that ends the best run of each length
    for i in sorted(pairs):
        length = sum(1 for tail in tails if pairs[tail] < pairs[i])
        best[i] = (length, tails[length - 1] if length else None)
        tails[length : length + 1] = [i]
    kept, at = set(), tails[-1] if tails else None
    while at is not None:
        kept.add(at)
        at = best[at][1]
    return frozenset(kept)


class _Gaps:
    """What is left over when equal blocks are paired, and between which of those it stands."""

    def __init__(self, old: Sequence[Piece], new: Sequence[Piece], same: Pairs, kept: frozenset[int]) -> None:
        self.old, self.new = old, new
        self.open_old = [i for i in range(len(old)) if i not in same]
        taken = set(same.values())
        self.open_new = [j for j in range(len(new)) if j not in taken]
        fixed = sorted(kept)
        self._gap_of_old = {i: sum(1 for k in fixed if k < i) for i in self.open_old}
        ends = [same[k] for k in fixed]
        self._gap_of_new = {j: sum(1 for end in ends if end < j) for j in self.open_new}

    def is_nearby(self, i: int, j: int) -> bool:
        """Whether an old and a new block stand between the same neighbours."""
        return self._gap_of_old[i] == self._gap_of_new[j]

    def reworded(self, except_for: Pairs) -> Pairs:
        """Pairs that are each other's best match, clearly so, and alike enough for where they stand."""
        left_old = [i for i in self.open_old if i not in except_for]
        left_new = [j for j in self.open_new if j not in except_for.values()]
        scores = {(i, j): self._score(i, j) for i in left_old for j in left_new}
        return {
            i: j
            for (i, j), score in scores.items()
            if score >= self._enough(i, j)
            and _is_clear(score, (scores[i, other] for other in left_new if other != j))
            and _is_clear(score, (scores[other, j] for other in left_old if other != i))
        }

    def split(self) -> Pairs:
        """Old blocks that became several in a row: they are where most of their words are."""
        pairs: Pairs = {}
        for i in self.open_old:
            alone = max((self._score(i, j) for j in self.open_new), default=0.0)
            runs = [run for run in self._runs() if self._is_split(i, run, alone)]
            best = max(runs, key=lambda run: likeness(self.old[i].text, self._joined(run)), default=None)
            if best is not None and not set(best) & set(pairs.values()):
                pairs[i] = max(best, key=lambda j: (len(words(self.new[j].text)), -j))
        return pairs

    def merged(self, except_for: Pairs) -> Pairs:
        """Old blocks whose words stand whole within exactly one new block."""
        pairs: Pairs = {}
        for i in self.open_old:
            mine = words(self.old[i].text)
            if i in except_for or len(mine) < MERGED_FROM:
                continue
            around = [j for j in self.open_new if mine in words(self.new[j].text)]
            if len(around) == 1 and self.old[i].kind == self.new[around[0]].kind:
                pairs[i] = around[0]
        return pairs

    def _score(self, i: int, j: int) -> float:
        return likeness(self.old[i].text, self.new[j].text)

    def _enough(self, i: int, j: int) -> float:
        old, new = self.old[i], self.new[j]
        if old.kind != new.kind:
            return OTHER_KIND
        if min(len(words(old.text)), len(words(new.text))) < SHORT:
            return SHORT_ALIKE if self.is_nearby(i, j) else OTHER_KIND
        return NEARBY if self.is_nearby(i, j) else ANYWHERE

    def _runs(self) -> Iterator[tuple[int, ...]]:
        for start in range(len(self.open_new)):
            for length in range(2, LONGEST_SPLIT + 1):
                run = self.open_new[start : start + length]
                if len(run) == length and run[-1] - run[0] == length - 1:
                    yield tuple(run)

    def _is_split(self, i: int, run: tuple[int, ...], alone: float) -> bool:
        """Whether the run says together what the old block said, better than any one block does."""
        if any(self.new[j].kind != self.old[i].kind for j in run):
            return False
        mine = words(self.old[i].text)
        together = likeness(self.old[i].text, self._joined(run))
        return (
            together >= SPLIT_ALIKE
            and together > alone + MARGIN / 2
            and all(_inside(words(self.new[j].text), mine) for j in run)
        )

    def _joined(self, run: Iterable[int]) -> str:
        return " ".join(self.new[j].text for j in run)


def _inside(part: str, whole: str) -> bool:
    """Whether most of the short runs of letters of `part` are in `whole`."""
    runs = _runs(part) if bool(re.search(r"[가-힣]", part)) == bool(re.search(r"[가-힣]", whole)) else frozenset(part)
    return len(runs & _runs(whole)) >= 0.6 * len(runs)


def _is_clear(score: float, others: Iterable[float]) -> bool:
    return score >= max(others, default=0.0) + MARGIN


def _sections(pieces: Sequence[Piece], other: Sequence[Piece]) -> Iterator[tuple[Sequence[Piece], Sequence[Piece]]]:
    """Both texts cut at the headings they share, as far as those stand in the same order."""
    shared = [piece.id for piece in pieces if piece.kind == "heading" and _has(other, piece.id)]
    theirs_at = {piece.id: index for index, piece in enumerate(other)}
    mine_at = {piece.id: index for index, piece in enumerate(pieces)}
    in_order = [
        key for key in shared if [k for k in shared if theirs_at[k] < theirs_at[key]] == shared[: shared.index(key)]
    ]
    starts = [(-1, -1), *((mine_at[key], theirs_at[key]) for key in in_order)]
    ends = [*starts[1:], (len(pieces), len(other))]
    for (mine, theirs), (mine_end, theirs_end) in zip(starts, ends, strict=True):
        yield pieces[mine + 1 : mine_end], other[theirs + 1 : theirs_end]


def _has(pieces: Sequence[Piece], heading: str) -> bool:
    return any(piece.id == heading and piece.kind == "heading" for piece in pieces)


def _at_same_position(here: int, mine: Sequence[Piece], theirs: Sequence[Piece]) -> Piece | None:
    kinds, their_kinds = [piece.kind for piece in mine], [piece.kind for piece in theirs]
    if kinds == their_kinds:
        return theirs[here]
    kind = kinds[here]
    if kinds.count(kind) == 1 and their_kinds.count(kind) == 1:
        return theirs[their_kinds.index(kind)]
    return _in_equal_run(here, kinds, theirs)


def _in_equal_run(here: int, kinds: list[str], theirs: Sequence[Piece]) -> Piece | None:
    """Where the number of blocks differs: by position within a run of one kind, if that run is as long in both."""
    mine, other = _kind_runs(kinds), _kind_runs([piece.kind for piece in theirs])
    if [run[0] for run in mine] != [run[0] for run in other]:
        return None
    for (_kind, start, length), (_, their_start, their_length) in zip(mine, other, strict=True):
        if start <= here < start + length:
            return theirs[their_start + here - start] if length == their_length else None
    return None


def _kind_runs(kinds: list[str]) -> list[tuple[str, int, int]]:
    """(kind, start, length) of each run of equal kinds."""
    runs: list[tuple[str, int, int]] = []
    for index, kind in enumerate(kinds):
        if runs and runs[-1][0] == kind:
            runs[-1] = (kind, runs[-1][1], runs[-1][2] + 1)
        else:
            runs.append((kind, index, 1))
    return runs
