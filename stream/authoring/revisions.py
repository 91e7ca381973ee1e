"""Earlier texts of lesson files, kept in the instance folder each time the editor replaces one."""

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stream.authoring.lesson_files import SHORT, replace
from stream.catalogue.lesson_file import Place

MOST = 50  # of one file; the oldest go
_TIME = "%Y%m%dT%H%M%S%fZ"
_NAME = re.compile(rf"([0-9]{{8}}T[0-9]{{12}}Z)-([0-9a-f]{{{SHORT}}})")


@dataclass(frozen=True, slots=True)
class Kept:
    """A text that stood in the file until `at`."""

    name: str
    at: datetime
    revision: str


def keep(folder: Path, at: Place, content: bytes, revision: str, when: datetime) -> None:
    """Keep what the file held until now. Raises OSError: what cannot be kept must not be replaced."""
    shelf = _shelf(folder, at)
    shelf.mkdir(parents=True, exist_ok=True)
    replace(shelf / f"{when.astimezone(UTC).strftime(_TIME)}-{revision}", content)
    for old in kept(folder, at)[MOST:]:
        with suppress(OSError):
            os.unlink(shelf / old.name)


def kept(folder: Path, at: Place) -> tuple[Kept, ...]:
    """What was kept of a file, newest first."""
    try:
        names = sorted(os.listdir(_shelf(folder, at)), reverse=True)
    except OSError:
        return ()
    return tuple(
        Kept(name, datetime.strptime(match[1], _TIME).replace(tzinfo=UTC), match[2])
        for name in names
        if (match := _NAME.fullmatch(name))
    )


def kept_bytes(folder: Path, at: Place, name: str) -> bytes | None:
    """The kept text with this name: looked up in the list, never joined to a path as it came."""
    found = next((each for each in kept(folder, at) if each.name == name), None)
    try:
        return (_shelf(folder, at) / found.name).read_bytes() if found else None
    except OSError:
        return None


def _shelf(folder: Path, at: Place) -> Path:
    return folder / f"{at.slug}.{at.language}"
