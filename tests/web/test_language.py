"""The language stands in the address; the first visit goes by the browser."""

import re
from datetime import UTC, datetime

import given
import pytest
from flask import Flask
from flask_babel import force_locale

from stream.web.page import moment


@pytest.mark.parametrize(
    ("accepted", "home"),
    [("ko", "/ko/"), ("en-US,en;q=0.8", "/en/"), ("fr", "/en/"), ("", "/en/"), ("fr,ko;q=0.3", "/ko/")],
)
def test_the_first_visit_goes_by_accept_language(visitor: given.Visitor, accepted: str, home: str) -> None:
    assert visitor.get("/", **{"Accept-Language": accepted}).location == home


def test_the_choice_of_the_device_comes_first(visitor: given.Visitor) -> None:
    visitor.client.set_cookie("language", "ko")
    assert visitor.get("/", **{"Accept-Language": "en"}).location == "/ko/"


def test_a_page_names_itself_in_every_language(visitor: given.Visitor) -> None:
    page = visitor.get("/ko/lessons/dial").text
    assert '<html lang="ko"' in page
    assert set(re.findall(r'hreflang="([a-z-]+)" href', page)) == {"en", "ko", "x-default"}


def test_a_language_that_the_site_does_not_have_is_not_found(visitor: given.Visitor) -> None:
    assert visitor.get("/fr/").status_code == 404
    assert visitor.get("/fr/lessons/dial").status_code == 404


@pytest.mark.parametrize(
    ("languages", "day"), [(["de", "ko"], "01.02.2026"), (["en-GB"], "1 Feb 2026"), (["zh-Hant", "en"], "2026年2月1日")]
)
def test_a_site_may_be_in_any_language_of_this_world(app: Flask, lessons, languages: list[str], day: str) -> None:  # type: ignore[no-untyped-def]
    """What Stream says itself is English then; dates and numbers are as they are written there."""
    site = lessons / "site.toml"
    site.write_text(site.read_text(encoding="utf-8").replace('["en", "ko"]', str(languages).replace("'", '"')))
    given.lesson(lessons, "abroad", 4, languages=(languages[0],))
    visitor, first = given.Visitor(app), languages[0]
    assert visitor.get("/").location == f"/{first}/"
    page = visitor.get(f"/{first}/lessons/abroad")
    assert page.status_code == 200
    assert f'<html lang="{first}"' in page.text
    assert visitor.get(f"/{first}/nothing").status_code == 404
    with app.test_request_context(f"/{first}/"):
        app.preprocess_request()
        assert moment(datetime(2026, 2, 1, 12, tzinfo=UTC)).startswith(day)


def test_an_untranslated_lesson_shows_the_other_language_under_a_notice(app: Flask, lessons) -> None:  # type: ignore[no-untyped-def]
    given.lesson(lessons, "only-english", 4, languages=("en",))
    page = given.Visitor(app).get("/ko/lessons/only-english").text
    assert "번역되지 않았어요" in page
    assert '<h1><span lang="en">only-english in en</span></h1>' in page


@pytest.mark.parametrize(
    ("address", "words"), [("/ko/nothing", "그런 페이지가 없어요"), ("/en/nothing", "There is no such page")]
)
def test_error_pages_speak_the_language_of_the_address(visitor: given.Visitor, address: str, words: str) -> None:
    answer = visitor.get(address)
    assert answer.status_code == 404
    assert words in answer.text


def test_times_of_day_are_in_the_words_of_the_language(app: Flask) -> None:
    at = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
    with app.test_request_context():
        with force_locale("ko"):
            assert moment(at) == "2026. 11. 23. 오후 2:05:00"
        with force_locale("en"):
            assert moment(at) == "Nov 23, 2026, 2:05:00\u202fPM"
