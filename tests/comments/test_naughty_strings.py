"""Strings that break input handling: kept and shown character for character, or refused in words with nothing lost."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import given
import pytest
from e2e.test_every_page import nu_complaints
from given import Visitor
from hostile import naughty_strings, needs_corpora

from stream.comments import thread_pages
from stream.factory import create_app
from stream.markdown.comments import problem_with
from stream.reports import queries as report_queries
from stream.settings import load_settings

pytestmark = needs_corpora
MANY = "100000 per minute"
MOST = 480  # of 511: so many must be kept, not refused
TEXTAREA = re.compile(r'<textarea[^>]* name="body"[^>]*>\n(.*?)</textarea>', re.DOTALL)
TYPED = re.compile(r'<p class="typed" dir="auto">(.*?)</p>', re.DOTALL)
IN_WORDS = re.compile(r'class="[^"]*field-error[^"]*"[^>]*>[^<]{10,}<')
ABOUT_CHARACTERS = ("starts with a composing character", "Private Use Area")  # warnings about what was typed


@dataclass(slots=True)
class World:
    """A site on which every string was posted as a comment and as a report."""

    writer: Visitor
    reporter: Visitor
    comments: dict[str, int]  # text -> number
    reports: dict[str, str]  # text -> address
    refused: list[str]


@pytest.fixture(scope="module")
def world(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One site for all tests of this file, with room for more than people write, all of it on one page."""
    folder = tmp_path_factory.mktemp("naughty")
    shutil.copytree(migrated, folder / "instance")
    given.lesson(given.site_files(folder / "lessons"), "dial")
    limits = dict.fromkeys(("comment_limit", "report_limit", "act_limit"), MANY)
    app = create_app(
        load_settings(given.EMPTY_ENVIRONMENT, instance=folder / "instance", lessons=folder / "lessons", **limits)
    )
    writer, reporter = Visitor(app).sign_up("haru"), Visitor(app).sign_up("minji")
    given.role(app, "haru", "moderator")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thread_pages, "PAGE", 1000)
        patch.setattr(report_queries, "PAGE", 1000)
        yield _written(World(writer, reporter, {}, {}, []))
    given.close(app)


def _written(world: World) -> World:
    for text in naughty_strings():
        answer = world.writer.post("/en/lessons/dial/comments", body=text)
        report = world.reporter.post("/en/report", category="other", body=text)
        if refused(answer, text):
            assert refused(report, text)
            world.refused.append(text)
        else:
            world.comments[text] = int(answer.location.rsplit("comment-", 1)[1])
            world.reports[text] = report.location.partition("?")[0]
    return world


def refused(answer, text: str) -> bool:
    """Whether a text was refused: then in words, for a known reason, and with nothing of it lost."""
    if answer.status_code == 303:
        return False
    assert answer.status_code == 422, (answer.status_code, text)
    assert IN_WORDS.search(answer.text), text
    assert in_box(answer.text) == lines(text)
    assert problem_with(text) in ("characters", "empty", "long-blanks"), text
    return True


def lines(text: str) -> str:
    """Text with one kind of line end: forms send another than they show."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def in_box(html: str) -> str:
    """What stands in the box of a form."""
    found = TEXTAREA.search(html)
    assert found is not None, html
    return lines(unescape(found[1]))


def typed(html: str) -> list[str]:
    """What reports say, as a page shows it."""
    return [lines(unescape(shown)) for shown in TYPED.findall(html)]


def test_nearly_all_are_taken(world: World):
    assert len(world.comments) > MOST
    assert len(world.comments) + len(world.refused) == len(naughty_strings())


def test_a_comment_comes_back_as_it_was_typed(world: World):
    for text, number in world.comments.items():
        form = world.writer.get(f"/en/comments/{number}/edit")
        assert form.status_code == 200
        assert in_box(form.text) == lines(text)


def test_a_report_comes_back_as_it_was_typed(world: World):
    for text, address in world.reports.items():
        assert typed(world.reporter.get(address).text) == [lines(text)]
    assert typed(world.writer.get("/en/admin/reports").text) == [lines(text) for text in world.reports]


def test_a_changed_comment_comes_back_as_it_was_typed(world: World):
    number = world.writer.comment("First words")
    version = 1
    for text in naughty_strings()[::3]:
        answer = world.writer.post(f"/en/comments/{number}/edit", body=text, comment=number, version=version)
        if not refused(answer, text):
            form = world.writer.get(f"/en/comments/{number}/edit").text
            assert in_box(form) == lines(text)
            version = int(re.search(r'name="version" value="(\d+)"', form)[1])
    assert version > MOST / 3


def test_pages_with_all_of_them_are_valid(world: World, tmp_path: Path):
    pages = {
        "lesson": world.writer.get("/en/lessons/dial").text,
        "talk": world.reporter.get("/ko/lessons/dial/comments").text,
        "queue": world.writer.get("/en/admin/reports").text,
        "mine": world.reporter.get("/en/me/reports").text,
    }
    assert all("☃" in page for page in pages.values())
    folder = tmp_path / "pages"
    folder.mkdir()
    complaints = nu_complaints(pages, folder)
    assert "\n".join(each for each in complaints if not any(part in each for part in ABOUT_CHARACTERS)) == ""
