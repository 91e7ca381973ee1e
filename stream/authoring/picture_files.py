"""Puts pictures beside lessons: in the course's `images` folder, under a name that nothing has yet."""

import os
from itertools import count
from pathlib import Path

from stream.authoring.lesson_files import path_within, replace

FOLDER = "images"


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
