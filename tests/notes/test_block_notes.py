"""Private notes and bookmarks on paragraphs, through edits of real lesson files, in either language."""

import re

import pytest
from editing import BOTH, EN, KO, OTHER, TEXTS, Drill

LESSON = "/en/lessons/dial"
NOTE = "Try five <first>"
SHOWN = "Try five &lt;first&gt;</textarea>"


@pytest.fixture
def drill(app, lessons, member) -> Drill:
    """A lesson in both languages; the member has a note and a bookmark on its second paragraph, made in English."""
    world = Drill(app, lessons / "dials")
    for language, texts in TEXTS.items():
        world.write(language, *texts)
    block = world.block_of("en", EN[1])
    member.get(LESSON)
    assert member.post(f"{LESSON}/note", note=NOTE, block=block).location == f"{LESSON}#mine-{block}"
    assert member.post(f"{LESSON}/bookmark", bookmark="yes", block=block).status_code == 303
    return world


def noted(member, language: str = "en") -> list[str]:
    """The beginnings of the paragraphs at which the member sees a note, in order."""
    page = member.get(f"/{language}/lessons/dial").text
    places = re.findall(r'<div id="mine-(b-[0-9a-f-]+)" class="note-place">\s*<details', page)
    return [re.search(rf'id="{block}">([^<]+)', page)[1] for block in places]


def lost(member, language: str = "en") -> list[str]:
    """The quotes of notes whose paragraph is gone."""
    return re.findall(r'<blockquote class="was"[^>]*>([^<]+)', member.get(f"/{language}/lessons/dial").text)


def test_it_stands_at_the_paragraph_in_both_languages_and_is_found_again(drill, member):
    for language, texts in TEXTS.items():
        assert noted(member, language) == [texts[1]]
        page = member.get(f"/{language}/lessons/dial").text
        assert page.count(SHOWN) == 1
        assert page.count("★") == 2, "in the summary and on its button"
        found = member.get(f"/{language}/me/notes").text
        assert texts[1] in found
        assert f"/{language}/lessons/dial#{drill.block_of(language, texts[1])}" in found


def test_it_is_nobody_elses(drill, member, other, moderator, visitor):
    block = drill.block_of("en", EN[1])
    for somebody in (other, moderator, visitor):
        for address in (LESSON, f"{LESSON}/threads/{block}", f"{LESSON}/note?block={block}", "/en/me/notes"):
            assert "Try five" not in somebody.get(address).text
        assert noted(somebody) == []
    assert drill.talked_about("en") == []


@BOTH
def test_it_follows_a_rewording_and_shows_old_and_new(drill, member, language):
    texts = TEXTS[language]
    new = texts[1].replace("two guesses", "two separate guesses").replace("두 번 추측한다", "추측을 두 번 한다")
    drill.write(language, texts[0], new, *texts[2:])
    assert noted(member, language) == [new]
    page = member.get(f"/{language}/lessons/dial").text
    assert "<del>" in page or "<ins>" in page
    assert noted(member, OTHER[language]) == [TEXTS[OTHER[language]][1]]


@BOTH
def test_it_follows_a_move(drill, member, language):
    texts = TEXTS[language]
    drill.write(language, texts[0], *texts[2:], texts[1])
    assert noted(member, language) == [texts[1]]


@BOTH
def test_it_follows_a_split_to_the_larger_half(drill, member, language):
    texts = TEXTS[language]
    member.post(f"/{language}/lessons/dial/note", note="third", block=drill.block_of(language, texts[2]))
    first, second = texts[2].replace(". ", ".|").rsplit("|", 1)
    drill.write(language, *texts[:2], first, second, texts[3])
    assert noted(member, language) == [texts[1], first]


@BOTH
def test_when_the_paragraph_is_gone_it_stands_below_the_lesson_and_can_be_changed(drill, member, language):
    texts = TEXTS[language]
    drill.write(language, texts[0], *texts[2:])
    assert (noted(member, language), lost(member, language)) == ([], [texts[1]])
    assert noted(member, OTHER[language]) == [TEXTS[OTHER[language]][1]]
    assert texts[1] in member.get(f"/{language}/me/notes").text
    passage = re.search(r'name="passage" value="([1-9]\d*)"', member.get(f"/{language}/lessons/dial").text)[1]
    member.post(f"/{language}/lessons/dial/note", note="changed", version=1, passage=passage)
    assert "changed</textarea>" in member.get(f"/{language}/lessons/dial").text


