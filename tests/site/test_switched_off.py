"""Points switched off: no address of the site says a word of them to that member, in a page or in an answer."""

import re

import pytest
from flask import Flask
from given import Visitor
from routes import FORM, addresses

TRACES = re.compile(r"(?<![A-Za-z_])xp(?![A-Za-z_])|data-xp|\bLv \d|Spark<|\bLevel|스파크|레벨", re.IGNORECASE)
CHOICE = re.compile(
    r'name="xp"|<span>(Points and levels|점수와 레벨)</span>'  # the switch itself
    r'|(href|value)="[^"]*"|class="[^"]*"|\bhere=\S+'  # addresses and names of styles are no words
)
FILES = ("assets.", "lessons.media", "accounts.export")
KEPT = [(), ("achievements", "rhythm")]


def traces(text: str) -> list[str]:
    """Where points are spoken of."""
    said = CHOICE.sub("", text)
    return [said[max(0, found.start() - 30) : found.end() + 20] for found in TRACES.finditer(said)]


@pytest.fixture
def without_points(app: Flask, moderator: Visitor, other: Visitor) -> Visitor:
    """Somebody who has done a little of everything and may see every page."""
    other.comment("Hello @haru")
    moderator.post("/en/lessons/dial/complete")
    moderator.post("/en/lessons/dial/exercise", exercise="dial", answer="five", do="attempt")
    moderator.comment("Hello")
    return moderator


def in_language(address: str, language: str) -> str:
    return address.replace("/en/", f"/{language}/", 1)


@pytest.mark.parametrize("kept", KEPT, ids=["all-off", "points-off"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_page_says_a_word_of_points(app: Flask, without_points: Visitor, language: str, kept: tuple[str]) -> None:
    without_points.post("/en/me/shown", **dict.fromkeys(kept, "on"))
    for endpoint, address in addresses(app, "GET"):
        if not endpoint.startswith(FILES):
            answer = without_points.get(in_language(address, language))
            assert answer.mimetype == "image/png" or traces(answer.text) == [], endpoint


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_answer_to_an_act_says_a_word_of_points(app: Flask, without_points: Visitor, language: str) -> None:
    without_points.post("/en/me/shown", achievements="on")
    for endpoint, address in addresses(app, "POST"):
        if not endpoint.startswith("accounts."):
            answer = without_points.post(in_language(address, language), htmx=True, **FORM)
            assert traces(answer.text) == [], endpoint
