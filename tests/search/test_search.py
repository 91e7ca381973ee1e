"""Lessons are found by what they say, in Korean as in English, as they read now, and nobody finds a draft."""

import re
import shutil
from pathlib import Path

import given
import pytest
from flask import Flask
from given import Visitor
from hypothesis import given as generated
from hypothesis import strategies as st

from stream.catalogue.loader import Library
from stream.catalogue.model import Catalogue, Site
from stream.search.index import SearchIndex
from stream.search.words import match_expression, terms_of

ROOT = Path(__file__).parent.parent.parent
FIRST = "what-a-prompt-does"
EMPTY = Catalogue(ROOT, Site({}, ("en",), {}), (), {}, {}, {}, ())


def found(visitor: Visitor, query: str, language: str = "en", **more: str) -> list[str]:
    """The slugs of what a search finds, in order; with the language where it is another one."""
    answer = visitor.client.get(f"/{language}/search", query_string={"q": query, **more})
    assert answer.status_code == 200
    hits = re.findall(r'<h2><a href="/(\w+)/lessons/([^"]+)"', answer.text)
    return [slug if where == language else f"{where}/{slug}" for where, slug in hits]


def excerpt(visitor: Visitor, query: str, language: str = "en") -> str:
    answer = visitor.client.get(f"/{language}/search", query_string={"q": query})
    return re.findall(r'class="passage"[^>]*>(.*?)</a>', answer.text)[0]


@pytest.fixture
def sample(lessons: Path) -> None:
    """The sample course instead of the small one."""
    shutil.rmtree(lessons)
    shutil.copytree(ROOT / "lessons", lessons)


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("query", ["명령", "중력", "프롬프트", "프롬프트는", "프롬프트를", "명령이 아니"])
def test_korean_words_find_the_first_lesson_with_and_without_particles(visitor: Visitor, query: str) -> None:
    assert FIRST in found(visitor, query, "ko")


@pytest.mark.usefixtures("sample")
def test_what_is_searched_for_is_marked_where_it_stands(visitor: Visitor) -> None:
    assert "<mark>중력</mark>" in excerpt(visitor, "중력", "ko")
    assert re.search(r"<mark>[Vv]ectors?</mark>", excerpt(visitor, "vector"))
    page = visitor.get("/ko/search?q=중력").text
    assert re.search(rf'href="/ko/lessons/{FIRST}#b-[0-9a-f]+"', page), "the excerpt leads to its paragraph"


@pytest.mark.usefixtures("sample")
def test_a_lesson_about_it_comes_before_one_that_mentions_it(visitor: Visitor) -> None:
    assert found(visitor, "encoder")[0] == "reading-the-encoder"
    assert found(visitor, "인코더", "ko")[0] == "reading-the-encoder"


@pytest.mark.usefixtures("sample")
def test_another_form_of_an_english_word_and_a_beginning_are_found(visitor: Visitor) -> None:
    assert FIRST in found(visitor, "prompts")
    assert "reading-the-encoder" in found(visitor, "encod")


@pytest.mark.usefixtures("sample")
def test_both_languages_at_once(visitor: Visitor) -> None:
    assert "reading-the-encoder" in found(visitor, "CLIP 토큰", "ko")
    assert any(hit.startswith("ko/") for hit in found(visitor, "문장에서", "en"))


def korean(lessons: Path, slug: str, body: str, number: int = 7) -> None:
    given.lesson(lessons, slug, number, languages=("ko",), body=body)


@pytest.mark.parametrize("query", ["힘", "물", "불"])
def test_one_syllable_is_found_wherever_it_stands(lessons: Path, visitor: Visitor, query: str) -> None:
    korean(lessons, "elements", "단어의 힘은 물, 흙 그리고 산불에서 온다.\n")
    assert found(visitor, query, "ko") == ["elements"]


def test_pairs_do_not_find_words_that_are_not_there(lessons: Path, visitor: Visitor) -> None:
    korean(lessons, "pairs", "프롬 그리고 롬프 그리고 프트.\n")
    assert found(visitor, "프롬프트", "ko") == []


def test_latin_and_korean_written_together(lessons: Path, visitor: Visitor) -> None:
    korean(lessons, "mixed", "CLIP은 문장을 읽고 LoRA로 배운다.\n")
    for query in ("clip", "CLIP은", "LoRA", "lora 문장", "문장을"):
        assert found(visitor, query, "ko") == ["mixed"], query


def test_an_edit_is_found_at_once_and_what_was_there_is_not(lessons: Path, visitor: Visitor) -> None:
    korean(lessons, "changing", "처음에는 고래가 있었다.\n")
    assert found(visitor, "고래", "ko") == ["changing"]
    korean(lessons, "changing", "이제는 두루미가 있다.\n")
    assert found(visitor, "고래", "ko") == []
    assert found(visitor, "두루미", "ko") == ["changing"]
    (lessons / "dials" / "07-changing.ko.md").unlink()
    assert found(visitor, "두루미", "ko") == []


