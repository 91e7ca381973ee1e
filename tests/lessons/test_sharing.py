"""How a page looks where somebody shares it, and what search engines learn of it."""

import json
import re
from io import BytesIO
from pathlib import Path

import given
import pytest
from PIL import Image, ImageFont

from stream.pictures.drawing import FONT, drawn, wrapped
from stream.settings import Settings


def facts(page: str) -> dict[str, object]:
    """The page's JSON-LD."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def meta(page: str) -> dict[str, str]:
    """The page's Open Graph properties."""
    return dict(re.findall(r'<meta property="(og:[a-z:_]+)" content="([^"]*)">', page))


def path_of(address: str) -> str:
    return address.removeprefix("http://localhost")


def canonical(page: str) -> list[str]:
    return [path_of(address) for address in re.findall(r'<link rel="canonical" href="([^"]+)">', page)]


def test_a_lesson_says_what_it_teaches_and_for_how_long(visitor):
    told = facts(visitor.get("/ko/lessons/dial").text)
    assert (told["@type"], told["name"], told["inLanguage"]) == ("LearningResource", "dial in ko", "ko")
    assert told["timeRequired"] == "PT5M"
    assert told["isPartOf"]["name"] == "dials 과정"


def test_a_course_lists_its_lessons_and_the_home_page_its_courses(visitor):
    course = facts(visitor.get("/en/courses/dials").text)
    assert (course["@type"], course["timeRequired"]) == ("Course", "PT15M")
    assert [part["name"] for part in course["hasPart"]] == ["encoder in en", "dial in en", "seeds in en"]
    home = facts(visitor.get("/en/").text)
    assert (home["@type"], home["itemListElement"][0]["item"]["name"]) == ("ItemList", "Dials")
    assert {"name", "description", "provider"} <= home["itemListElement"][0]["item"].keys()


@pytest.mark.parametrize("address", ["/en/lessons/dial", "/ko/courses/dials"])
def test_every_address_that_is_told_answers(visitor, address):
    page = visitor.get(address).text
    assert canonical(page) == [path_of(meta(page)["og:url"])] == [address]
    assert visitor.get(path_of(facts(page)["provider"]["url"])).status_code == 200


@pytest.mark.parametrize("address", ["/en/lessons/dial", "/ko/courses/dials"])
def test_the_picture_has_the_size_that_is_told(visitor, address):
    told = meta(visitor.get(address).text)
    answer = visitor.get(path_of(told["og:image"]))
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    with Image.open(BytesIO(answer.data)) as picture:
        assert picture.size == (int(told["og:image:width"]), int(told["og:image:height"]))


def test_a_lesson_in_one_language_has_one_address(lessons, visitor):
    given.lesson(lessons, "only-korean", 7, languages=("ko",))
    assert canonical(visitor.get("/en/lessons/only-korean").text) == ["/ko/lessons/only-korean"]


def test_a_title_cannot_leave_the_facts(lessons, visitor):
    given.lesson(lessons, "sly", 7, title="'</script><script>alert(1)</script>'")
    page = visitor.get("/en/lessons/sly").text
    assert facts(page)["name"] == "</script><script>alert(1)</script>"
    assert "<script>alert" not in page


def test_a_new_title_makes_a_new_picture(lessons, visitor):
    before = visitor.get("/en/lessons/dial/picture.png").data
    assert visitor.get("/en/lessons/dial/picture.png").data == before
    given.lesson(lessons, "dial", 2, title="Something else")
    assert visitor.get("/en/lessons/dial/picture.png").data != before


def test_drafts_have_no_picture(lessons, visitor):
    given.lesson(lessons, "hidden", 7, status="draft")
    assert visitor.get("/en/lessons/hidden/picture.png").status_code == 404
    assert visitor.get("/en/courses/none/picture.png").status_code == 404


def test_a_picture_that_cannot_be_kept_is_drawn_all_the_same(settings: Settings, visitor):
    Path(settings.instance / "pictures").write_text("in the way", encoding="utf-8")
    assert visitor.get("/en/lessons/dial/picture.png").status_code == 200


@pytest.mark.parametrize("title", ["", "x" * 400, "한글" * 200, "a title " * 60, "\u202e\u0000\n"])
def test_any_title_can_be_drawn(title):
    assert drawn("site" * 40, title, title, title).startswith(b"\x89PNG")


def test_lines_break_at_spaces_and_lose_nothing():
    font = ImageFont.truetype(FONT, 60)
    text = "모델에게 무엇을 어떻게 말해야 하는가 " + "w" * 80
    lines = wrapped(text, font, 600)
    assert all(font.getlength(line) <= 600 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert lines[0] == "모델에게 무엇을 어떻게"
