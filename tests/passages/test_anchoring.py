"""Blocks are followed through edits, or given up; never taken for another one."""

from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.catalogue.loader import Library
from stream.passages.anchoring import Place, find_again, follow
from stream.passages.changes import changes
from stream.passages.counterparts import counterpart
from stream.passages.pieces import Piece

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
    """Blocks whose ids say nothing, so that only words and places can."""
    return [Piece(f"{kind}-{index}", kind, text) for index, text in enumerate(texts)]


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
def test_a_paragraph_that_lost_one_sentence_to_the_next_line_is_followed(texts):
    last = {ENGLISH: "Nothing else.", KOREAN: "그뿐이다."}[texts]
    old = pieces(*texts[:3], f"{texts[3]} {last}")
    assert followed(old, pieces(*texts, last))[old[3].text] == texts[3]


@TEXTS
def test_of_a_paragraph_split_in_two_and_moved_the_smaller_half_is_nobody_else(texts):
    first, second = texts[2].replace(". ", ".|").rsplit("|", 1)
    found = followed(pieces(*texts), pieces(first, second, *texts[:2]))
    assert found == {texts[0]: texts[0], texts[1]: texts[1], texts[2]: first}


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
def test_a_paragraph_that_is_back_with_a_slip_mended_is_found(texts):
    slip = pieces(texts[0], texts[1][:-1] + "..", *texts[2:])
    assert find_again(pieces(*texts)[1], slip).text == slip[1].text


def test_what_only_resembles_the_lost_block_is_not_it():
    lost = "Set the scale to 5 and keep the seed; then render the kite over the quiet bay once more."
    assert find_again(*pieces(lost), pieces(lost.replace("5", "18"))) is None
    assert find_again(*pieces(lost, kind="code"), pieces(lost.replace("quiet", "quite"), kind="code")) is None
    assert find_again(*pieces(lost), pieces(lost, kind="heading")) is None


@TEXTS
def test_a_paragraph_that_is_back_twice_cannot_be_told(texts):
    assert find_again(pieces(*texts)[1], pieces(*texts, texts[1])) is None


@TEXTS
def test_both_halves_of_a_merged_paragraph_are_followed(texts):
    whole = f"{texts[1]} {texts[2]}"
    found = followed(pieces(*texts), pieces(texts[0], whole, texts[3]))
    assert (found[texts[1]], found[texts[2]]) == (whole, whole)


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


@pytest.mark.parametrize(
    ("pattern", "fillings"),
    [
        ("At scale {} the kite is {} over a quiet bay.", ["3", "a soft smudge", "7", "one red shape", "14", "a sign"]),
        (
            "스케일 {}에서 연은 조용한 바다 위의 {}처럼 보인다.",
            ["3", "붉은 얼룩", "7", "한 마리 새", "14", "네온 간판"],
        ),
    ],
)
def test_one_more_sentence_of_a_pattern_is_like_all_the_others(pattern, fillings):
    first, second, third = (pattern.format(*fillings[at : at + 2]) for at in (0, 2, 4))
    assert followed(pieces(first, second), pieces(first, third)) == {first: first}


def test_a_code_block_that_looks_alike_is_another_one():
    old = pieces("generator = Generator(seed=4182)\nnoise = generator.normal(shape=(4, 64, 64))", kind="code")
    new = pieces("generator = Generator(seed=77)\nimage = generator.render(steps=30, scale=5)", kind="code")
    assert follow(old, new) == {}


def test_a_code_block_with_one_name_changed_is_followed():
    code = "for s in (0, 1, 5, 14):\n    print(s, round(plain + s * (words - plain), 2))"
    old, new = pieces(code, kind="code"), pieces(code.replace("s in", "scale in"), kind="code")
    assert follow(old, new)[old[0].id].how == "reworded"


@TEXTS
def test_a_paragraph_that_became_a_list_is_followed_but_not_into_a_heading(texts):
    old = pieces(texts[0])
    assert follow(old, pieces(texts[0], kind="list"))[old[0].id].how == "reworded"
    assert follow(old, pieces(texts[0], kind="heading")) == {}


def test_a_heading_that_kept_its_name_is_followed_whatever_it_says():
    old, new = Piece("why", "heading", "Why"), Piece("why", "heading", "The reason for all of this")
    assert follow([old], [new])["why"].piece == new
    assert follow([old], [Piece("other", "heading", new.text)]) == {}


