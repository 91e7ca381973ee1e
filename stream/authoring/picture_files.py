"""Puts pictures beside lessons: in the course's `images` folder, under a name that nothing has yet."""

import os
import re
from itertools import count
from pathlib import Path, PureWindowsPath
from unicodedata import normalize

from stream.authoring.lesson_files import path_within, replace

FOLDER = "images"


def slug_of(name: str) -> str:
    """A file name without its ending, as a slug; empty where nothing is left, as of a name in Hangul."""
    stem = PureWindowsPath(name.rpartition("/")[2]).stem
    plain = normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall("[a-z0-9]+", plain))[:60].strip("-")


def markdown_of(path: str, alt: str) -> str:
    """The line that shows a picture in a lesson."""
    words = re.sub(r"([\\\[\]])", r"\\\1", " ".join(alt.split()))
    return f"![{words}]({path})"


def put(root: Path, course: str, name: str, content: bytes) -> str:
    """Write a new file; its path within the course. Raises Refusal when the folder leads elsewhere, or OSError."""
    folder = path_within(root, f"{course}/{FOLDER}")
    folder.mkdir(exist_ok=True)
    target = _reserved(folder, name)
    try:
        replace(target, content)
    except OSError:
        target.unlink(missing_ok=True)
        raise
    return f"{FOLDER}/{target.name}"


def _reserved(folder: Path, name: str) -> Path:
    """An empty file of ours: two uploads at once cannot take the same name."""
    stem, _, suffix = name.rpartition(".")
    for number in count(1):
        target = folder / (name if number == 1 else f"{stem}-{number}.{suffix}")
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        except FileExistsError:
            continue
        return target
    raise AssertionError("there is always another number")
