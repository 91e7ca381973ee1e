"""The list of all lessons: nothing disappears for its author, whatever state it is in."""

import re
from pathlib import Path

import given
import pytest
from authors import Author

from stream.authoring.translations import states_of
from stream.catalogue.loader import Library
from stream.resources import SAMPLE_LESSONS

LIST = "/en/admin/lessons"


def row(page: str, words: str) -> str:
    """The row of the list that names a lesson."""
    found = next((each for each in page.split("<tr>") if words in each), None)
    assert found is not None, words
    return " ".join(re.sub(r"<[^>]+>", " ", found.split("</tr>")[0]).split())


def test_every_state_is_listed(author: Author, lessons: Path) -> None:
    given.lesson(lessons, "young", 4, status="draft")
    given.lesson(lessons, "later", 5, status="scheduled", publish_at="2999-01-01T09:00:00+09:00")
    given.lesson(lessons, "old", 6, status="archived")
    page = author.get(LIST).text
    assert "published" in row(page, "dial in en")
    assert "draft" in row(page, "young in en")
    assert "scheduled Jan 1, 2999" in row(page, "later in en")
    assert "archived" in row(page, "old in en")


def test_a_lesson_that_was_never_whole_is_listed_with_file_and_line(author: Author, lessons: Path) -> None:
    (lessons / "dials" / "07-broken.en.md").write_text("---\ntitle: x\nminutes: -1\n---\n", "utf-8")
    line = row(author.get(LIST).text, "broken")
    assert "not shown" in line
    assert "dials/07-broken.en.md:3" in line
    assert author.get("/en/admin/lessons/broken/en/edit").status_code == 200


def test_two_files_with_one_name_are_both_listed_and_one_is_edited(author: Author, lessons: Path) -> None:
    given.course(lessons, "more")
    given.lesson(lessons, "dial", 1, of="more", languages=("en",))
    page = author.get(LIST).text
    assert "the slug dial is taken by dials/02-dial.en.md" in row(page, "more/01-dial")
    assert page.count('href="/en/admin/lessons/dial/en/edit"') == 1
    assert "dials/02-dial.en.md" in author.get("/en/admin/lessons/dial/en/edit").text


def test_what_is_wrong_elsewhere_is_listed_too(author: Author, lessons: Path) -> None:
    (lessons / "dials" / "nonsense.md").write_text("x", "utf-8")
    given.lesson(lessons, "french", 8, languages=("fr",))
    page = author.get(LIST).text.split('id="elsewhere"')[1]
    assert "dials/nonsense.md:1" in page
    assert "fr is not among the languages" in page


def test_the_list_can_be_narrowed(author: Author, lessons: Path) -> None:
    given.lesson(lessons, "young", 4, status="draft", languages=("en",))
    for show, seen in (("draft", True), ("translations", True), ("published", False), ("problems", False)):
        assert ("young in en" in author.get(f"{LIST}?show={show}").text) is seen, show
    assert author.get(f"{LIST}?show=nonsense").status_code == 404


def test_open_reports_are_counted_by_lesson(author: Author, visitor: given.Visitor) -> None:
    visitor.get("/en/report?lesson=dial")
    found = re.search(r'name="post_id" value="([^"]+)"', visitor.get("/en/report?lesson=dial").text)
    assert found is not None
    visitor.post("/en/report", lesson="dial", category="typo", body="teh", post_id=found[1])
    assert "1 report" in row(author.get(LIST).text, "dial in en")
    assert "report" not in row(author.get(LIST).text, "seeds in en")
    assert "dial in en" in author.get(f"{LIST}?show=reports").text


def states(lessons: Path, slug: str = "dial") -> dict[str, str]:
    """How the languages of a lesson stand to each other."""
    catalogue = Library(lessons).catalogue()
    return {each.language: each.state for each in states_of(catalogue.by_slug[slug], catalogue.site.languages)}


def test_a_missing_language_is_told(author: Author, lessons: Path) -> None:
    given.lesson(lessons, "solo", 4, languages=("ko",))
    assert states(lessons, "solo") == {"en": "missing", "ko": "original"}
    assert "English missing" in row(author.get(LIST).text, "solo in ko")


def test_texts_that_are_built_alike_are_not_complained_of(lessons: Path) -> None:
    assert states(lessons) == {"en": "original", "ko": "alike"}


def test_a_paragraph_more_makes_texts_differ(author: Author, lessons: Path) -> None:
    given.lesson(lessons, "dial", 2, languages=("ko",), body=f"{given.BODY}\nOne more.\n")
    assert states(lessons)["ko"] == "differs"
    assert "3 blocks, the original has 2" in row(author.get(LIST).text, "dial in en")


def test_a_translation_that_names_its_revision_is_stale_once_that_changed(lessons: Path) -> None:
    original = Library(lessons).catalogue().by_slug["dial"].translations["en"].revision
    given.lesson(lessons, "dial", 2, languages=("ko",), translates=original)
    assert states(lessons) == {"en": "original", "ko": "follows"}
    given.lesson(lessons, "dial", 2, languages=("en",), title="Another title")
    assert states(lessons) == {"en": "original", "ko": "older"}


def test_the_original_may_be_in_any_language(lessons: Path) -> None:
    original = Library(lessons).catalogue().by_slug["dial"].translations["ko"].revision
    given.lesson(lessons, "dial", 2, languages=("en",), translates=original)
    assert states(lessons) == {"en": "follows", "ko": "original"}


@pytest.mark.parametrize("said", ["abc", "0123456789AB", "[x]", "0123456789abcd"])
def test_a_revision_that_is_none_is_an_error(lessons: Path, said: str) -> None:
    given.lesson(lessons, "dial", 2, languages=("ko",), translates=said)
    assert [problem.code for problem in Library(lessons).catalogue().problems] == ["bad-revision"]


def test_the_sample_course_is_translated() -> None:
    from_sample = Library(SAMPLE_LESSONS).catalogue()
    differing = {
        lesson.slug: each.differences
        for lesson in from_sample.by_slug.values()
        for each in states_of(lesson, from_sample.site.languages)
        if each.state == "differs"
    }
    assert differing == {}


def test_a_stale_translation_leads_to_what_has_changed_in_the_original(author: Author, lessons: Path) -> None:
    text = author.open()
    given.lesson(lessons, "dial", 2, languages=("ko",), translates=author.base()[:12])
    assert "follows has changed" not in author.get("/en/admin/lessons/dial/ko/edit").text
    author.save(text.replace("Turn it up", "Turn it down"))
    assert "stale" in row(author.get(LIST).text, "dial in en")
    page = author.get("/en/admin/lessons/dial/ko/edit").text
    found = re.search(r'follows has changed\. <a href="([^"]+)"', page)
    assert found is not None
    assert "<del>up</del><ins>down</ins>" in author.get(found[1]).text
