"""Marks runs of text that are in another language than the text around them, by their script (WCAG 3.1.2).

Single foreign words, such as terms and names in a Korean sentence, are part of the language they stand in and stay
unmarked.
"""

import re
from html import escape

LETTERS = r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]+"
HANGUL = re.compile(rf"{LETTERS}(?:[\s,.·!?~()-]*{LETTERS})*")
LATIN_RUN = re.compile(r"[A-Za-z][A-Za-z'’-]*(?:[\s,;:]+[A-Za-z][A-Za-z'’-]*){2,}")


def marked(text: str, language: str) -> str:
    """`text` as HTML, its foreign runs marked."""
    pattern, foreign = (LATIN_RUN, "en") if language == "ko" else (HANGUL, "ko")
    pieces: list[str] = []
    done = 0
    for run in pattern.finditer(text):
        pieces += [escape(text[done : run.start()]), f'<span lang="{foreign}">{escape(run[0])}</span>']
        done = run.end()
    return "".join((*pieces, escape(text[done:])))
