"""The editor of one lesson file: what is saved, what is refused, and that nothing that was typed is lost."""

import os
import stat
from pathlib import Path

import given
import pytest
from authors import EDIT, Author
from flask import Flask

from stream.accounts import admin_acts
from stream.settings import Settings

BROKEN = "---\ntitle: x\nminutes: -1\n---\nbody\n"


def changed(text: str) -> str:
    """A small edit."""
    assert "Turn it up" in text
    return text.replace("Turn it up", "Turn it down")


def test_the_field_holds_the_whole_file(author: Author, dial: Path) -> None:
    assert author.open() == dial.read_text("utf-8")


def test_what_is_saved_stands_in_the_file_and_on_the_page(author: Author, dial: Path) -> None:
    text = changed(author.open())
    assert author.save(text).status_code == 303
    assert dial.read_text("utf-8") == text
    assert "Turn it down" in author.get("/en/lessons/dial").text


def test_saving_is_recorded_with_both_revisions(app: Flask, author: Author) -> None:
    before = author.open() and author.base()[:12]
    author.save(changed(author.text()))
    author.open()
    with app.app_context():
        line = admin_acts.latest(1)[0]
    assert (line.actor, line.act, line.subject) == ("areum", "lesson.edit", "lesson:dial")
    assert line.why == f"dials/02-dial.en.md: {before} → {author.base()[:12]}"


def test_saving_what_is_there_already_records_nothing(app: Flask, author: Author) -> None:
    assert author.save(author.open()).status_code == 303
    with app.app_context():
        assert [line.act for line in admin_acts.latest(9) if line.act == "lesson.edit"] == []


@pytest.mark.parametrize("who", ["visitor", "member", "moderator"])
def test_to_others_there_is_no_such_page(who: str, request: pytest.FixtureRequest) -> None:
    someone: given.Visitor = request.getfixturevalue(who)
    for address in ("", "/dial/edit", "/dial/en/edit", "/dial/en/revisions", "/dial/en/pictures"):
        assert someone.get(f"/en/admin/lessons{address}").status_code == 404
    for address in ("/dial/en/edit", "/dial/en/preview", "/dial/en/pictures"):
        assert someone.post(f"/en/admin/lessons{address}", text="x").status_code == 404


def test_an_admin_may_too(app: Flask) -> None:
    admin = Author(app)
    admin.sign_up("boss")
    given.role(app, "boss", "admin")
    admin.get("/en/")
    assert admin.save(changed(admin.open())).status_code == 303


def test_the_second_of_two_tabs_is_told_and_sees_both_texts(app: Flask, author: Author, dial: Path) -> None:
    other = Author(app)
    other.sign_in("areum")
    author.open()
    mine = other.open().replace("obeys", "listens")
    author.save(changed(author.text()))
    answer = other.save(mine)
    assert answer.status_code == 409
    assert other.text() == mine, "what was typed stays"
    assert "<del>down</del><ins>up</ins>" in answer.text
    assert "<ins>listens</ins>" in answer.text
    assert "Turn it down" in dial.read_text("utf-8"), "what the first one saved stays, too"


def test_mine_can_be_saved_over_the_revision_that_was_shown(app: Flask, author: Author, dial: Path) -> None:
    other = Author(app)
    other.sign_in("areum")
    mine = other.open().replace("obeys", "listens")
    author.open()
    author.save(changed(author.text()))
    other.save(mine)
    dial.write_text(changed(mine).replace("down", "left"), "utf-8")
    assert other.save(mine).status_code == 409, "a third text came between: that one was not shown"
    assert other.save(mine).status_code == 303
    assert dial.read_text("utf-8") == mine
    assert author.get("/en/admin/lessons/dial/en/revisions").text.count("/revisions/2") == 2, "both are kept"


def test_a_text_with_errors_is_not_saved_unless_one_insists(author: Author, dial: Path) -> None:
    before = author.open()
    answer = author.save(BROKEN)
    assert answer.status_code == 422
    assert "Line 3" in answer.text
    assert (author.text(), dial.read_text("utf-8")) == (BROKEN, before)
    assert author.save(BROKEN, anyway="yes").status_code == 303
    assert dial.read_text("utf-8") == BROKEN
    assert "Turn it up" in author.get("/en/lessons/dial").text, "readers keep the last good text"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("---\nid: other\ntitle: x\n---\nbody\n", "the id was dial"),
        ("---\nid: seeds\ntitle: x\n---\nbody\n", "the id seeds is taken"),
        ("---\ntitle: x\n---\n![A dial](images/none.png)\n", "there is no picture images/none.png"),
    ],
)
def test_what_would_be_lost_is_an_error(author: Author, text: str, said: str) -> None:
    author.open()
    answer = author.save(text)
    assert answer.status_code == 422
    assert said in answer.text


def test_mode_line_ends_and_mark_of_the_file_stay(author: Author, dial: Path) -> None:
    dial.write_bytes(b"\xef\xbb\xbf" + dial.read_bytes().replace(b"\n", b"\r\n"))
    dial.chmod(0o640)
    author.save(changed(author.open()))
    raw = dial.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf---\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert stat.S_IMODE(dial.stat().st_mode) == 0o640


def test_nothing_else_is_left_in_the_folder(author: Author, dial: Path) -> None:
    names = sorted(os.listdir(dial.parent))
    author.save(changed(author.open()))
    assert sorted(os.listdir(dial.parent)) == names


def test_a_preview_without_scripts_saves_nothing(author: Author, dial: Path) -> None:
    before = author.open()
    answer = author.post(EDIT, text=before + "\nA **new** line.\n", base=author.base(), do="preview")
    assert "A <strong>new</strong> line." in answer.text
    assert "A **new** line." in answer.text
    assert dial.read_text("utf-8") == before


