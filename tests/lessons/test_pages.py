"""Home, course, lesson and tag pages: what readers see, and what they must not."""

from pathlib import Path

import given
from flask import Flask


def test_a_lesson_shows_place_title_minutes_tags_and_state(visitor: given.Visitor) -> None:
    page = visitor.get("/en/lessons/dial").text
    for part in ("Lesson 02 of 3", "<h1>dial in en</h1>", "~5 min", "/en/tags/control", "published"):
        assert part in page
    assert page.count("<h1") == 1


def test_links_are_absent_when_there_are_none(visitor: given.Visitor) -> None:
    assert "External links" not in visitor.get("/en/lessons/dial").text


def test_a_draft_is_found_nowhere(app: Flask, lessons: Path) -> None:
    given.lesson(lessons, "secret", 4, status="draft", tags="[hidden]")
    visitor = given.Visitor(app)
    assert visitor.get("/en/lessons/secret").status_code == 404
    assert visitor.get("/en/tags/hidden").status_code == 404
    for address in ("/en/", "/en/courses/dials", "/en/lessons/seeds", "/en/tags/control"):
        assert "secret" not in visitor.get(address).text


def test_an_edit_shows_at_the_next_request(app: Flask, lessons: Path) -> None:
    visitor = given.Visitor(app)
    assert "brand new words" not in visitor.get("/en/lessons/dial").text
    given.lesson(lessons, "dial", 2, body="brand new words")
    assert "brand new words" in visitor.get("/en/lessons/dial").text


def test_a_broken_edit_keeps_the_last_good_text(app: Flask, lessons: Path) -> None:
    visitor = given.Visitor(app)
    visitor.get("/en/lessons/dial")
    (lessons / "dials" / "02-dial.en.md").write_text("---\ntitle: [broken\n---\nnothing", encoding="utf-8")
    answer = visitor.get("/en/lessons/dial")
    assert answer.status_code == 200
    assert "dial in en" in answer.text


def test_an_old_slug_redirects_for_good(app: Flask, lessons: Path) -> None:
    given.lesson(lessons, "dial", 2, aliases="[knob]")
    answer = given.Visitor(app).get("/ko/lessons/knob")
    assert (answer.status_code, answer.location) == (301, "/ko/lessons/dial")


def test_neighbours_skip_what_readers_do_not_see(app: Flask, lessons: Path) -> None:
    given.lesson(lessons, "dial", 2, status="draft")
    page = given.Visitor(app).get("/en/lessons/encoder").text
    assert 'rel="next">' in page
    assert "/en/lessons/seeds" in page
    assert "/en/lessons/dial" not in page


def test_the_last_lesson_leads_to_the_course(visitor: given.Visitor) -> None:
    assert "Its takeaways on one page" in visitor.get("/en/lessons/seeds").text


def test_the_course_collects_takeaways_in_order(visitor: given.Visitor) -> None:
    page = visitor.get("/en/courses/dials").text
    assert page.count("Start at five.") == 3
    assert page.index("encoder in en") < page.index("dial in en") < page.index("seeds in en")


def test_home_continues_with_the_next_unfinished_lesson(member: given.Visitor) -> None:
    assert "Begin here" in member.get("/en/").text
    member.post("/en/lessons/encoder/complete")
    page = member.get("/en/").text
    assert "Continue where you left off" in page
    assert "<h1>dial in en</h1>" in page


def test_a_course_says_its_level_and_what_can_be_read_in_which_language(lessons: Path, visitor: given.Visitor) -> None:
    (lessons / "dials" / "02-dial.ko.md").unlink()
    card = visitor.get("/en/").text.split('class="course"')[1].split("</li>")[0]
    assert ">English</span>" in card
    assert ">한국어 2/3</span>" in card
    assert 'class="tag"' in card


def test_an_empty_site_says_so_in_both_languages(app: Flask, lessons: Path) -> None:
    for file in (lessons / "dials").glob("*.md"):
        file.unlink()
    visitor = given.Visitor(app)
    assert "No lessons yet" in visitor.get("/en/").text
    assert "아직 레슨이 없어요" in visitor.get("/ko/").text


def test_totals_follow_what_is_published_and_nobody_loses(app: Flask, lessons: Path, member: given.Visitor) -> None:
    member.post("/en/lessons/dial/complete")
    given.lesson(lessons, "new-one", 4)
    page = member.get("/en/lessons/dial").text
    assert 'data-lessons-done="1" data-lessons-total="4"' in page


def test_opening_a_lesson_is_noted_once_for_each_language(member: given.Visitor) -> None:
    for language in ("en", "ko", "en"):
        member.get(f"/{language}/lessons/dial")
        assert member.post(f"/{language}/lessons/dial/open").status_code == 204
    assert member.standing().opened["dial"].keys() == {"en", "ko"}
    assert "/lessons/dial/open" not in member.get("/en/lessons/dial").text


def test_a_revised_lesson_keeps_its_completion_and_says_so(app: Flask, lessons: Path, member: given.Visitor) -> None:
    member.post("/en/lessons/dial/complete")
    for language in ("en", "ko"):
        given.lesson(lessons, "dial", 2, languages=(language,), body="another text altogether")
    page = member.get("/en/lessons/dial").text
    assert "revised since you completed it" in page
    assert 'data-xp="40"' in page
