"""No text takes long: the work grows with the length and no faster, and so does the HTML, however the text is made.

Times are told in the time that prose of the same length takes, so a slow machine changes nothing; what looks slow is
measured again, so a busy one does not either.
"""

from collections.abc import Iterable
from html import unescape

import pytest
from compiling import compiled, problems_of

from benchmarks.markdown import Read, as_comment, as_lesson, depth_of, seconds, timed
from benchmarks.slow_texts import Grow, constructions, front_matters, mirrored, prose, runs, stairs
from stream.catalogue.frontmatter import parse
from stream.markdown import comment_parser
from stream.markdown.comments import compile_comment
from stream.markdown.guard import MAX_GROWTH

LESSON, FRONT_MATTER = 4_000, 4_000  # characters; the benchmark reads longer ones
MANY, FAR_TOO_MANY = 4, 40  # times what is usual
DEEPEST = 80  # elements
FAMILIES = {
    "signs": [*runs()][::5],
    "pairs": [*mirrored()],
    "stairs": [*stairs()][::2],
    "constructions": [*constructions()],
}
families = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)


def faults(texts: Iterable[tuple[str, Grow]], read: Read, length: int, usually: Grow = prose) -> list[str]:
    """Which of them take many times as long as what is usual, and ever longer the longer they are, or make too much."""
    usual = min(seconds(read, usually(length)) for _ in range(5))
    found = []
    for name, grow in texts:
        text = grow(length)
        took, html = timed(read, text)
        if took > MANY * usual and _is_slow(grow, read, length, usual):
            found.append(f"slow: {name}")
        if len(html) > MAX_GROWTH * max(len(text), 1_000) or depth_of(html) > DEEPEST:
            found.append(f"long or deep: {name}")
    return found


def _is_slow(grow: Grow, read: Read, length: int, usual: float) -> bool:
    """Four times the text may take eight times as long, and forty times as long as is usual: 16 times is quadratic."""
    for _ in range(3):
        took = seconds(read, grow(length))
        if took < FAR_TOO_MANY * usual and took < 8 * seconds(read, grow(length // 4)):
            return False
    return True


@families
def test_no_comment_takes_long_or_makes_much(family, monkeypatch):
    monkeypatch.setattr(comment_parser, "MAX_SECONDS", 60.0)  # without it a slow text would look like a short one
    assert faults(family, as_comment, comment_parser.MAX_LENGTH) == []


@families
def test_no_lesson_takes_long_or_makes_much(family):
    assert faults(family, as_lesson, LESSON) == []


def test_no_front_matter_takes_long():
    (_, usually), *texts = front_matters()
    assert faults(texts, lambda text: f"{bool(parse(text, 'a.en.md'))}", FRONT_MATTER, usually) == []


def test_each_definition_is_used_as_often_as_there_is_room_for_it():
    text = f"[a]: /b '{'c' * 5_000}'\n\n" + "[a] " * 100 + "\n\n![d][a]\n"
    document = compiled(text)
    assert {problem.code for problem in document.problems} >= {"too-many-links"}
    assert 20 < document.html.count("<a ") < 30
    assert "<img" not in document.html


def test_a_title_becomes_a_caption_as_often_as_there_is_room_for_it():
    document = compiled(f"[a]: b.svg '{'c' * 5_000}'\n\n" + "![a]\n\n" * 100)
    assert 10 < document.html.count("<figcaption") < 30
    assert "too-many-links" in {problem.code for problem in document.problems}


def test_quotes_and_lists_that_end_each_other_have_a_bottom():
    text = "> a\n- b\n" * 500
    assert [(line > 20, code) for line, code in problems_of(text)] == [(True, "too-deep")]
    assert compile_comment(text).is_plain
    assert problems_of("> a\n\n- b\n\n" * 500) == []


def test_html_that_grows_too_much_is_not_shown():
    document = compiled(("$" + "\\LaTeX" * 280 + "$\n\n") * 20)
    assert [problem.code for problem in document.problems] == ["grows"]
    assert document.html.startswith("<pre>$\\LaTeX")


@pytest.mark.parametrize(
    "formula",
    [
        r"\newcommand{\a}[1]{{#1}{#1}}" + r"\a{" * 30 + "b" + "}" * 30,
        r"\def\a#1{{#1}{#1}}" + r"\a{" * 30 + "b" + "}" * 30,
        r"\newenvironment{a}{\begin{b}\begin{b}}{}\begin{a}\end{a}",
        r"\sideset{}{}" * 40 + "a",
        r"\sqrt{" * 300 + "a" + "}" * 300,
        "a" * 2_001,
    ],
)
def test_a_formula_that_would_double_and_double_is_shown_as_written(formula):
    document = compiled(f"a ${formula}$\n")
    assert [(problem.line, problem.code) for problem in document.problems] == [(1, "bad-math")]
    assert formula[:20] in unescape(document.html)


def test_a_formula_may_have_signs_at_both_sides():
    assert problems_of(r"$\sideset{_1^2}{_3^4}\sum$ and $\sideset{}{'}\sum$") == []
