"""A block's id stays when other things change: threads of comments hang on it."""

import re

from compiling import compiled
from hypothesis import given
from hypothesis import strategies as st

words = st.lists(st.sampled_from(["alpha", "beta", "감마", "`code`", "**delta**"]), min_size=1, max_size=4).map(
    " ".join
)
shapes = st.sampled_from(["{}", "> {}", "## {}", "| {} |\n| --- |", ":::{{note}}\n{}\n:::", "```\n{}\n```"])
lessons = st.lists(st.builds(str.format, shapes, words), min_size=1, max_size=8, unique=True)


def ids_by_text(document):
    return {(block.kind, block.text): block.id for block in document.blocks}


@given(lessons, st.randoms())
def test_moving_blocks_changes_no_id(blocks, random):
    shuffled = random.sample(blocks, len(blocks))
    before, after = compiled("\n\n".join(blocks)), compiled("\n\n".join(shuffled))
    assert {block.id for block in before.blocks} == {block.id for block in after.blocks}


@given(lessons)
def test_an_edit_elsewhere_changes_no_id(blocks):
    before, after = compiled("\n\n".join(blocks)), compiled("\n\n".join([*blocks, "An entirely new paragraph."]))
    assert ids_by_text(before).items() <= ids_by_text(after).items()


@given(lessons)
def test_every_block_is_found_in_the_page(blocks):
    document = compiled("\n\n".join(blocks))
    ids = re.findall(r'^<\w+ id="([^"]+)"', document.html, re.M)
    assert [block.id for block in document.blocks] == ids


def test_the_same_words_twice_are_two_blocks():
    first, second = compiled("Again.\n\nAgain.").blocks
    assert second.id == f"{first.id}-2"


def test_marking_words_changes_no_id():
    assert compiled("a *b*  c").blocks[0].id == compiled("a **b**\nc").blocks[0].id


def test_kinds_are_named():
    text = "a\n\n- b\n\n> c\n\n```\nd\n```\n\n![e](f.svg)\n\n:::{persona} pippa\ng\n:::\n\n***\n\n| h |\n| --- |\n"
    kinds = [block.kind for block in compiled(text).blocks]
    assert kinds == ["paragraph", "list", "quote", "code", "figure", "persona", "rule", "table"]
