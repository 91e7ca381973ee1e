"""Whatever the text, it compiles: in reasonable time, with lines that exist and ids that are unique."""

import json
import re
import time
from pathlib import Path

import pytest
from compiling import all_html, compiled, tags_of
from hypothesis import example, given, settings
from hypothesis import strategies as st

CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora"
LESSON = (Path(__file__).parent / "lesson.md").read_text(encoding="utf-8")
PIECES = [
    ":::",
    ":::{note}\n",
    ":::{compare}\n",
    ":::{exercise} choice\n",
    ":::{wrong} a\n",
    ":accept: |\n",
    "\n",
    "\n\n",
]
PIECES += [
    "- ",
    "- [x] ",
    "1. ",
    "> ",
    "    ",
    "\t",
    "```\n",
    "`",
    "$",
    "$$\n",
    "*",
    "**",
    "_",
    "~~",
    "[",
    "](a)",
    "![",
]
PIECES += ["|", "\n|-|\n", "[^1]", "[^1]: ", "{#a}", "# ", "[漢(a)]", "<b>", "&#0;", "\0", "\r", "\ud800", "가", "a"]

soups = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@st.composite
def broken_lessons(draw):
    text = LESSON
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        text = text[:start] + draw(st.sampled_from(["", *PIECES])) + text[start + draw(st.integers(0, 60)) :]
    return text


@settings(max_examples=150, deadline=None)
@given(st.one_of(soups, broken_lessons(), st.text()), st.sampled_from(["en", "ko", "fr"]))
@example(":::{exercise} text\n:::{exercise} text\na\n:::\n:::", "en")
def test_any_text_compiles(text, language):
    document = compiled(text, language)
    last = len(re.split("\r\n?|\n", text))
    for found in (*document.problems, *document.blocks, *document.images, *document.exercises):
        assert 1 <= found.line <= last
    ids = [attributes["id"] for _, attributes in tags_of(all_html(document)) if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {block.id for block in document.blocks} <= set(ids)


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the shared corpora are not beside this working copy")
def test_naughty_strings_compile():
    for text in json.loads((CORPORA / "naughty_strings.json").read_text(encoding="utf-8")):
        compiled(text)
        compiled(f":::{{note}} {text}\n{text}\n:::")


STUTTER = ["*a ", "**a*", "[", "[a](", "> ", "- ", ":::{note}\n", "::::{note}\n:::\n", "$$\n", " $$\n", "$`", "# a\n"]
STUTTER += [
    "| a |\n",
    "[^a]: b\n",
    "`",
    "<",
    "~~a ",
    "![",
    "- a\n\n",
    "{#a ",
    "[漢(",
    "a" + "\u3000" * 300,
    "[a]: b\n",
    "&",
]


@pytest.mark.parametrize("piece", STUTTER)
def test_no_piece_takes_long_however_often_it_stands(piece):
    start = time.process_time()
    compiled(piece * (20_000 // len(piece)))
    assert time.process_time() - start < 3


def test_deep_nesting_does_not_exhaust_the_stack():
    compiled("> " * 19 + "*a **b " * 30 + "[x ~~y " * 20 + "](z)" * 20 + "b** c* " * 30)
    compiled("".join("> " * depth + "- :::{note}\n" for depth in range(40)))
