"""Drawn pictures in a folder of the instance, because drawing takes longer than anything else that visitors ask for.

All of it may be deleted at any time; what cannot be kept is drawn anew for each who asks.
"""

import logging
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from stream.pictures.card import Card

_log = logging.getLogger(__name__)
MOST = 2_000  # files, some 15 KB each


def picture_of(card: Card, folder: Path) -> bytes:
    """The card as a PNG, drawn now or earlier."""
    path = folder / f"{card.digest}.png"
    try:
        return path.read_bytes()
    except OSError:
        picture = card.drawn()
        _keep(path, picture)
        return picture


def _keep(path: Path, picture: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _make_room(path.parent)
        with NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(picture)
        os.replace(file.name, path)
    except OSError as error:
        _log.warning("cannot keep %s: %s", path, error)


def _make_room(folder: Path) -> None:
    """Old titles leave pictures behind: beyond so many files, begin anew."""
    files = list(folder.iterdir())
    if len(files) >= MOST:
        for file in files:
            file.unlink(missing_ok=True)
