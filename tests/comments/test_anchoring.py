"""Blocks are followed through edits, or given up; never taken for another one."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.catalogue.loader import Library
from stream.comments.anchoring import Piece, changes, counterpart, find_again, follow

SAMPLE = Library(Path(__file__).parents[2] / "lessons").catalogue().courses[0].lessons
ENGLISH = (
    "Turn guidance up and the picture obeys more closely; turn it up further and colours burn.",
    "Every step the model makes two guesses: one that has read your words, and one that has not.",
    "Start at five, move by one, and keep the seed fixed while you compare. Then write down what you saw.",
    "A number is no style. What looks rich at seven with one checkpoint looks fried with the next.",
)
KOREAN = (
    "가이던스를 올리면 그림이 말을 더 잘 듣지만, 더 올리면 색이 타고 표정이 굳는다.",
    "모델은 걸음마다 두 번 추측한다. 하나는 네 글을 읽었고, 다른 하나는 읽지 않았다.",
    "다섯에서 시작해서 하나씩 움직이고, 비교하는 동안 시드는 그대로 둔다. 본 것은 적어 둔다.",
    "숫자는 스타일이 아니다. 한 모델에서 진해 보이던 값이 다음 모델에서는 타 버린다.",
)
TEXTS = pytest.mark.parametrize("texts", [ENGLISH, KOREAN], ids=["en", "ko"])


def pieces(*texts: str, kind: str = "paragraph") -> list[Piece]:
    """Blocks with ids of their own words."""
    return [Piece(f"b-{abs(hash((text, index))):x}", kind, text) for index, text in enumerate(texts)]


def followed(old: list[Piece], new: list[Piece]) -> dict[str, str]:
    """Old words -> new words."""
    by_id = {piece.id: piece.text for piece in old}
    return {by_id[key]: place.piece.text for key, place in follow(old, new).items()}


@TEXTS
def test_a_reworded_paragraph_is_followed(texts):
    reworded = texts[1].replace("two guesses", "two separate guesses").replace("두 번 추측한다", "추측을 두 번씩 한다")
    found = follow(old := pieces(*texts), pieces(texts[0], reworded, *texts[2:]))
    assert (found[old[1].id].piece.text, found[old[1].id].how) == (reworded, "reworded")


@TEXTS
def test_a_moved_paragraph_is_followed(texts):
    found = follow(old := pieces(*texts), pieces(texts[3], *texts[:3]))
    assert [found[piece.id].piece.text for piece in old] == list(texts)
    assert found[old[3].id].how == "moved"


@TEXTS
def test_a_split_paragraph_is_followed_to_its_larger_half(texts):
    first, second = texts[2].replace(". ", ".|").rsplit("|", 1)
    assert followed(pieces(*texts), pieces(*texts[:2], first, second, texts[3]))[texts[2]] == first


@TEXTS
def test_a_deleted_paragraph_is_gone_and_the_others_stay(texts):
    found = followed(pieces(*texts), pieces(texts[0], *texts[2:]))
    assert texts[1] not in found
    assert found == {text: text for text in (texts[0], *texts[2:])}


@TEXTS
def test_a_replaced_paragraph_is_gone(texts):
    seeds = "Seeds are families: neighbours share a composition, strangers share nothing at all."
    korean_seeds = "시드는 가족이다. 이웃한 시드는 구도를 나누어 갖고, 먼 시드는 아무것도 나누지 않는다."
    new = {ENGLISH: seeds, KOREAN: korean_seeds}[texts]
    assert texts[1] not in followed(pieces(*texts), pieces(texts[0], new, *texts[2:]))


@TEXTS
def test_a_paragraph_that_is_back_is_found(texts):
    lost = pieces(*texts)[1]
    assert find_again(lost, pieces(*texts)).text == texts[1]
    assert find_again(lost, pieces(texts[0], *texts[2:])) is None


@TEXTS
def test_a_paragraph_merged_with_the_next_is_followed(texts):
    whole = f"{texts[1]} {texts[2]}"
    found = followed(pieces(*texts), pieces(texts[0], whole, texts[3]))
    assert found[texts[2]] == whole


def test_moved_and_reworded_at_once_is_followed():
    reworded = ENGLISH[1].replace("has read your words", "has read all of your words")
    assert followed(pieces(*ENGLISH), pieces(ENGLISH[0], *ENGLISH[2:], reworded))[ENGLISH[1]] == reworded


def test_a_sentence_of_the_same_pattern_is_another_one():
    old = pieces("Scale 5.5: soft dusk, a kite with weight, water that moves.", ENGLISH[0])
    new = pieces("Scale 18: neon sky, plastic feathers, a bay as flat as paint.", ENGLISH[0])
    assert old[0].text not in followed(old, new)


def test_of_two_equal_paragraphs_the_right_one_is_left():
    old = pieces(ENGLISH[0], "Try it.", ENGLISH[1], ENGLISH[2], "Try it.", ENGLISH[3])
    new = pieces(ENGLISH[0], ENGLISH[1], ENGLISH[2], "Try it.", ENGLISH[3])
    found = follow(old, new)
    assert old[1].id not in found
    assert found[old[4].id].piece == new[3]


def test_an_equal_paragraph_that_cannot_be_told_from_others_is_given_up():
    old, new = pieces("Try it.", "Try it.", "Try it."), pieces("Try it.", "Try it.")
    assert old[1].id not in follow(old, new)


def test_a_short_block_is_followed_only_if_it_hardly_changed():
    assert followed(pieces("Begin.", ENGLISH[0]), pieces("Stop.", ENGLISH[0])) == {ENGLISH[0]: ENGLISH[0]}


def test_changes_show_what_went_and_what_came():
    runs = changes("one two three", "one 2 three")
    assert runs == (("same", "one "), ("gone", "two"), ("new", "2"), ("same", " three"))


@given(st.text(max_size=60), st.text(max_size=60))
def test_changes_hold_both_texts(old, new):
    runs = changes(old, new)
    assert "".join(text for kind, text in runs if kind != "new") == old
    assert "".join(text for kind, text in runs if kind != "gone") == new


distinct = st.lists(st.text(st.characters(codec="utf-8"), min_size=1), unique=True, max_size=8)


@given(distinct, st.randoms(use_true_random=False))
def test_whatever_is_written_stays_itself_when_moved(texts, dice):
    old = [Piece(f"b-{index}", "paragraph", text) for index, text in enumerate(texts)]
    new = list(old)
    dice.shuffle(new)
    words = [" ".join(text.split()).casefold() for text in texts]
    for piece in old:
        if words.count(" ".join(piece.text.split()).casefold()) == 1 and (place := follow(old, new).get(piece.id)):
            assert place.piece.text == piece.text


@given(distinct, distinct)
def test_no_two_blocks_become_one_unless_one_holds_the_other(texts, others):
    old, new = pieces(*texts), pieces(*others)
    found = [place.piece.id for place in follow(old, new).values()]
    assert len(found) == len(set(found))


@given(distinct)
def test_an_unchanged_text_is_the_same(texts):
    old = pieces(*texts)
    assert {key: place.piece.id for key, place in follow(old, old).items()} == {piece.id: piece.id for piece in old}


@pytest.mark.parametrize("lesson", SAMPLE, ids=lambda lesson: lesson.slug)
def test_every_block_of_the_sample_course_has_its_counterpart(lesson):
    english, korean = (
        [Piece(block.id, block.kind, block.text) for block in lesson.translations[language].document.blocks]
        for language in ("en", "ko")
    )
    for mine, theirs in zip(english, korean, strict=True):
        assert mine.kind == "heading" or counterpart(mine.id, english, korean) == theirs


def test_where_a_translation_lacks_a_paragraph_its_run_has_no_counterpart():
    heading = Piece("why", "heading", "Why")
    code = Piece("b-code", "code", "x = 1")
    mine = [*pieces("Hello."), heading, *pieces(*ENGLISH[:2]), code]
    theirs = [*pieces("안녕."), heading, *pieces(KOREAN[0]), code]
    assert counterpart(mine[0].id, mine, theirs) == theirs[0]
    assert counterpart(mine[2].id, mine, theirs) is None
    assert counterpart("b-code", mine, theirs) == code
