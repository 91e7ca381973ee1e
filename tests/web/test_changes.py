"""A member's page is told as what differs from everybody's copy, where the browser says that it has it."""

import gzip
import json
import re
from pathlib import Path

import given
import pytest
from hypothesis import example
from hypothesis import given as given_that
from hypothesis import strategies as st

from stream.web.changes import changed, changes
from stream.web.spliced import HOLE, Spliced

LESSON = "/en/lessons/dial"
NEW_EACH_TIME = re.compile(r'(name="(?:event_id|post_id)" value=")[^"]*')
texts = st.lists(st.sampled_from(["", "a", "b", '<p class="c">한국어</p>', "\r", "\u2028", HOLE]), max_size=12).map(
    "\n".join
)


def plain(page: str) -> str:
    """Without what is new each time."""
    return NEW_EACH_TIME.sub(r"\1", page)


def made(member: given.Visitor, address: str = LESSON) -> str:
    """The page, made for this request alone."""
    return member.get(address, Range="bytes=0-").text


@pytest.fixture
def copy(visitor: given.Visitor) -> str:
    """The tag of everybody's page, which has been asked for before."""
    visitor.get(LESSON)
    return visitor.get(LESSON).headers["ETag"].strip('W/"')


def having(*tags: str) -> dict[str, str]:
    """What a browser says that has these copies."""
    return {"Service-Worker-Navigation-Preload": ",".join(tag[:8] for tag in tags)}


@given_that(texts, texts)
@example("", "a\n")
@example("a\nb\nc", "c\na")
def test_the_new_text_comes_out_of_the_old_one(old: str, new: str) -> None:
    assert changed(old, changes(old, new)) == new


@given_that(texts)
def test_what_is_packed_with_holes_is_still_there(text: str) -> None:
    assert Spliced(text.encode()).with_holes().decode() == text


def test_a_page_that_is_made_or_kept_is_told_as_what_differs(
    member: given.Visitor, visitor: given.Visitor, copy: str
) -> None:
    everybodys = visitor.get(LESSON).text
    for _ in range(4):  # made, kept, compared before
        answer = member.get(LESSON, **having("00000000", copy))
        assert (answer.status_code, answer.headers["Stream-Copy"]) == (200, copy)
        assert plain(changed(everybodys, answer.text)) == plain(made(member))
    assert answer.mimetype == "application/json"


def test_it_is_much_less_than_the_page_and_nobodys_to_keep(member: given.Visitor, copy: str) -> None:
    packed = {"Accept-Encoding": "gzip, br"}
    whole = [member.get(LESSON, **packed) for _ in range(2)][-1]
    told = [member.get(LESSON, **packed, **having(copy)) for _ in range(2)][-1]
    assert len(told.data) < 0.6 * len(whole.data), "of this lesson, which is short"
    assert told.headers["Cache-Control"] == "private, no-store"
    for name in {*whole.headers.keys()} - {"Content-Length", "Content-Type"}:
        assert told.headers[name] == whole.headers[name]
    json.loads(gzip.decompress(told.data))


def test_each_time_its_forms_have_new_ids(member: given.Visitor, visitor: given.Visitor, copy: str) -> None:
    everybodys = visitor.get(LESSON).text
    pages = [changed(everybodys, member.get(LESSON, **having(copy)).text) for _ in range(4)]
    ids = [found for page in pages for found in re.findall(r'name="(?:event_id|post_id)" value="([^"]*)"', page)]
    assert len(ids) == len(set(ids)) >= 8


def test_whatever_has_happened_since_it_is_the_page_as_it_is_now(
    member: given.Visitor, other: given.Visitor, visitor: given.Visitor, copy: str, lessons: Path
) -> None:
    def edit() -> None:
        path = next(lessons.glob("*/*dial.en.md"))
        path.write_text(path.read_text(encoding="utf-8").replace("five", "six"), encoding="utf-8")

    everybodys = visitor.get(LESSON).text
    for act in (
        lambda: member.post(f"{LESSON}/open"),
        lambda: member.post(f"{LESSON}/complete"),
        lambda: member.post(f"{LESSON}/note", note="Look again", version="0"),
        lambda: (other.get(LESSON), other.comment("Just so.")),
        edit,
    ):
        act()
        member.get("/en/")
        answer = member.get(LESSON, **having(copy))
        page = changed(everybodys, answer.text) if "Stream-Copy" in answer.headers else answer.text
        assert plain(page) == plain(made(member))


def test_without_that_copy_the_page_comes_whole(member: given.Visitor, visitor: given.Visitor, copy: str) -> None:
    for headers in ({}, having("ffffffff"), having("true"), having("")):
        for _ in range(2):
            answer = member.get(LESSON, **headers)
            assert answer.mimetype == "text/html"
            assert "Stream-Copy" not in answer.headers
    assert visitor.get(LESSON, **having(copy)).mimetype == "text/html", "everybody's own is asked for by its tag"


def test_pages_that_are_made_each_time_come_whole(moderator: given.Visitor, copy: str) -> None:
    assert all(moderator.get(LESSON, **having(copy)).mimetype == "text/html" for _ in range(3))
