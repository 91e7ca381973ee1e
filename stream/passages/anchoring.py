"""Where the blocks of a lesson are after an edit. Knows words and their order, no database and no request.

A thread on the wrong paragraph is worse than one that has lost its place: what is not clear is left out.
"""

import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal
from unicodedata import normalize

How = Literal["same", "moved", "reworded"]

# How alike (0 to 1) an old and a new block must be: between the same neighbours, and at another place.
PROSE = (0.55, 0.72)
STRICT = (0.7, 0.85)  # … where much is alike anyhow: code, tables, a line of few words, other numbers
SHORT = (0.8, 0.9)
OTHER_KIND = (0.9, 0.9)
NEVER = (2.0, 2.0)
SHORT_BELOW, LINE_BELOW = 12, 32  # characters
FORMAL = frozenset({"code", "table", "math", "figure", "compare"})
MARGIN = 0.08  # by how much the best must beat the second best
WIDEST_GAP = 6  # blocks; in more than that, standing between the same neighbours says little
UNLIKE = 0.4  # below, what two texts have in common is chance and counts as nothing
SPLIT_ALIKE = 0.8  # the pieces together, to the old block
LONGEST_SPLIT = 4
MERGED_FROM = 24  # characters of an old block that stands whole within a new one
MOSTLY = 0.6  # of a part that an old block was split into
WHOLE = 0.9  # of a text that is to be found within another one
BACK_ALIKE, BACK_FROM = 0.93, 32  # how alike, and how long, what was gone and is back with other words
MOST_EQUALS = 100_000  # pairs of equal words; with more, texts are compared as wholes, for that would take long


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
    mine, theirs = [_read(piece) for piece in old], [_read(piece) for piece in new]
    same = _identical(mine, theirs)
    kept = _in_order(same)
    found = {old[i].id: Place(new[j], "same" if i in kept else "moved") for i, j in same.items()}
    return found | {old[i].id: Place(new[j], "reworded") for i, j in _Search(mine, theirs, same).reworded().items()}


def find_again(lost: Piece, new: Sequence[Piece]) -> Piece | None:
    """A block that was gone and is back: the only one with its words, or with words that hardly differ.

    Beware of a block that was there all the time and only resembles it: code and other numbers are never "nearly".
    """
    said = _read(lost)
    others = [_read(piece) for piece in new if piece.kind == lost.kind]
    equal = [other for other in others if other.words == said.words and said.words]
    near = [other for other in others if _is_nearly(said, other)]
    found = equal or near
    return found[0].piece if len(found) == 1 else None


def counterpart(block_id: str, pieces: Sequence[Piece], other: Sequence[Piece]) -> Piece | None:
    """The block at the same position in the other language's text; None when the two texts do not line up there.

    Headings with the same id are fixed points, and so is what stands in both word for word, as code often does.
    Between them blocks pair by their kinds, where these can be aligned in one way only.
    """
    fixed = _headings(pieces) & _headings(other)
    if block_id in fixed:
        return next(piece for piece in other if piece.id == block_id)
    alike = _only_ones(pieces) & _only_ones(other)
    theirs = _sections(other, fixed)
    for heading, mine in _sections(pieces, fixed).items():
        for index, piece in enumerate(mine):
            if piece.id == block_id and _key(piece) in alike:
                return next(each for each in other if _key(each) == _key(piece))
            if piece.id == block_id:
                return _at_same_position(index, mine, theirs[heading], alike)
    return None


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


@dataclass(frozen=True, slots=True)
class _Said:
    """A block and what it is compared by: its words, its letters, short runs of these, and its numbers."""

    piece: Piece
    words: str
    letters: str
    runs: frozenset[str]
    numbers: frozenset[str]
    size: int  # in letters; a Hangul one, being a syllable, counts for two


def _read(piece: Piece) -> _Said:
    words = _words(piece.text)
    letters = re.sub(r"(?<=[가-힣]) | (?=[가-힣])", "", words)  # Korean spacing is a matter of taste
    numbers = frozenset(re.findall(r"\d+(?:[.,]\d+)*", words))
    return _Said(piece, words, letters, _runs(letters), numbers, len(letters) + len(re.findall("[가-힣]", letters)))


def _words(text: str) -> str:
    """A text as it is compared: width, case and white space do not count."""
    return " ".join(normalize("NFKC", text).casefold().split())


def _runs(letters: str) -> frozenset[str]:
    """Two letters from each Hangul one, which is a syllable; three from any other."""
    lengths = (2 if "가" <= letter <= "힣" else 3 for letter in letters)
    runs = (letters[at : at + length] for at, length in enumerate(lengths) if at + length <= len(letters))
    return frozenset(runs) or frozenset([letters])


def _likeness(a: _Said, b: _Said) -> float:
    """How alike two texts are, 0 to 1: the mean of letters in order and of short runs of letters in common.

    Letters alone would take any two long texts of one language for half alike; runs tell them apart.
    """
    in_common = 2 * len(a.runs & b.runs) / (len(a.runs) + len(b.runs))
    least = max(0.0, 2 * UNLIKE - in_common)  # lets most comparisons end early
    in_order = _letters_in_order(a.letters, b.letters, least)
    return (in_order + in_common) / 2 if in_order and a.words and b.words else 0.0


def _letters_in_order(a: str, b: str, least: float) -> float:
    """The letters in common, in their order, as a share of all; 0 if that is below `least`."""
    from rapidfuzz.distance import Indel  # not above: 0.7 MB, for the first request after an edit

    return Indel.normalized_similarity(a, b, score_cutoff=least)


def _letters_in_common(a: str, b: str) -> int:
    """How many letters of the one stand in the other in the same order."""
    from rapidfuzz.distance import LCSseq  # not above: as in `_letters_in_order`

    return LCSseq.similarity(a, b)


