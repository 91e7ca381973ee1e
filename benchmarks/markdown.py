"""How long text takes that was made to be slow: `python -m benchmarks.markdown [--pairs]`.

Reads every text of `benchmarks.slow_texts` as a comment of 10,000 characters and as a lesson of 32 KB. Prints the
slowest ones, with their time as a multiple of the time that prose of the same length takes, the exponent with which
the time grows from a quarter of the length (1 is linear), and how much longer and how much deeper the HTML is.
`--pairs` reads every pair of signs as well and takes a quarter of an hour.
"""

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import log
from time import process_time

from benchmarks.slow_texts import Grow, all_texts, pairs, prose
from stream.markdown import comment_parser
from stream.markdown.comments import compile_comment
from stream.markdown.render import compile_lesson

Read = Callable[[str], str]  # text → HTML
COMMENT, LESSON = 10_000, 32 * 1024
SHOWN = 20
VOID = frozenset(("br", "hr", "img", "input"))
_TAG = re.compile("<(/?)([a-z0-9]+)")


@dataclass(frozen=True, slots=True)
class Measured:
    """What one text took. `times` is a multiple of prose."""

    name: str
    seconds: float
    times: float
    exponent: float
    growth: float
    depth: int


def main(more: bool) -> None:
    """Comments, then lessons."""
    comment_parser.MAX_SECONDS = 60.0  # how long it would take without its limit is what is asked here
    texts = [*all_texts().items(), *(pairs() if more else ())]
    for kind, read, length in (("comments", as_comment, COMMENT), ("lessons", as_lesson, LESSON)):
        usual = min(seconds(read, prose(length)) for _ in range(5))
        print(f"{kind} of {length:,} characters: prose takes {1000 * usual:.1f} ms")
        found = [measured(name, grow, read, length, usual) for name, grow in texts]
        print_list("slowest", sorted(found, key=lambda one: -one.seconds))
        print_list("growing fastest", sorted(found, key=lambda one: -one.exponent * (one.times > 2)))
        print(f"  longest HTML   {max(one.growth for one in found):.1f} times the text")
        print(f"  deepest HTML   {max(one.depth for one in found)} elements")


def print_list(title: str, found: Iterable[Measured]) -> None:
    """The first ones, a line each."""
    print(f"  {title}")
    for one in [*found][:SHOWN]:
        print(f"    {1000 * one.seconds:8.1f} ms {one.times:6.1f} × prose, exponent {one.exponent:4.2f}  {one.name}")


def measured(name: str, grow: Grow, read: Read, length: int, usual: float) -> Measured:
    """One text at its full length and at a quarter of it; what seems to grow fast is measured again."""
    text = grow(length)
    (took, html), before = timed(read, text), seconds(read, grow(length // 4))
    if took > 2 * usual and took > 6 * before:
        took, before = min(took, seconds(read, text)), min(before, seconds(read, grow(length // 4)))
    exponent = log(max(took, 1e-6) / max(before, 1e-6), 4)
    return Measured(name, took, took / usual, exponent, len(html) / max(1, len(text)), depth_of(html))


def timed(read: Read, text: str) -> tuple[float, str]:
    """Seconds of work, whatever else the machine does, and the HTML."""
    start = process_time()
    html = read(text)
    return process_time() - start, html


def seconds(read: Read, text: str) -> float:
    """Seconds of work."""
    return timed(read, text)[0]


def as_comment(text: str) -> str:
    """Its HTML; every name is a member's."""
    return compile_comment(text, lambda run: run).html


def as_lesson(text: str) -> str:
    """All HTML of it that pages may show."""
    document = compile_lesson(text, language="en", personas={}, image_url="/media/a/")
    parts = [document.html, *document.takeaways]
    for exercise in document.exercises:
        parts += [exercise.prompt_html, exercise.hint_html, exercise.model_html]
        parts += [html for option in exercise.options for html in (option.html, option.feedback_html)]
    return "\n".join(parts)


def depth_of(html: str) -> int:
    """How many elements stand in each other, in what came out of the sanitiser: tags only hold a `<` there."""
    depth = deepest = 0
    for closes, name in _TAG.findall(html):
        if closes:
            depth -= 1
        elif name not in VOID:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


if __name__ == "__main__":
    main(more="--pairs" in sys.argv[1:])
