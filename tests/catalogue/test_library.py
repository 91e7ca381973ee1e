"""The catalogue that a request sees: lessons out of files, edits at once, nothing read twice."""

import os
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lessons_folder import Folder

from stream.catalogue.loader import Library

TODAY = datetime(2026, 1, 1, tzinfo=UTC)


def shown(folder: Folder) -> str:
    return folder.now().by_slug["dial"].translation("en").document.html


def test_the_files_of_a_lesson_become_one_lesson_in_two_languages(folder: Folder):
    folder.lesson("dials/01-dial.ko.md", "id: the-dial")
    folder.lesson("dials/01-dial.en.md", "id: the-dial")
    lesson = folder.now().by_slug["dial"]
    assert (lesson.id, lesson.course, lesson.number, lesson.level) == ("the-dial", "dials", 1, "l2")
    assert list(lesson.translations) == ["en", "ko"]
    assert lesson.translation("ko").path == "dials/01-dial.ko.md"


def test_the_number_of_the_file_orders(folder: Folder):
    for name in ("10-last", "02-second", "1-first"):
        folder.lesson(f"dials/{name}.en.md")
    course = folder.now().course("dials")
    assert course is not None
    assert [lesson.slug for lesson in course.lessons] == ["first", "second", "last"]


def test_courses_and_site_have_their_names_in_every_language(folder: Folder):
    folder.write("dials/course.toml", '[title]\nen = "Dials"\n')
    catalogue = folder.now()
    assert catalogue.courses[0].title == {"en": "Dials", "ko": "Dials"}
    assert catalogue.courses[0].summary == {"en": "", "ko": ""}
    assert catalogue.site.name["ko"] == "스트림"
    assert catalogue.site.personas["pippa"].name["ko"] == "피파"


def test_a_draft_is_in_the_catalogue_and_not_in_lists(folder: Folder):
    folder.lesson("dials/01-dial.en.md", "status: draft")
    catalogue = folder.now()
    assert "dial" in catalogue.by_slug
    assert catalogue.published(TODAY) == {}


def test_minutes_are_computed_when_nobody_wrote_them(folder: Folder):
    folder.lesson("dials/01-long.en.md", body="word " * 900)
    folder.lesson("dials/02-told.en.md", "minutes: 12")
    minutes = {slug: lesson.translation("en").minutes for slug, lesson in folder.now().by_slug.items()}
    assert minutes == {"long": 5, "told": 12}


def test_old_slugs_lead_to_their_lesson(folder: Folder):
    folder.lesson("dials/01-dial.en.md", "aliases: [knob, wheel]")
    catalogue = folder.now()
    assert catalogue.by_alias["knob"] is catalogue.by_alias["wheel"] is catalogue.by_slug["dial"]


def test_an_unchanged_folder_gives_the_same_object(folder: Folder):
    folder.lesson()
    assert folder.now() is folder.now()


def test_an_edit_shows_at_once(folder: Folder):
    folder.lesson(body="Turn it to 1.\n")
    assert "to 1" in shown(folder)
    folder.lesson(body="Turn it to 2.\n")
    assert "to 2" in shown(folder)


def test_an_edit_shows_even_when_the_file_keeps_its_size_and_its_time(folder: Folder):
    tick = time.time_ns()
    for digit in "123":
        os.utime(folder.lesson(body=f"Turn it to {digit}.\n"), ns=(tick, tick))
        assert f"to {digit}" in shown(folder)


def test_only_the_edited_file_is_read_again(folder: Folder):
    for number in range(1, 6):
        folder.lesson(f"dials/0{number}-l{number}.en.md")
    folder.now()
    folder.lesson("dials/03-l3.en.md", body="Changed.\n")
    folder.now()
    assert folder.compiler.calls == 6


def test_a_touched_file_changes_nothing(folder: Folder):
    path = folder.lesson()
    before = folder.now()
    os.utime(path, (1, 1))
    assert folder.now() is before


def test_files_that_come_and_go_are_seen(folder: Folder):
    path = folder.lesson()
    assert set(folder.now().by_slug) == {"dial"}
    folder.lesson("dials/02-seed.en.md")
    assert set(folder.now().by_slug) == {"dial", "seed"}
    path.unlink()
    assert set(folder.now().by_slug) == {"seed"}


def test_a_missing_folder_is_an_empty_catalogue(tmp_path: Path):
    catalogue = Library(tmp_path / "nowhere").catalogue()
    assert (catalogue.courses, catalogue.problems) == ((), ())
    assert catalogue.site.languages == ("en", "ko")


def test_a_folder_that_appears_later_is_seen(tmp_path: Path):
    library = Library(tmp_path / "later")
    library.catalogue()
    (tmp_path / "later" / "dials").mkdir(parents=True)
    (tmp_path / "later" / "dials" / "01-dial.en.md").write_text("---\ntitle: A dial\n---\n", encoding="utf-8")
    assert "dial" in library.catalogue().by_slug


