"""What counts as a word when lessons are searched. Pure.

SQLite's own tokenisers do not find Korean: one takes 프롬프트는 as a single word, the other knows nothing shorter than
three letters. So runs of Hangul, kana and Han become overlapping pairs (프롬 롬프 프트 트는 는), and a word of a query
becomes the same pairs in a row. Other scripts are split at what is no letter or digit.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 200  # characters of a query that are looked at
MOST = 12  # words of a query that are looked at
PAIRED = r"\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
RUN = re.compile(rf"([{PAIRED}]+)|([^\W_{PAIRED}]+)")
# Particles of Korean that are written onto a word, the longest first (a closed class of the language).
PARTICLES = sorted(
    ["은", "는", "이", "가", "을", "를", "의", "에", "와", "과", "로", "도", "만", "나", "요", "으로", "에서", "에게",
     "까지", "부터", "보다", "처럼", "이나", "이란", "라는", "이라는", "하고", "에는", "에도", "으로는", "에서는"],
    key=len, reverse=True,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a query. `stem` is the same without its particle, where it has one."""

    text: str
    is_paired: bool

    @property
    def stem(self) -> str:
        """프롬프트 of 프롬프트는; the word itself where nothing is to be taken off."""
        if not self.is_paired:
            return self.text
        found = (self.text.removesuffix(each) for each in PARTICLES if self.text.endswith(each))
        return next((stem for stem in found if len(stem) > 1), self.text)


def normal(text: str) -> str:
    """The text in one spelling: composed, without width variants, in lower case."""
    return unicodedata.normalize("NFKC", text).casefold()


def indexed(text: str) -> str:
    """The words of a text as the index holds them, separated by blanks."""
    return " ".join(_tokens(normal(text)))


def _tokens(text: str) -> Iterator[str]:
    for paired, plain in RUN.findall(text):
        if plain:
            yield plain
        else:
            yield from _pairs(paired)
            yield paired[-1]  # so that a single syllable is found wherever it stands


def _pairs(run: str) -> Iterator[str]:
    return (run[index : index + 2] for index in range(len(run) - 1))


def terms_of(query: str) -> tuple[Term, ...]:
    """The words of a query, each once."""
    found = RUN.findall(normal(query[:LONGEST]))
    terms = (Term(paired or plain, bool(paired)) for paired, plain in found)
    return tuple(dict.fromkeys(terms))[:MOST]


def match_expression(terms: tuple[Term, ...], every: bool = True) -> str:
    """All the words of the query, or any of them, in FTS5's language (https://sqlite.org/fts5.html, section 3)."""
    return (" AND " if every else " OR ").join(f"({_matched(term)})" for term in terms)


def _matched(term: Term) -> str:
    return " OR ".join(dict.fromkeys(_phrase(text, term.is_paired) for text in (term.text, term.stem)))


def _phrase(text: str, is_paired: bool) -> str:
    """Quoted, so that nothing in it is an operator: runs hold letters and digits only."""
    if is_paired and len(text) > 1:
        return f'"{" ".join(_pairs(text))}"'
    return f'"{text}"*'
