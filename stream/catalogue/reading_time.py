"""How long a text takes to read when its author did not say."""

from math import ceil

from stream.markdown.document import Size

WORDS_PER_MINUTE = 200
SYLLABLES_PER_MINUTE = 500
CODE_LINES_PER_MINUTE = 40


def minutes(size: Size) -> int:
    """Whole minutes, at least 1.

    The rates are assumptions, not measurements of our readers. Brysbaert's meta-analysis (Journal of Memory
    and Language 109, 2019) has 238 words a minute for silent reading of English; a text that one learns from
    goes slower, hence 200. For Hangul we take the 500 characters a minute that blogs commonly assume for
    Korean, Chinese and Japanese. Forty lines of code a minute are our own guess. So 500 words with 150
    syllables come to 3 minutes.
    """
    exact = (
        size.words / WORDS_PER_MINUTE + size.syllables / SYLLABLES_PER_MINUTE + size.code_lines / CODE_LINES_PER_MINUTE
    )
    return max(1, ceil(exact))