def test_other_files_and_empty_folders_are_no_courses(folder: Folder):
    folder.write("notes/README.md", "# Notes")
    folder.write("rulebook.toml", "version = 1")
    folder.write(".git/config.md", "x")
    assert [course.key for course in folder.now().courses] == ["dials"]
    assert folder.told() == []


def test_a_start_with_a_warm_cache_compiles_nothing(folder: Folder):
    folder.lesson("dials/01-dial.en.md", "publish_at: 2026-12-01T09:00:00+09:00", "tags: [a]")
    folder.lesson("dials/02-bad.en.md", body="::: {nonsense}\n:::{nonsense}\n:::\n")
    before, compiled = folder.now(), folder.compiler.calls
    folder.restarted()
    assert folder.now() == before
    assert folder.compiler.calls == compiled


def test_other_personas_compile_everything_again(folder: Folder):
    os.utime(folder.lesson(), (1, 1))
    folder.now()
    folder.write("site.toml", 'languages = ["en", "ko"]\n[name]\nen = "S"\n')
    folder.now()
    assert folder.compiler.calls == 2


def test_a_damaged_cache_is_not_believed_and_mended(folder: Folder):
    folder.lesson()
    before = folder.now()
    for file in folder.cache.iterdir():
        file.write_bytes(file.read_bytes().replace(b"Turn", b"Burn"))
    folder.restarted()
    assert folder.now() == before
    folder.restarted()
    folder.now()
    assert folder.compiler.calls == 2


@pytest.mark.parametrize("damage", [b"", b"\0" * 900, b"{}", b"null", b"[]", b'{"text": 1, "problems": []}'])
def test_any_damage_to_the_cache_is_mended(folder: Folder, damage: bytes):
    folder.lesson()
    before = folder.now()
    for file in folder.cache.iterdir():
        file.write_bytes(damage)
    assert folder.restarted().catalogue() == before
    for file in folder.cache.glob("*.json"):
        file.write_bytes(sha256(damage).hexdigest().encode() + b"\n" + damage)
    assert folder.restarted().catalogue() == before


def test_old_leftovers_are_cleared_from_the_cache_and_strangers_are_not(folder: Folder):
    folder.lesson()
    folder.now()
    used = set(folder.cache.iterdir())
    for name in (f"{'0' * 64}.json", "writing-abc", "someone-elses.txt"):
        (folder.cache / name).write_bytes(b"")
    for file in folder.cache.iterdir():
        os.utime(file, (1, 1))
    folder.restarted()
    folder.now()
    assert set(folder.cache.iterdir()) == used | {folder.cache / "someone-elses.txt"}


def test_a_cache_that_cannot_be_written_costs_only_time(folder: Folder):
    folder.lesson()
    folder.cache.write_text("a file where the folder should be", encoding="utf-8")
    assert "dial" in folder.now().by_slug


def test_threads_always_get_a_whole_catalogue(folder: Folder):
    folder.lesson("dials/01-dial.en.md", "status: draft")
    seen: list[int] = []
    readers = [Thread(target=lambda: seen.extend(len(folder.now().by_slug) for _ in range(20))) for _ in range(8)]
    for reader in readers:
        reader.start()
    for number in range(2, 12):
        folder.lesson(f"dials/{number:02}-l{number}.en.md")
    for reader in readers:
        reader.join()
    assert len(seen) == 160
    assert min(seen) >= 1
    assert len(folder.now().by_slug) == 11


def test_an_unchanged_folder_of_200_files_costs_little(folder: Folder):
    for number in range(1, 101):
        folder.lesson(f"dials/{number:03}-l{number}.en.md")
        folder.lesson(f"dials/{number:03}-l{number}.ko.md")
    folder.now()
    time.sleep(0.06)
    folder.now()
    times = []
    for _ in range(30):
        start = time.perf_counter()
        folder.now()
        times.append(time.perf_counter() - start)
    assert min(times) < 0.002  # about 0.5 ms on a quiet machine


@given(st.binary() | st.binary().map(lambda tail: b"---\n" + tail + b"\n---\n" + tail))
def test_no_bytes_take_the_site_down(content: bytes):
    with TemporaryDirectory() as name:
        folder = Folder(Path(name))
        folder.lesson("dials/01-good.en.md")
        folder.write("dials/02-any.en.md", content)
        assert "good" in folder.now().by_slug
        assert "good" in folder.restarted().catalogue().by_slug


@given(st.binary())
def test_no_settings_take_the_site_down(content: bytes):
    with TemporaryDirectory() as name:
        folder = Folder(Path(name))
        folder.lesson("dials/01-good.en.md")
        folder.write("site.toml", content)
        folder.write("dials/course.toml", content)
        assert folder.now().courses[0].key == "dials"
