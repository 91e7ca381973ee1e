"""Pictures are looked up among the files that were found; nothing that a reader types becomes a path."""

import os
from pathlib import Path

import pytest
from lessons_folder import Folder


def test_a_picture_of_a_course_is_found(folder: Folder):
    file = folder.write("dials/images/다이얼.svg", "<svg/>")
    assert folder.library.media_path("dials", "images/다이얼.svg") == file


def test_a_picture_that_goes_is_gone(folder: Folder):
    file = folder.write("dials/images/dial.svg", "<svg/>")
    assert folder.library.media_path("dials", "images/dial.svg")
    file.unlink()
    assert folder.library.media_path("dials", "images/dial.svg") is None


@pytest.mark.parametrize(
    ("course", "path"),
    [
        ("dials", "../site.toml"),
        ("dials", "course.toml"),
        ("dials", "01-dial.en.md"),
        ("dials", "images/../images/dial.svg"),
        ("dials", "images//dial.svg"),
        ("dials", "/images/dial.svg"),
        ("dials", "./images/dial.svg"),
        ("dials", "images/dial.svg\0"),
        ("dials", "images\\dial.svg"),
        ("dials", "images/dial.html"),
        ("dials", "images"),
        ("dials", ""),
        ("dials/images", "dial.svg"),
        ("..", "lessons/dials/images/dial.svg"),
        ("", "dials/images/dial.svg"),
    ],
)
def test_other_spellings_find_nothing(folder: Folder, course: str, path: str):
    folder.write("dials/images/dial.svg", "<svg/>")
    folder.write("dials/images/dial.html", "<p>")
    folder.lesson()
    assert folder.library.media_path(course, path) is None


def test_links_that_leave_the_folder_are_refused(folder: Folder, tmp_path: Path):
    (tmp_path / "secret.svg").write_text("<svg/>", encoding="utf-8")
    (tmp_path / "secret.md").write_text("---\ntitle: Secret\n---\n", encoding="utf-8")
    (folder.root / "dials" / "01-secret.en.md").symlink_to(tmp_path / "secret.md")
    (folder.root / "dials" / "stolen.svg").symlink_to("../../secret.svg")
    (folder.root / "all").symlink_to("/")
    assert folder.told() == [
        "all:1 link-outside",
        "dials/01-secret.en.md:1 link-outside",
        "dials/stolen.svg:1 link-outside",
    ]
    assert folder.library.media_path("dials", "stolen.svg") is None
    assert folder.now().by_slug == {}


def test_links_within_the_folder_are_followed(folder: Folder):
    folder.write("dials/images/dial.svg", "<svg/>")
    (folder.root / "dials" / "cover.svg").symlink_to("images/dial.svg")
    assert folder.library.media_path("dials", "cover.svg")


def test_links_in_a_circle_end(folder: Folder):
    (folder.root / "dials" / "again").symlink_to("..")
    folder.lesson()
    assert set(folder.now().by_slug) == {"dial"}


def test_a_lesson_that_is_a_pipe_is_not_opened(folder: Folder):
    os.mkfifo(folder.root / "dials" / "01-pipe.en.md")
    assert folder.now().by_slug == {}
