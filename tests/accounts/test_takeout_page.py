"""The page of the download is for people: words and dates of their language, nothing that they switched off."""

import re

import pytest
from given import Visitor
from test_takeout import Checker, files_of, taken_by

LESSON = "/en/lessons/dial"
NAME = re.compile(r"<(?:th|dt|h2|h3)[^>]*>([^<]*)</")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
GAME = re.compile(r"(?<![A-Za-z])XP(?![A-Za-z])|First Light|first-light|Achievement|업적", re.IGNORECASE)


@pytest.fixture
def busy(member: Visitor, other: Visitor) -> Visitor:
    member.post(f"{LESSON}/complete")
    member.post(f"{LESSON}/reopen")
    member.post(f"{LESSON}/exercise", exercise="dial", answer="five", do="attempt")
    member.post(f"{LESSON}/bookmark", bookmark="yes")
    member.post(f"{LESSON}/note", note="mine", version="0")
    first = member.comment("Words")
    other.comment("Words of somebody else", parent=first)
    member.post("/en/report", lesson="dial", category="typo", body="teh", contact="")
    return member


def test_every_name_on_it_is_in_the_readers_language(busy):
    names = set(NAME.findall(files_of(busy, "ko")["data.html"]))
    assert {name for name in names if re.fullmatch(r"[a-z_. ]+", name)} == set()


def test_entries_are_told_in_words(busy):
    page = files_of(busy)["data.html"]
    for words in ("Completed", "Took back", "Passed an exercise", "XP", "Balance"):
        assert words in page
    assert "lesson.completed" not in page


def test_dates_are_written_as_people_write_them(busy):
    page = re.sub(r'datetime="[^"]*"', "", files_of(busy)["data.html"])
    assert INSTANT.findall(page) == []


def test_codes_for_programs_are_in_the_other_file_only(busy):
    entry = taken_by(busy)["progress"]["entries"][0]
    assert entry["hash"] not in files_of(busy)["data.html"]
    assert Checker(files_of(busy)["data.html"]).open == []


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_is_switched_off_is_in_the_other_file_only(busy, language):
    assert GAME.search(files_of(busy, language)["data.html"])
    busy.get("/en/me/settings")
    busy.post("/en/me/shown")
    assert GAME.findall(files_of(busy, language)["data.html"]) == []
    assert taken_by(busy)["progress"]["standing"]["xp"] == 20
