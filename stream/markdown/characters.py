"""Characters that nobody may type in a comment, and those that show nothing."""

import re
from unicodedata import category

from stream.markdown.guard import MAX_BLANKS

NEWLINE = re.compile("\r\n?")
LONG_BLANKS = re.compile(rf"[^\S\n]{{{MAX_BLANKS + 1},}}")
_PLANE_ENDS = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
FORBIDDEN = re.compile(f"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_PLANE_ENDS}]")
_BLANK_SYMBOLS = frozenset("\u115f\u1160\u3164\uffa0\u2800")  # letters and signs by name only: Hangul fillers, Braille


def is_visible(text: str) -> bool:
    """Whether there is anything to see in it: a letter, a digit or a sign."""
    return any(category(char)[0] in "LNPS" and char not in _BLANK_SYMBOLS for char in text)


def usable(text: str) -> str:
    """Any text without what nobody may type."""
    return LONG_BLANKS.sub(" " * MAX_BLANKS, FORBIDDEN.sub("\ufffd", NEWLINE.sub("\n", text)))