def _is_nearly(lost: _Said, other: _Said) -> bool:
    return (
        lost.piece.kind not in FORMAL
        and lost.size >= BACK_FROM
        and lost.numbers == other.numbers
        and _likeness(lost, other) >= BACK_ALIKE
    )


def _identical(old: Sequence[_Said], new: Sequence[_Said]) -> Pairs:
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


def _by_words(said: Sequence[_Said]) -> dict[tuple[str, str], list[int]]:
    found = defaultdict(list)
    for index, each in enumerate(said):
        found[each.piece.kind, each.words].append(index)
    return found


def _by_neighbours(befores: list[int], afters: list[int], old: Sequence[_Said], new: Sequence[_Said]) -> Pairs:
    """Which of several equal blocks is which: by both neighbours; then by either, unless the two disagree."""
    sure = _only_fits(befores, afters, [_around(old, i) for i in befores], [_around(new, j) for j in afters])
    befores, afters = [i for i in befores if i not in sure], [j for j in afters if j not in sure.values()]
    by_side = [
        _only_fits(befores, afters, [_around(old, i)[side] for i in befores], [_around(new, j)[side] for j in afters])
        for side in (0, 1)
    ]
    claims = {pair for pairs in by_side for pair in pairs.items()}
    return sure | _undisputed(claims)


def _around(said: Sequence[_Said], index: int) -> tuple[str | None, str | None]:
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


def _in_order(pairs: Pairs) -> list[int]:
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


class _Search:
    """Looks for blocks whose words have changed. `found` grows step by step, the surest first."""

    def __init__(self, old: Sequence[_Said], new: Sequence[_Said], same: Pairs) -> None:
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
            self._likeness[i, j] = _likeness(self.old[i], self.new[j])
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
        for run in self._rows([j for j in self._open_new() if _is_mostly_of(self.new[j], self.old[i])]):
            kinds = {self.new[j].piece.kind for j in run}
            alike = _likeness(self.old[i], _joined([self.new[j] for j in run]))
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
            and self._alike(i, j) >= _enough(self.old[i], self.new[j], nearby=(i, j) in gaps)
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
        kept = _in_order(fixed)
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
        holders = {i: [j for j in changed if _holds(self.new[j], self.old[i])] for i in self._open_old()}
        return {i: around[0] for i, around in holders.items() if len(around) == 1}


def _enough(old: _Said, new: _Said, nearby: bool) -> float:
    """How alike the two must be."""
    if old.piece.kind != new.piece.kind:
        there, elsewhere = NEVER if "heading" in (old.piece.kind, new.piece.kind) else OTHER_KIND
    elif (size := min(old.size, new.size)) < SHORT_BELOW:
        there, elsewhere = SHORT
    elif size < LINE_BELOW or old.piece.kind in FORMAL or _have_other_numbers(old, new):
        there, elsewhere = STRICT
    else:
        there, elsewhere = PROSE
    return there if nearby else elsewhere


def _have_other_numbers(old: _Said, new: _Said) -> bool:
    return bool(old.numbers and new.numbers and old.numbers.isdisjoint(new.numbers))


def _is_mostly_of(part: _Said, whole: _Said) -> bool:
    return MOSTLY * part.size <= whole.size and len(part.runs & whole.runs) >= MOSTLY * len(part.runs)


def _holds(whole: _Said, part: _Said) -> bool:
    """Whether all of one text, near enough, stands in the other in the same order, and more besides."""
    return (
        part.piece.kind == whole.piece.kind
        and part.size >= MERGED_FROM
        and part.size < whole.size
        and len(part.runs & whole.runs) >= WHOLE * len(part.runs)
        and _letters_in_common(part.letters, whole.letters) >= WHOLE * len(part.letters)
    )


def _joined(parts: Sequence[_Said]) -> _Said:
    return _read(Piece("", "", " ".join(part.words for part in parts)))


def _headings(pieces: Sequence[Piece]) -> set[str]:
    return {piece.id for piece in pieces if piece.kind == "heading"}


def _only_ones(pieces: Sequence[Piece]) -> set[tuple[str, str]]:
    """Kind and words of the blocks that have them alone."""
    uses = Counter(_key(piece) for piece in pieces)
    return {key for key, count in uses.items() if count == 1 and key[1]}


def _key(piece: Piece) -> tuple[str, str]:
    return piece.kind, _words(piece.text)


def _sections(pieces: Sequence[Piece], fixed: set[str]) -> dict[str, list[Piece]]:
    """What stands under each of the headings; under "" what stands before all of them."""
    sections: dict[str, list[Piece]] = {"": []}
    here = ""
    for piece in pieces:
        if piece.kind == "heading" and piece.id in fixed:
            here = piece.id
            sections[here] = []
        else:
            sections[here].append(piece)
    return sections


def _at_same_position(
    here: int, mine: Sequence[Piece], theirs: Sequence[Piece], alike: set[tuple[str, str]]
) -> Piece | None:
    """By position where all kinds are the same; where they are not, by what holds in every way to align them."""
    kinds, their_kinds = (
        [key if (key := _key(piece)) in alike else (piece.kind, "") for piece in section] for section in (mine, theirs)
    )
    if kinds == their_kinds:
        return theirs[here]
    if kinds.count(kinds[here]) == their_kinds.count(kinds[here]) == 1:
        return theirs[their_kinds.index(kinds[here])]
    there = _aligned(kinds, their_kinds).get(here)
    return None if there is None else theirs[there]


def _aligned(mine: Sequence[Hashable], theirs: Sequence[Hashable]) -> Pairs:
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
