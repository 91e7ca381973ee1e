"""Threads on paragraphs, through edits of real lesson files, in either language."""

import re

import pytest
from editing import BOTH, EN, KO, OTHER, TEXTS, Drill
from sqlalchemy import insert, literal, select

from stream.comments import tree
from stream.comments.models import comments
from stream.db import write


@pytest.fixture
def drill(app, lessons, member) -> Drill:
    """A lesson in both languages with a comment on its second paragraph, written in English."""
    world = Drill(app, lessons / "dials")
    for language, texts in TEXTS.items():
        world.write(language, *texts)
    member.get("/en/lessons/dial")
    answer = member.post("/en/lessons/dial/comments", body="Why two?", block=world.block_of("en", EN[1]))
    assert answer.status_code == 303
    return world


def test_both_languages_share_the_thread(drill):
    for language, texts in TEXTS.items():
        assert drill.talked_about(language) == [texts[1]]
        assert "Why two?" in drill.thread(language, texts[1])


def test_the_comment_counts_on_the_lesson_and_leads_to_its_paragraph(drill):
    assert '<span class="count">1</span>' in drill.page("en")
    assert drill.visitor.get("/en/comments/1").location.endswith(f"threads/{drill.block_of('en', EN[1])}#comment-1")


@BOTH
def test_it_follows_a_rewording_and_shows_old_and_new(drill, language):
    texts = TEXTS[language]
    new = (
        texts[1]
        .replace("makes two guesses", "makes two separate guesses")
        .replace("두 번 추측한다", "추측을 두 번 한다")
    )
    drill.write(language, texts[0], new, *texts[2:])
    assert drill.talked_about(language) == [new]
    thread = drill.thread(language, new)
    assert "Why two?" in thread
    assert "<del>" in thread or "<ins>" in thread
    assert drill.talked_about(OTHER[language]) == [TEXTS[OTHER[language]][1]]


@BOTH
def test_it_follows_a_move(drill, language):
    texts = TEXTS[language]
    drill.write(language, texts[0], *texts[2:], texts[1])
    assert drill.talked_about(language) == [texts[1]]


@BOTH
def test_it_follows_a_split_to_the_larger_half(drill, language, member):
    texts = TEXTS[language]
    member.post(f"/{language}/lessons/dial/comments", body="Third!", block=drill.block_of(language, texts[2]))
    first, second = texts[2].replace(". ", ".|").rsplit("|", 1)
    drill.write(language, *texts[:2], first, second, texts[3])
    assert drill.talked_about(language) == [texts[1], first]


@BOTH
def test_when_the_paragraph_is_gone_the_thread_stands_below_the_lesson_with_its_quote(drill, language):
    texts = TEXTS[language]
    drill.write(language, texts[0], *texts[2:])
    page = drill.page(language)
    assert drill.talked_about(language) == []
    assert f'<blockquote class="was">{texts[1]}' in page
    assert 'id="comment-1"' in page
    assert drill.talked_about(OTHER[language]) == [TEXTS[OTHER[language]][1]]


@BOTH
def test_when_the_paragraph_is_back_so_is_the_thread(drill, language):
    texts = TEXTS[language]
    drill.write(language, texts[0], *texts[2:])
    drill.page(language)
    drill.write(language, *texts)
    assert drill.talked_about(language) == [texts[1]]
    assert 'class="was"' not in drill.page(language)


@BOTH
def test_a_replaced_paragraph_does_not_inherit_the_thread(drill, language):
    texts = TEXTS[language]
    seeds = "Seeds are families: neighbours share a composition, strangers share nothing at all."
    korean_seeds = "시드는 가족이다. 이웃한 시드는 구도를 나누어 갖고, 먼 시드는 아무것도 나누지 않는다."
    other = {"en": seeds, "ko": korean_seeds}[language]
    drill.write(language, texts[0], other, *texts[2:])
    assert drill.talked_about(language) == []
    assert 'class="was"' in drill.page(language)


def test_both_languages_edited_at_once_keep_the_thread(drill):
    for language, texts in TEXTS.items():
        drill.write(language, texts[3], texts[2], texts[1], texts[0])
    assert drill.talked_about("en") == [EN[1]]
    assert drill.talked_about("ko") == [KO[1]]


def test_many_edits_one_after_the_other_lose_nothing(drill):
    words = EN[1].split()
    for step in range(3, len(words), 4):
        words[step] = words[step].upper()
        drill.write("en", EN[0], " ".join(words), *EN[2:])
        assert drill.talked_about("en") == [" ".join(words)]


def test_a_broken_file_changes_nothing(drill):
    path = drill.folder / "02-dial.en.md"
    good = path.read_text(encoding="utf-8")
    path.write_text("---\ntitle: [\n---\n", encoding="utf-8")
    assert drill.talked_about("en") == [EN[1]]
    path.write_text(good, encoding="utf-8")
    assert drill.talked_about("en") == [EN[1]]


def test_a_translation_that_comes_later_shares_the_thread(app, lessons, member):
    drill = Drill(app, lessons / "dials")
    (lessons / "dials" / "02-dial.ko.md").unlink()
    drill.write("en", *EN)
    member.get("/en/lessons/dial")
    member.post("/en/lessons/dial/comments", body="Why two?", block=drill.block_of("en", EN[1]))
    drill.write("ko", *KO)
    assert drill.talked_about("ko") == [KO[1]]


def test_a_block_that_the_lesson_does_not_have_is_said_and_the_text_kept(drill, member):
    member.get("/en/lessons/dial")
    answer = member.post("/en/lessons/dial/comments", body="On what?", block="b-0000000000")
    assert answer.status_code == 422
    assert "On what?</textarea>" in answer.text
    assert drill.visitor.get("/en/lessons/dial/threads/b-0000000000").status_code == 404


def test_the_thread_opens_in_place_and_closes_again(drill):
    block = drill.block_of("en", EN[1])
    opened = drill.visitor.get(f"/en/lessons/dial/threads/{block}", **{"HX-Request": "true"}).text
    assert f'<section id="thread-{block}"' in opened
    assert "<html" not in opened
    closed = drill.visitor.get(f"/en/lessons/dial/threads/{block}/mark", **{"HX-Request": "true"}).text
    assert f'href="/en/lessons/dial/threads/{block}"' in closed
    assert ">1</span></a>" in closed


def test_a_long_thread_on_a_lost_paragraph_is_shown_page_by_page(drill, app):
    with app.app_context():
        write(lambda connection: [connection.execute(_copy(number)) for number in range(2, 62)])
        write(lambda connection: tree.settle(connection, 1))
    drill.write("en", EN[0], *EN[2:])
    page = drill.page("en")
    assert page.count('class="comment') == 50
    more = re.search(r'href="([^"]+/detached/[^"]+)"', page)
    assert more is not None
    assert drill.visitor.get(more[1], **{"HX-Request": "true"}).text.count('class="comment') == 11
    assert EN[1] in drill.visitor.get(more[1]).text


def _copy(number: int):
    """Another answer to the first comment, as it stands in the table."""
    columns = [column for column in comments.c if column.name not in ("id", "post_id", "parent_id")]
    first = select(literal(number), literal(f"post-{number}"), literal(1), *columns).where(comments.c.id == 1)
    return insert(comments).from_select(["id", "post_id", "parent_id", *(column.name for column in columns)], first)


def test_headings_have_no_thread_of_their_own(drill):
    assert "threads/why" not in drill.page("en")
    assert drill.visitor.get("/en/lessons/dial/threads/why").status_code == 404