@pytest.mark.parametrize("front", [{"status": "draft"}, {"status": "archived"},
                                   {"status": "scheduled", "publish_at": "2999-01-01T00:00:00Z"}])  # fmt: skip
def test_what_is_in_no_list_is_found_by_nobody(lessons: Path, visitor: Visitor, moderator: Visitor, front) -> None:
    given.lesson(lessons, "hidden", 8, body="A narwhal.\n", **front)
    assert found(visitor, "narwhal") == []
    assert found(moderator, "narwhal") == []


def test_where_no_lesson_has_every_word_those_with_some_are_shown_and_it_is_said(
    lessons: Path, visitor: Visitor
) -> None:
    given.lesson(lessons, "whales", 8, body="A narwhal.\n")
    page = visitor.get("/en/search?q=narwhal+unicorn").text
    assert "No lesson has all of these words" in page
    assert "whales in en" in page
    assert "No lesson says that" in visitor.get("/en/search?q=unicorn").text


def test_tags_are_found_by_key_and_label(visitor: Visitor) -> None:
    assert "dial" in found(visitor, "control")
    assert "dial" in found(visitor, "제어", "ko")


def test_many_results_come_in_pages(lessons: Path, visitor: Visitor) -> None:
    for number in range(10, 35):
        given.lesson(lessons, f"many-{number}", number, languages=("en",), body="A narwhal.\n")
    first, second = found(visitor, "narwhal"), found(visitor, "narwhal", page="2")
    assert (len(first), len(second)) == (20, 5)
    assert not set(first) & set(second)
    assert found(visitor, "narwhal", page="7") == []


def test_htmx_gets_the_results_alone(visitor: Visitor) -> None:
    answer = visitor.get("/en/search?q=dial", **{"HX-Request": "true"})
    assert answer.text.strip().startswith("<section")
    assert "<html" not in answer.text


@pytest.mark.parametrize("query", ['"', "NEAR(", "a AND", "*", "x' OR 1=1 --", "-", "{title}:x", "^", "\x00", "ﬁ", "İ",
                                   "a" * 5000, "\ud7b0", "😀", "가" * 300, "명령" + "는" * 50])  # fmt: skip
def test_nothing_in_a_query_is_an_order(visitor: Visitor, query: str) -> None:
    found(visitor, query)


@generated(st.text(max_size=60))
def test_every_query_is_one_that_the_index_understands(tmp_path_factory: pytest.TempPathFactory, query: str) -> None:
    terms = terms_of(query)
    index = SearchIndex(tmp_path_factory.getbasetemp() / "search.db")
    if terms:
        for every in (True, False):
            index.find(match_expression(terms, every), EMPTY)
    index.close()


def test_a_damaged_index_is_made_anew(app: Flask, settings, visitor: Visitor) -> None:
    assert "dial" in found(visitor, "control")
    app.extensions["stream.search"].close()
    for suffix in ("-wal", "-shm"):
        (settings.instance / f"search.db{suffix}").unlink(missing_ok=True)
    (settings.instance / "search.db").write_bytes(b"SQLite format 3\x00" + b"nonsense" * 1000)
    assert "dial" in found(visitor, "control")


def test_typed_text_comes_back_as_text(visitor: Visitor) -> None:
    page = visitor.get("/en/search?q=%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_what_another_process_took_out_is_found_after_the_next_edit(lessons: Path, tmp_path: Path) -> None:
    library, index, other = Library(lessons), SearchIndex(tmp_path / "search.db"), SearchIndex(tmp_path / "search.db")
    expression = match_expression(terms_of("dial"))
    hits = index.find(expression, library.catalogue())
    assert hits
    assert other.find(expression, EMPTY) == []
    given.lesson(lessons, "another", 7, languages=("en",), body="A word of its own.\n")
    assert set(hits) <= set(index.find(expression, library.catalogue()))
    index.close()
    other.close()


def test_lessons_that_came_changed_and_went_since_the_last_search_are_found_as_they_are(
    lessons: Path, tmp_path: Path
) -> None:
    library, index = Library(lessons), SearchIndex(tmp_path / "search.db")

    def found_now(word: str) -> list[str]:
        return [hit.lesson for hit in index.find(match_expression(terms_of(word)), library.catalogue())]

    given.lesson(lessons, "one", 7, languages=("en",), body="Zebra.\n")
    given.lesson(lessons, "two", 8, languages=("en",), body="Quagga.\n")
    assert (found_now("zebra"), found_now("quagga")) == (["one"], ["two"])
    given.lesson(lessons, "one", 7, languages=("en",), body="Okapi.\n")
    (lessons / "dials/08-two.en.md").rename(lessons / "dials/08-three.en.md")
    assert (found_now("zebra"), found_now("okapi"), found_now("quagga")) == ([], ["one"], ["three"])
    index.close()
