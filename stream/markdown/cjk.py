"""Which characters count as Chinese, Japanese or Korean in the CJK-friendly amendments to CommonMark.

Wide, full-width and half-width ones that are not emoji by default, and every Hangul letter. Knows characters only.
"""

import re
from functools import lru_cache
from unicodedata import category, east_asian_width

_HANGUL_OF_NEUTRAL_WIDTH = re.compile("[\u1160-\u11ff\ud7b0-\ud7c6\ud7cb-\ud7fb]")
_EMOJI_SQUARES = frozenset("🈁🈚🈯🈲🈳🈴🈵🈶🈸🈹🈺🉐🉑")  # the others of their block are ideographs in a frame
_QUOTES_OF_EITHER_WIDTH = frozenset("‘’“”")
_FULL_WIDTH_SELECTOR = "\ufe01"


@lru_cache(maxsize=4096)
def is_cjk(char: str) -> bool:
    """Whether the amendments count this character as CJK."""
    if east_asian_width(char) in ("W", "F", "H"):
        return not _is_emoji(char)
    return bool(_HANGUL_OF_NEUTRAL_WIDTH.match(char))


def _is_emoji(char: str) -> bool:
    """Whether a wide character is drawn as a picture unless told otherwise."""
    if "\U0001f200" <= char <= "\U0001f2ff":
        return char in _EMOJI_SQUARES
    return category(char) in ("So", "Sk") and (char < "\u2e80" or char >= "\U0001f000")


def is_ideographic_selector(char: str) -> bool:
    """A mark that picks the shape of the ideograph before it."""
    return "\U000e0100" <= char <= "\U000e01ef"


def is_plain_selector(char: str) -> bool:
    """A mark that picks a shape, but not the emoji one."""
    return "\ufe00" <= char <= "\ufe0e"


def is_full_width_quote(char: str, selector: str) -> bool:
    """Quotation marks are as wide as the text around them; the selector makes them CJK."""
    return char in _QUOTES_OF_EITHER_WIDTH and selector == _FULL_WIDTH_SELECTOR
