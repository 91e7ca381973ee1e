"""The watch tells that something may have changed whenever it has, and keeps still while nothing does."""

import os
import shutil
from pathlib import Path

import pytest

from stream.catalogue.tree import scan
from stream.catalogue.watch import Watch


def watching(root: Path) -> Watch:
    watch = Watch()
    while watch.extended(str(root), scan(root).folders):
        pass
    return watch


def rename_over(file: Path) -> None:
    other = file.with_suffix(".new")
    other.write_text("atomic")
    other.replace(file)


CHANGES = {
    "a file is written in place": lambda root: (root / "dials/01-dial.en.md").write_text("other"),
    "an editor replaces it": lambda root: rename_over(root / "dials/01-dial.en.md"),
    "it goes": lambda root: (root / "dials/01-dial.en.md").unlink(),
    "another one comes": lambda root: (root / "dials/02-more.en.md").write_text("new"),
    "a folder comes": lambda root: (root / "more").mkdir(),
    "a folder goes": lambda root: shutil.rmtree(root / "dials"),
    "a folder is renamed": lambda root: (root / "dials").rename(root / "knobs"),
    "the whole is renamed": lambda root: root.rename(root.with_name("elsewhere")),
    "only its time changes": lambda root: os.utime(root / "dials/01-dial.en.md", (1, 1)),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a course."""
    (tmp_path / "lessons/dials").mkdir(parents=True)
    (tmp_path / "lessons/dials/01-dial.en.md").write_text("text")
    return tmp_path / "lessons"


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_kind_of_change_is_noticed(root, change, monkeypatch):
    monkeypatch.setattr("stream.catalogue.watch.LOOK_EVERY", 1e9)
    watch = watching(root)
    before = watch.seen()
    assert watch.seen() == before
    change(root)
    assert watch.seen() != before


def test_a_folder_that_was_made_anew_is_watched_again(root, monkeypatch):
    monkeypatch.setattr("stream.catalogue.watch.LOOK_EVERY", 1e9)
    watch = watching(root)
    shutil.rmtree(root / "dials")
    (root / "dials").mkdir()
    watch.seen()
    while watch.extended(str(root), scan(root).folders):
        pass
    before = watch.seen()
    (root / "dials/01-dial.en.md").write_text("again")
    assert watch.seen() != before


def test_without_the_kernels_help_anything_may_have_changed(root, monkeypatch):
    def none_left(*_: object) -> None:
        raise OSError(28, "no watches left")

    monkeypatch.setattr("inotify_simple.INotify.add_watch", none_left)
    watch = watching(root)
    assert watch.seen() != watch.seen()


def test_now_and_then_anything_may_have_changed(root, monkeypatch):
    watch = watching(root)
    before = watch.seen()
    monkeypatch.setattr("stream.catalogue.watch.LOOK_EVERY", 1e-9)
    assert watch.seen() != before