@BOTH
def test_when_the_paragraph_is_back_so_is_the_note(drill, member, language):
    texts = TEXTS[language]
    drill.write(language, texts[0], *texts[2:])
    assert lost(member, language) == [texts[1]]
    drill.write(language, *texts)
    assert (noted(member, language), lost(member, language)) == ([texts[1]], [])


@BOTH
def test_a_replaced_paragraph_does_not_inherit_it(drill, member, language):
    texts = TEXTS[language]
    seeds = "Seeds are families: neighbours share a composition, strangers share nothing at all."
    korean_seeds = "시드는 가족이다. 이웃한 시드는 구도를 나누어 갖고, 먼 시드는 아무것도 나누지 않는다."
    drill.write(language, texts[0], {"en": seeds, "ko": korean_seeds}[language], *texts[2:])
    assert (noted(member, language), lost(member, language)) == ([], [texts[1]])


def test_two_paragraphs_that_became_one_keep_both_notes(drill, member):
    member.post(f"{LESSON}/note", note="the other", block=drill.block_of("en", EN[2]))
    drill.write("en", EN[0], f"{EN[1]} {EN[2]}", EN[3])
    page = member.get(LESSON).text
    assert SHOWN in page
    assert "the other</textarea>" in page


def test_a_note_and_a_thread_share_their_paragraph_through_edits(drill, member):
    member.post(f"{LESSON}/comments", body="Why two?", block=drill.block_of("en", EN[1]))
    drill.write("en", *EN[::-1])
    assert noted(member) == drill.talked_about("en") == [EN[1]]


def test_an_empty_note_and_no_bookmark_leave_nothing(drill, member):
    block = drill.block_of("en", EN[1])
    member.post(f"{LESSON}/note", note="", version=1, block=block)
    member.post(f"{LESSON}/bookmark", bookmark="no", block=block)
    assert noted(member) == []
    assert "Nothing yet." in member.get("/en/me/notes").text


def test_what_cannot_be_kept_comes_back_in_its_form(drill, member):
    block = drill.block_of("en", EN[1])
    member.get(LESSON)
    stale = member.post(f"{LESSON}/note", note="from the phone", version=7, block=block)
    assert stale.status_code == 409
    assert "from the phone</textarea>" in stale.text
    assert "Try five &lt;first&gt;" in stale.text
    long = member.post(f"{LESSON}/note", note="x" * 20_001, version=1, block=block, htmx=True)
    assert "x" * 20_001 in long.text
    assert long.text.count("<textarea") == 1


def test_without_scripts_there_is_a_page_for_it(drill, member):
    block = drill.block_of("en", EN[2])
    assert f'href="{LESSON}/note?block={block}"' in member.get(f"{LESSON}/threads/{block}").text
    page = member.get(f"{LESSON}/note?block={block}").text
    assert EN[2] in page
    assert f'name="block" value="{block}"' in page


@pytest.mark.parametrize("form", [{"block": "b-0000000000"}, {"block": "why"}, {"passage": "999"}])
def test_a_place_that_the_lesson_does_not_have_is_refused(drill, member, form):
    member.get(LESSON)
    assert member.post(f"{LESSON}/note", note="x", **form).status_code == 404
    assert member.get(f"{LESSON}/note?block=b-0000000000").status_code == 404


def test_korean_first_then_english(app, lessons, member):
    drill = Drill(app, lessons / "dials")
    (lessons / "dials" / "02-dial.en.md").unlink()
    drill.write("ko", *KO)
    member.get("/ko/lessons/dial")
    member.post("/ko/lessons/dial/note", note="먼저", block=drill.block_of("ko", KO[1]))
    drill.write("en", *EN)
    assert noted(member) == [EN[1]]
