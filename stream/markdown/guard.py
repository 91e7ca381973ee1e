"""Makes any text safe to parse in reasonable time: odd characters replaced, long blanks shortened, length capped."""

import re

from stream.markdown.compilation import Compilation

MAX_BYTES = 400_000
MAX_BLANKS = 200  # mistune takes quadratic time over longer runs
MAX_GROWTH = 60  # times the text's length, of HTML

_NEWLINE = re.compile("\r\n?")
_UNUSABLE = re.compile("[\0\ud800-\udfff]")
_LONG_BLANKS = re.compile(rf"[^\S\n]{{{MAX_BLANKS + 1},}}")


def usable(text: str, compilation: Compilation) -> str:
    """The text as the parser gets it, line for line."""
    text = _UNUSABLE.sub("\ufffd", _NEWLINE.sub("\n", text))
    blanks = _LONG_BLANKS.search(text)
    if blanks:
        line = text.count("\n", 0, blanks.start()) + 1
        compilation.warning(line, "long-blanks", f"more than {MAX_BLANKS} blanks in a row; the rest is left out")
        text = _LONG_BLANKS.sub(" " * MAX_BLANKS, text)
    return text


def is_too_long(text: str) -> bool:
    """Whether to show the text without reading it as Markdown."""
    return len(text) > MAX_BYTES or len(text.encode()) > MAX_BYTES