def test_under_a_reworded_heading_a_heavily_reworded_paragraph_is_followed():
    title, new_title = Piece("how", "heading", "How to begin"), Piece("how", "heading", "A first loop")
    reworded = "Begin at five, move one at a time, and keep the seed fixed. Then write down what you saw."
    old, new = [*pieces(*ENGLISH[:2]), title, Piece("b-a", "paragraph", ENGLISH[2])], pieces(*ENGLISH[:2])
    assert follow(old, [*new, new_title, Piece("b-b", "paragraph", reworded)])["b-a"].piece.text == reworded


@TEXTS
def test_two_neighbours_reworded_at_once_are_not_confused(texts):
    first, second = f"{texts[1][:-1]}, so.", f"{texts[2][:-1]}, so."
    found = followed(pieces(*texts), pieces(texts[0], first, second, texts[3]))
    assert (found[texts[1]], found[texts[2]]) == (first, second)


def test_korean_spacing_and_particles_change_little():
    spaced = "가이던스는 올리면 그림이 말을 더 잘듣지만 더 올리면 색은 타고 표정은 굳는다."
    assert followed(pieces(*KOREAN), pieces(spaced, *KOREAN[1:]))[KOREAN[0]] == spaced


def test_a_word_of_another_script_is_but_one_more_word():
    glossed = ENGLISH[1].replace("guesses", "guesses (추측)")
    assert followed(pieces(*ENGLISH), pieces(ENGLISH[0], glossed, *ENGLISH[2:]))[ENGLISH[1]] == glossed


def test_an_equal_paragraph_is_left_out_where_its_neighbours_disagree():
    old = pieces(ENGLISH[0], "Try it.", ENGLISH[1], ENGLISH[2], "Try it.", ENGLISH[3])
    new = pieces(ENGLISH[0], "Try it.", ENGLISH[3])
    assert followed(old, new) == {ENGLISH[0]: ENGLISH[0], ENGLISH[3]: ENGLISH[3]}


def test_of_two_equal_paragraphs_the_second_may_be_deleted():
    old = pieces(ENGLISH[0], "Try it.", ENGLISH[1], "Try it.", ENGLISH[2])
    new = pieces(ENGLISH[0], "Try it.", ENGLISH[1], ENGLISH[2])
    found = follow(old, new)
    assert found[old[1].id].piece == new[1]
    assert old[3].id not in found


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


def test_changes_are_not_chopped_up_by_white_space():
    assert changes("so it goes", "that was all") == (("gone", "so it goes"), ("new", "that was all"))
    assert changes(" ", " ") == (("same", " "),)


def test_changes_of_endless_repetitions_are_not_looked_for():
    assert changes("la " * 900, "la " * 901) == (("gone", "la " * 900), ("new", "la " * 901))


sentences = st.text(max_size=60) | st.lists(st.sampled_from(["a", "b", " ", "\n", "하나"])).map("".join)


@given(sentences, sentences)
def test_changes_hold_both_texts(old, new):
    runs = changes(old, new)
    assert "".join(text for kind, text in runs if kind != "new") == old
    assert "".join(text for kind, text in runs if kind != "gone") == new


def words(text: str) -> str:
    """What makes two texts one: as ids of blocks are made."""
    return " ".join(normalize("NFKC", text).casefold().split())


distinct = st.lists(st.text(max_size=40) | st.sampled_from(ENGLISH + KOREAN), unique_by=words, max_size=8)


@given(distinct.flatmap(lambda texts: st.tuples(st.just(texts), st.permutations(texts))))
def test_whatever_is_written_stays_itself_when_moved(orders):
    texts, moved = orders
    assert followed(pieces(*texts), pieces(*moved)) == {text: text for text in texts}


@given(distinct, st.sets(st.integers(0, 7)))
def test_what_is_deleted_is_gone_and_what_is_kept_stays(texts, gone):
    kept = [text for index, text in enumerate(texts) if index not in gone]
    assert followed(pieces(*texts), pieces(*kept)) == {text: text for text in kept}


@given(st.lists(st.text(max_size=11), max_size=8), st.lists(st.text(max_size=11), max_size=8))
def test_no_two_blocks_become_one_unless_one_holds_the_other(texts, others):
    found = [place.piece.id for place in follow(pieces(*texts), pieces(*others)).values()]
    assert len(found) == len(set(found))


