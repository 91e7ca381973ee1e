"""Texts that are made to be slow: no work, page or depth grows faster than the text. Times: `benchmarks.markdown`."""

import sys
from collections.abc import Callable

import pytest
from compiling import compiled

from benchmarks.slow_texts import constructions, mirrored, runs, stairs
from stream.markdown.comments import compile_comment
from stream.markdown.math import MAX_DEPTH

SHORT = 500
OF_FORMULAS = 2_100  # one of which is nearly as long
SLACK = 20_000  # calls: of what happens once, such as the first look at a language
FAMILIES = (*list(runs())[::7], *list(mirrored())[::3], *list(stairs())[::5], *constructions())


def calls(compile_text: Callable[[str], object], text: str) -> int:
    """How many functions are called for a text."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        compile_text(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("compile_text", [compiled, compile_comment], ids=["lesson", "comment"])
def test_four_times_the_text_is_not_much_more_than_four_times_the_work(compile_text):
    slow = {}
    for name, grow in FAMILIES:
        length = SHORT if grow(SHORT).strip() else OF_FORMULAS
        short, long = calls(compile_text, grow(length)), calls(compile_text, grow(4 * length))
        if long > 8 * short + SLACK:
            slow[name] = (short, long)
    assert slow == {}


def test_no_text_makes_more_than_sixty_times_its_length():
    assert {name: size for name, grow in FAMILIES if (size := _written(grow(4_000))) > 60 * 4_000} == {}


def test_a_definition_that_is_used_without_end_is_shown_as_it_stands_and_named():
    document = compiled("[a]: b.svg '" + "c" * 8_000 + "'\n\n" + "![a] " * 5_000)
    assert [problem.code for problem in document.problems] == ["too-much"]
    assert document.pieces[0].html.startswith("<pre>[a]: b.svg")


def test_a_formula_deeper_than_any_is_shown_as_its_source():
    document = compiled("$" + "{" * 900 + "a" + "}" * 900 + "$")
    assert [problem.code for problem in document.problems] == ["bad-math"]
    assert "<code>{{{" in document.pieces[0].html


def test_a_formula_with_a_usual_depth_is_shown():
    usual = MAX_DEPTH // 8
    document = compiled("$" + r"\sqrt{" * usual + "a" + "}" * usual + "$")
    assert document.problems == ()
    assert document.pieces[0].html.count("<msqrt>") == usual


def _written(text: str) -> int:
    return sum(len(piece.html) for piece in compiled(text).pieces)
