"""Edits of which the kernel tells: only what changed is read, and the catalogue is what a new process would find."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lessons_folder import SITE, Folder

from stream.catalogue.loader import Library

LONG_AGO = (1_000_000_000, 1_000_000_000)
QUEUE = Path("/proc/sys/fs/inotify/max_queued_events")


def age(root: Path) -> None:
    """Everything was written long ago: its times can be trusted to change with it."""
    for path in (*root.rglob("*"), root):
        os.utime(path, LONG_AGO, follow_symlinks=False)


def settled(folder: Folder) -> Folder:
    """A library that has looked, and has nothing left to look at."""
    age(folder.root)
    folder.now()
    assert folder.library.unchanged() is folder.now()
    return folder


def replaced(file: Path, text: str) -> None:
    """As editors write: another file takes the name."""
    other = file.with_name(f".{file.name}.swp")
    other.write_text(text)
    other.replace(file)


@pytest.fixture
def course(folder: Folder) -> Folder:
    """Two lessons, one of them in two languages."""
    folder.lesson("dials/01-dial.en.md", "aliases: [knob]")
    folder.lesson("dials/01-dial.ko.md", "aliases: [knob]")
    folder.lesson("dials/02-lens.en.md")
    return settled(folder)


WRITERS: dict[str, Callable[[Path, str], object]] = {"in place": Path.write_text, "replaced": replaced}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_an_edit_is_seen_once_and_nothing_else_is_looked_at(course: Folder, write: Callable[[Path, str], object]):
    before, calls = course.now(), course.compiler.calls
    write(course.root / "dials/01-dial.en.md", "---\ntitle: Other\naliases: [knob]\n---\nNew.\n")
    after = course.now()
    assert course.library.unchanged() is after
    assert course.compiler.calls == calls + 1
    assert after.by_id["dial"].translation("en").title == "Other"
    assert after.by_alias["knob"] is after.by_slug["dial"] is after.by_id["dial"] is after.courses[0].lessons[0]
    assert after.by_slug["lens"] is before.by_slug["lens"]


def test_what_an_editor_leaves_beside_a_lesson_changes_nothing(course: Folder):
    before = course.now()
    for name in ("4913", "01-dial.en.md~", ".01-dial.en.md.swp", "#01-dial.en.md#"):
        course.write(f"dials/{name}", "x")
    (course.root / "dials/4913").unlink()
    assert course.now() is before


def test_an_edit_that_breaks_and_mends_is_told_each_time(course: Folder):
    course.lesson("dials/01-dial.en.md", "aliases: [knob]", "tags: oops")
    assert [problem.code for problem in course.now().problems] == ["wrong-type"]
    assert course.now().by_slug["dial"].translation("en").title == "A dial"
    course.lesson("dials/01-dial.en.md", "aliases: [knob]", "builds_on: [nothing]")
    assert [problem.code for problem in course.now().problems] == ["unknown-lesson", "languages-differ"]
    course.lesson("dials/01-dial.en.md", "aliases: [knob]")
    assert course.now().problems == ()


@pytest.mark.parametrize("link", [os.link, os.symlink])
def test_a_file_under_two_names_changes_under_both(course: Folder, link: Callable[[Path, Path], None]):
    link(course.root / "dials/02-lens.en.md", course.root / "dials/03-glass.en.md")
    settled(course)
    course.lesson("dials/02-lens.en.md", body="Under both.\n")
    texts = [course.now().by_slug[slug].translation("en").document.html for slug in ("lens", "glass")]
    assert all("Under both" in text for text in texts)


@pytest.mark.skipif(not QUEUE.is_file(), reason="inotify is Linux's")
def test_where_the_kernel_could_not_tell_of_all_everything_is_looked_at(course: Folder):
    quiet = course.root / "dials/01-dial.ko.md"
    for _ in range(int(QUEUE.read_text()) // 2 + 1):
        for name in ("dials/01-dial.en.md", "dials/02-lens.en.md"):
            os.utime(course.root / name, LONG_AGO)
    quiet.write_text("---\ntitle: Lost\naliases: [knob]\n---\nLost.\n")
    assert course.now().by_slug["dial"].translation("ko").title == "Lost"


def test_where_others_may_write_everything_is_looked_at_now_and_then(course: Folder, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("stream.catalogue.mounts._OF_ONE_MACHINE", frozenset())
    monkeypatch.setattr("stream.catalogue.watch._CHANGES", 0x800)  # only of the folder itself: nobody tells of edits
    monkeypatch.setattr("stream.catalogue.watch.LOOK_EVERY", 1e-9)
    course.restarted()
    course.now()
    course.lesson("dials/02-lens.en.md", body="From elsewhere.\n")
    assert "From elsewhere" in course.now().by_slug["lens"].translation("en").document.html


PATHS = [
    "dials/01-dial.en.md", "dials/01-dial.ko.md", "dials/02-lens.en.md", "dials/3-lens.en.md", "knobs/01-knob.en.md",
    "knobs/02-dial.ko.md", "dials/deep/01-x.en.md", "dials/images/a.svg", "dials/README.md", "dials/bad name.en.md",
    "dials/01-dial.fr.md",
]  # fmt: skip
FRONTS = [
    "title: A", "title: B\nid: lens", "title: C\naliases: [knob, dial]", "title: D\nbuilds_on: [dial]",
    "title: E\nstatus: draft", "title: F\nlevel: l1", "title: G\ntags: no list", "nonsense", "title: H\nid: dial",
]  # fmt: skip
MORE = ["More.\n", "![](images/b.svg)\n", ":::quiz{#one}\n", "\x00"]
BODIES = ["Text.\n", "![](images/a.svg)\n", ":::callout\nx\n", "\x00", ""]
TOMLS = ['level = "l1"\n[title]\nen = "D"\n', "broken ="]
SITES = [SITE, SITE.replace('["en", "ko"]', '["en"]'), "broken ="]
LEFT_BEHIND = ["dials/4913", "dials/x.en.md~", "dials/.x.swp"]


def lesson_text(front: str, body: str) -> str:
    return f"---\n{front}\n---\n{body}"


TEXTS = st.builds(lesson_text, st.sampled_from(FRONTS), st.sampled_from(BODIES))
PLACES, MOSTLY = st.sampled_from(PATHS), st.sampled_from(PATHS[:4])
ACTS = st.one_of(
    st.tuples(st.just("write"), PLACES, TEXTS),
    st.tuples(st.just("write"), MOSTLY, TEXTS),
    st.tuples(st.just("replace"), PLACES, TEXTS),
    st.tuples(st.just("rename"), PLACES, PLACES),
    st.tuples(st.just("link"), PLACES, PLACES),
    st.tuples(st.just("symlink"), PLACES, PLACES),
    st.tuples(st.just("remove"), st.sampled_from([*PATHS, *LEFT_BEHIND, "dials/course.toml"]), st.just("")),
    st.tuples(st.just("write"), st.sampled_from(["dials/course.toml", "knobs/course.toml"]), st.sampled_from(TOMLS)),
    st.tuples(st.just("write"), st.just("site.toml"), st.sampled_from(SITES)),
    st.tuples(st.just("write"), st.sampled_from(LEFT_BEHIND), st.just("x")),
    st.tuples(st.just("move"), st.sampled_from(["dials", "knobs"]), st.sampled_from(["dials", "knobs", "new"])),
    st.tuples(st.just("clear"), st.sampled_from(["dials", "knobs", "dials/deep"]), st.just("")),
    st.tuples(st.just("settle"), st.just(""), st.just("")),
    *[st.tuples(st.just("edit"), MOSTLY, st.sampled_from(MORE))] * 4,
)


def do(folder: Folder, kind: str, first: str, second: str) -> None:
    """One act of somebody in the lessons folder; what cannot be done is not done."""
    one, other = folder.root / first, folder.root / second
    try:
        match kind:
            case "write":
                folder.write(first, second)
            case "replace":
                replaced(one, second)
            case "rename" | "move":
                one.rename(other)
            case "link":
                os.link(one, other)
            case "symlink":
                other.symlink_to(one)
            case "remove":
                one.unlink()
            case "clear":
                shutil.rmtree(one)
            case "settle":
                age(folder.root)
                folder.now()
            case "edit":
                age(folder.root)
                folder.now()
                one.write_text(one.read_text() + second)
    except OSError:
        return


@given(st.lists(ACTS, max_size=25))
def test_after_any_edits_the_catalogue_is_the_one_that_a_new_process_finds(acts: list[tuple[str, str, str]]):
    with TemporaryDirectory() as base:
        folder = Folder(Path(base))
        for path in PATHS[:3]:
            folder.write(path, lesson_text(FRONTS[0], BODIES[0]))
        folder.now()
        do(folder, "settle", "", "")
        for act in acts:
            do(folder, *act)
            found = folder.now()
            fresh = Library(folder.root, folder.cache, folder.compiler)
            assert found == fresh.catalogue()
            assert folder.library.media_path("dials", "images/a.svg") == fresh.media_path("dials", "images/a.svg")
