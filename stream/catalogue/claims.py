"""Slugs and ids: each is one lesson's alone, and whoever had one keeps it, whatever another file says by now.

What learners have done belongs to an id. A line copied into the wrong file must not take it from the lesson it is of.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from stream.catalogue.lesson_file import LessonText, Place
from stream.catalogue.model import Problem

Texts = Mapping[str, tuple[Place, LessonText]]  # by path
Claim = tuple[str, str]  # kind and name
Earlier = Callable[[Place], LessonText | None]  # what a file held when it was last without fault


@dataclass(frozen=True, slots=True)
class Settled:
    """Texts in the order of lessons, no two of which claim the same. A `refused` file is not shown as it is: instead
    of it stands what it held before, or its lesson is left out.
    """

    texts: Texts
    refused: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def settled(texts: Texts, languages: Sequence[str], earlier: Earlier) -> Settled:
    """Of lessons that claim the same, the one that had it keeps it, and else the first; each other one is a problem."""
    texts = _in_order(texts, languages)
    lessons = list(_lessons(texts))
    counts = Counter(claim for lesson in lessons for claim in lesson.claims)
    clashing = [lesson for lesson in lessons if any(counts[claim] > 1 for claim in lesson.claims)]
    if not clashing:
        return Settled(texts)
    taken = {
        claim: lesson.path
        for lesson in lessons
        if all(counts[claim] == 1 for claim in lesson.claims)
        for claim in lesson.claims
    }
    return _Settling(texts, taken).settled([(lesson, lesson.holding(earlier(lesson.at))) for lesson in clashing])


@dataclass(frozen=True, slots=True)
class _Lesson:
    """What a lesson claims is said by the first of its files; `others` are the paths of the rest."""

    at: Place
    text: LessonText
    others: tuple[str, ...]

    @property
    def path(self) -> str:
        return self.at.path

    @property
    def claims(self) -> tuple[Claim, ...]:
        return ("slug", self.at.slug), ("id", self.text.front.id or self.at.slug)

    def holding(self, text: LessonText | None) -> "_Lesson | None":
        """The lesson with another text in its first file."""
        return None if text is None else replace(self, text=text)


class _Settling:
    """Gives each claim to one lesson."""

    def __init__(self, texts: Texts, taken: dict[Claim, str]) -> None:
        self._texts = dict(texts)
        self._taken = taken  # by which file
        self._refused: set[str] = set()
        self._problems: list[Problem] = []

    def settled(self, clashing: Sequence[tuple[_Lesson, _Lesson | None]]) -> Settled:
        """Each lesson as its files say it by now, and as they said it before."""
        for now, before in sorted(clashing, key=lambda pair: _novelty(*pair)):
            clash = self._clash(now)
            if clash is None:
                self._take(now)
            elif before is None or self._clash(before):
                self._refuse(now, clash, "this lesson is left out", now.path, *now.others)
                for path in (now.path, *now.others):
                    del self._texts[path]
            else:
                self._refuse(now, clash, "readers keep the last text of this file", now.path)
                self._texts[now.path] = before.at, before.text
                self._take(before)
        return Settled(self._texts, frozenset(self._refused), tuple(self._problems))

    def _clash(self, lesson: _Lesson) -> Claim | None:
        return next((claim for claim in lesson.claims if claim in self._taken), None)

    def _take(self, lesson: _Lesson) -> None:
        self._taken.update(dict.fromkeys(lesson.claims, lesson.path))

    def _refuse(self, lesson: _Lesson, clash: Claim, outcome: str, *paths: str) -> None:
        kind, name = clash
        line = lesson.text.front.line("id") if kind == "id" else 1
        message = f"the {kind} {name} is taken by {self._taken[clash]}; {outcome}"
        self._problems.append(Problem(lesson.path, line, f"duplicate-{kind}", message))
        self._refused.update(paths)


def _novelty(now: _Lesson, before: _Lesson | None) -> int:
    """0 for a lesson that is what it was, 1 for one that claimed the same before, else 2.

    So a new file at the path of a lesson that has moved away with its id comes behind that one.
    """
    if before is None or before.claims != now.claims:
        return 2
    return int(before.text.revision != now.text.revision)


def _in_order(texts: Texts, languages: Sequence[str]) -> Texts:
    """By course and number; those of one lesson in the site's order of languages."""
    order = {language: at for at, language in enumerate(languages)}
    files = sorted(texts.values(), key=lambda pair: (*pair[0].lesson, order[pair[0].language]))
    return {at.path: (at, text) for at, text in files}


def _lessons(texts: Texts) -> Iterator[_Lesson]:
    for _, group in groupby(texts.values(), key=lambda pair: pair[0].lesson):
        (at, text), *others = group
        yield _Lesson(at, text, tuple(other.path for other, _ in others))
