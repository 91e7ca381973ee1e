"""How the time to read a text grows with its length, for texts that are made to be slow.

Every text of `benchmarks.slow_texts` is compiled as a lesson of 8 and of 32 KB and as a comment of 2,500 and of 10,000
signs. A ratio of 4 is linear. Told are the slowest ones, beside prose of the same length.
"""

import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import process_time

from benchmarks.served import row
from benchmarks.slow_texts import Grow, all_texts, prose
from stream.markdown.comments import compile_comment
from stream.markdown.render import compile_lesson

TOLD = 12
RATIO = 8.0  # between linear and quadratic, for four times the length
ENOUGH = 0.05  # seconds: what takes less is not slow, however it grows


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of text: how it is compiled, its two lengths, and how many times as long as prose it may take."""

    name: str
    compiled: Callable[[str], object]
    lengths: tuple[int, int]
    times_prose: float


@dataclass(frozen=True, slots=True)
class Found:
    """Seconds for the short and for the long text."""

    name: str
    short: float
    long: float

    @property
    def ratio(self) -> float:
        """How much longer the long one takes."""
        return self.long / max(self.short, 1e-4)

    @property
    def is_slow(self) -> bool:
        """Whether it grows faster than its length, to more than nobody would notice."""
        return self.long > ENOUGH and self.ratio > RATIO


KINDS = (
    Kind("lesson", lambda text: compile_lesson(text, language="en", personas={}), (8_000, 32_000), 25),
    Kind("comment", compile_comment, (2_500, 10_000), 25),
)


def seconds(compiled: Callable[[str], object], text: str) -> float:
    """The processor's time for it; the best of three where it is short."""
    best = float("inf")
    for _ in range(3):
        gc.collect()
        gc.disable()  # when it runs depends on what was before
        start = process_time()
        compiled(text)
        best = min(best, process_time() - start)
        gc.enable()
        if best > 10 * ENOUGH:
            break
    return best


def measured(kind: Kind, name: str, grow: Grow) -> Found:
    """Both lengths of one text."""
    short, long = kind.lengths
    return Found(name, seconds(kind.compiled, grow(short)), seconds(kind.compiled, grow(long)))


def main() -> int:
    """Run; exit code 0 only when nothing grows faster than its length or takes many times what prose takes."""
    good = True
    for kind in KINDS:
        usual = measured(kind, "prose", prose)
        found = [measured(kind, name, grow) for name, grow in all_texts().items()]
        found.sort(key=lambda each: each.long, reverse=True)
        slow = [each for each in found if each.is_slow]
        print(row(f"{len(found)} texts as a {kind.name}", "ms", "× prose", "ms of a quarter", "ratio"))
        print(row(*["---"] * 5))
        for each in (*found[:TOLD], *(each for each in slow if each not in found[:TOLD]), usual):
            told = f"{each.long * 1e3:.0f}", f"{each.long / usual.long:.1f}", f"{each.short * 1e3:.1f}"
            print(row(each.name, *told, f"{each.ratio:.1f}"), flush=True)
        good = good and not slow and found[0].long <= kind.times_prose * usual.long
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