@given(st.lists(sentences), st.lists(sentences), sentences)
def test_any_text_at_all_has_an_answer(texts, others, lost):
    old, new = pieces(*texts), pieces(*others)
    assert follow(old, new) == follow(old, new)
    assert find_again(Piece("lost", "paragraph", lost), new) in (None, *new)


@given(st.lists(sentences))
def test_an_unchanged_text_is_the_same(texts):
    old = pieces(*texts)
    assert follow(old, old) == {piece.id: Place(piece, "same") for piece in old}


@pytest.mark.parametrize("lesson", SAMPLE, ids=lambda lesson: lesson.slug)
def test_every_block_of_the_sample_course_has_its_counterpart(lesson):
    english, korean = (
        [Piece(block.id, block.kind, block.text) for block in lesson.translations[language].document.blocks]
        for language in ("en", "ko")
    )
    for mine, theirs in zip(english, korean, strict=True):
        assert counterpart(mine.id, english, korean) == theirs
        assert mine.kind == theirs.kind


@pytest.mark.parametrize("language", ["en", "ko"])
def test_any_block_of_the_sample_course_can_be_deleted_or_moved_to_the_end(language):
    for lesson in SAMPLE:
        old = [Piece(block.id, block.kind, block.text) for block in lesson.translations[language].document.blocks]
        for index, piece in enumerate(old):
            rest = [*old[:index], *old[index + 1 :]]
            assert piece.id not in follow(old, rest)
            assert {key: place.piece.id for key, place in follow(old, [*rest, piece]).items()} == {
                each.id: each.id for each in old
            }


def test_where_a_translation_lacks_a_paragraph_its_run_has_no_counterpart():
    heading = Piece("why", "heading", "Why")
    code = Piece("b-code", "code", "x = 1")
    mine = [Piece("b-hello", "paragraph", "Hello."), heading, *pieces(*ENGLISH[:2]), code]
    theirs = [Piece("b-annyeong", "paragraph", "안녕."), heading, *pieces(KOREAN[0]), code]
    assert counterpart(mine[0].id, mine, theirs) == theirs[0]
    assert counterpart(mine[2].id, mine, theirs) is None
    assert counterpart("b-code", mine, theirs) == code


def test_code_that_both_texts_have_is_a_fixed_point():
    same, extra = Piece("b-code", "code", "x = 1"), Piece("b-more", "code", "y = 2")
    mine = [*pieces(*ENGLISH[:2]), extra, same, Piece("b-end", "paragraph", ENGLISH[2])]
    theirs = [*pieces(*KOREAN[:2]), same, Piece("b-fin", "paragraph", KOREAN[2])]
    assert [found and found.text for found in (counterpart(piece.id, mine, theirs) for piece in mine)] == [
        *KOREAN[:2],
        None,
        "x = 1",
        KOREAN[2],
    ]


def test_sections_in_another_order_pair_by_their_headings():
    why, how = Piece("why", "heading", "Why"), Piece("how", "heading", "How")
    mine = [why, Piece("a", "paragraph", ENGLISH[0]), how, Piece("b", "paragraph", ENGLISH[1])]
    theirs = [how, Piece("c", "paragraph", KOREAN[1]), why, Piece("d", "paragraph", KOREAN[0])]
    assert [counterpart(piece.id, mine, theirs) for piece in mine] == [why, theirs[3], how, theirs[1]]


def test_an_unknown_block_has_no_counterpart():
    assert counterpart("b-none", pieces(*ENGLISH), pieces(*KOREAN)) is None


kinds = st.lists(st.sampled_from(["paragraph", "list", "code", "why", "how"]), max_size=10)


def lesson_of(kinds: list[str], mark: str) -> list[Piece]:
    """Blocks of these kinds with words of their own; "why" and "how" are headings, once each."""
    heads = {kinds.index(name): Piece(name, "heading", mark) for name in ("why", "how") if name in kinds}
    return [
        heads.get(index, Piece(f"{mark}{index}", kind, f"{mark} {index}"))
        for index, kind in enumerate(kinds)
        if index in heads or kind not in ("why", "how")
    ]


@given(kinds, kinds)
def test_a_counterpart_has_the_same_kind_and_leads_back(one, other):
    mine, theirs = lesson_of(one, "en"), lesson_of(other, "ko")
    for piece in mine:
        found = counterpart(piece.id, mine, theirs)
        assert found is None or (found.kind, counterpart(found.id, theirs, mine)) == (piece.kind, piece)
