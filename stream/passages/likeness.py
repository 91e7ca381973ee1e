"""How alike the texts of two blocks are, and how alike they must be to count as one."""

from stream.passages.pieces import Said

# How alike (0 to 1) an old and a new block must be: between the same neighbours, and at another place.
PROSE = (0.55, 0.72)
STRICT = (0.7, 0.85)  # … where much is alike anyhow: code, tables, a line of few words, other numbers
SHORT = (0.8, 0.9)
OTHER_KIND = (0.9, 0.9)
NEVER = (2.0, 2.0)
SHORT_BELOW, LINE_BELOW = 12, 32  # characters
FORMAL = frozenset({"code", "table", "math", "figure", "compare"})
UNLIKE = 0.4  # below, what two texts have in common is chance and counts as nothing
MERGED_FROM = 24  # characters of an old block that stands whole within a new one
MOSTLY = 0.6  # of a part that an old block was split into
WHOLE = 0.9  # of a text that is to be found within another one


def likeness(a: Said, b: Said) -> float:
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


def enough(old: Said, new: Said, nearby: bool) -> float:
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


def _have_other_numbers(old: Said, new: Said) -> bool:
    return bool(old.numbers and new.numbers and old.numbers.isdisjoint(new.numbers))


def is_mostly_of(part: Said, whole: Said) -> bool:
    """Whether most of one text, in short runs of letters, stands in the other."""
    return MOSTLY * part.size <= whole.size and len(part.runs & whole.runs) >= MOSTLY * len(part.runs)


def holds(whole: Said, part: Said) -> bool:
    """Whether all of one text, near enough, stands in the other in the same order, and more besides."""
    return (
        part.piece.kind == whole.piece.kind
        and part.size >= MERGED_FROM
        and part.size < whole.size
        and len(part.runs & whole.runs) >= WHOLE * len(part.runs)
        and _letters_in_common(part.letters, whole.letters) >= WHOLE * len(part.letters)
    )