def test_the_live_preview_names_problems_and_stays_inert(author: Author) -> None:
    author.open()
    text = "---\ntitle: <script>alert(1)</script>\n---\n<img src=x onerror=alert(1)>\n\n[x](javascript:alert(1))\n"
    answer = author.post("/en/admin/lessons/dial/en/preview", htmx=True, text=text)
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert "<img" not in answer.text
    assert 'href="javascript' not in answer.text
    assert "a link must be http" in answer.text
    assert "<html" not in answer.text


def test_without_the_token_nothing_happens(author: Author, dial: Path) -> None:
    before = author.open()
    for do in ("save", "preview"):
        form = {"text": changed(before), "base": author.base(), "do": do}
        assert author.client.post(EDIT, data=form).status_code == 400
    assert dial.read_text("utf-8") == before


@pytest.mark.parametrize("slug", ["..", "..%2f..%2fsite", "dial%00", "02-dial", "site.toml", "dials%2f02-dial"])
def test_only_files_that_are_there_have_an_address(author: Author, slug: str) -> None:
    assert author.get(f"/en/admin/lessons/{slug}/en/edit").status_code == 404
    assert author.get(f"/en/admin/lessons/dial/{slug}/edit").status_code == 404


def test_a_link_out_of_the_folder_is_not_followed(author: Author, dial: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("---\ntitle: secret\n---\n", "utf-8")
    text = author.open()
    dial.unlink()
    dial.symlink_to(outside)
    assert author.get(EDIT).status_code == 404
    assert author.post(EDIT, text=text, base=author.base(), do="save").status_code == 404
    assert outside.read_text("utf-8") == "---\ntitle: secret\n---\n"


def test_a_folder_that_becomes_a_link_is_not_followed(author: Author, dial: Path, tmp_path: Path) -> None:
    author.open()
    (tmp_path / "outside").mkdir()
    dial.parent.rename(tmp_path / "outside" / "dials")
    dial.parent.symlink_to(tmp_path / "outside" / "dials")
    assert author.post(EDIT, text="x", base=author.base(), do="save", anyway="yes").status_code == 404


def test_a_link_within_the_folder_stays_one(author: Author, dial: Path) -> None:
    real = dial.parent / "dial.text"
    dial.rename(real)
    dial.symlink_to(real)
    author.save(changed(author.open()))
    assert dial.is_symlink()
    assert "Turn it down" in real.read_text("utf-8")


def test_a_long_text_is_taken_and_a_huge_one_is_refused_in_words(author: Author, dial: Path) -> None:
    text = author.open() + "\n" + "순종 " * 50_000 + "\n"
    assert author.save(text).status_code == 303
    author.open()
    for anyway in ("", "yes"):
        assert author.save(text + "x" * 1_100_000, anyway=anyway).status_code == 422
    assert author.post(EDIT, text="x" * 5_000_000).status_code == 413
    assert dial.read_text("utf-8") == text


def test_a_file_that_is_no_text_is_left_alone(author: Author, dial: Path) -> None:
    dial.write_bytes(b"---\ntitle: caf\xe9\n---\n")
    answer = author.get(EDIT)
    assert answer.status_code == 409
    assert "not UTF-8" in answer.text


def test_earlier_texts_are_listed_compared_and_brought_back(author: Author, dial: Path) -> None:
    first = author.open()
    author.save(changed(first))
    listed = author.get("/en/admin/lessons/dial/en/revisions").text
    address = listed.split('href="')
    address = next(each.split('"')[0] for each in address if "/revisions/2" in each)
    page = author.get(address).text
    assert "<del>up</del><ins>down</ins>" in page
    back = page.split('class="button" href="')[1].split('"')[0]
    assert author.open(back) == first
    assert author.save(author.text()).status_code == 303
    assert dial.read_text("utf-8") == first


def test_an_earlier_text_is_found_by_name_only(author: Author, settings: Settings) -> None:
    author.save(changed(author.open()))
    for name in ("..%2f..%2fstream.db", "20260101T000000000000Z-000000000000", "0" * 40):
        assert author.get(f"/en/admin/lessons/dial/en/revisions/{name}").status_code == 404
        assert author.get(f"{EDIT}?from={name}").status_code == 404


def test_fifty_earlier_texts_are_kept(author: Author, settings: Settings) -> None:
    text = author.open()
    for number in range(53):
        author.save(f"{text}\n{number}\n")
        author.open()
    kept = sorted((settings.instance / "revisions" / "dial.en").iterdir())
    assert len(kept) == 50
    assert kept[-1].read_text("utf-8").endswith("\n51\n")


def test_a_folder_that_may_not_be_written_to_is_named(
    author: Author, dial: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    author.open()
    assert "may not write into this folder" in author.page.text
    assert 'value="save"' not in author.page.text


def test_a_write_that_fails_keeps_the_file_and_what_was_typed(author: Author, dial: Path, settings: Settings) -> None:
    (settings.instance / "revisions").write_text("in the way", "utf-8")
    before = author.open()
    answer = author.save(changed(before))
    assert answer.status_code == 503
    assert "could not be written" in answer.text
    assert author.text() == changed(before)
    assert dial.read_text("utf-8") == before


def test_the_short_address_leads_to_the_readers_language(author: Author, lessons: Path) -> None:
    given.lesson(lessons, "solo", 4, languages=("ko",))
    assert author.get("/ko/admin/lessons/dial/edit").location == "/ko/admin/lessons/dial/ko/edit"
    assert author.get("/en/admin/lessons/solo/edit").location == "/en/admin/lessons/solo/ko/edit"
    assert author.get("/en/admin/lessons/nothing/edit").status_code == 404
