"""Backups for tests: whole ones, and such as somebody makes who knows how and means harm."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from stream.backup import making, manifest, sealing
from stream.settings import Settings

AT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
Parts = dict[str, bytes]


def quiet(*_words: object) -> None:
    """Nobody watches the progress."""


def create(settings: Settings, at: datetime = AT, **more: Any) -> making.Made:
    """A backup in the folder of backups."""
    return making.create(settings, "0.1.0", at, quiet, **more)


def sealed(whole: Path, change: Callable[[Parts], object]) -> Path:
    """The same backup with a valid seal, after a change of its parts."""
    with ZipFile(whole) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    target = whole.with_name("crafted.zip")
    with sealing.packing(target) as packing:
        for name, content in parts.items():
            packing.add_unlisted(name, content)
    return target


def with_part(whole: Path, name: str, content: bytes, **lies: Any) -> Path:
    """With one part more, which the manifest lists, truly or not."""

    def add(parts: Parts) -> None:
        listed = manifest.from_bytes(parts[manifest.NAME])
        part = manifest.Part(name, len(content), hashlib.sha256(content).hexdigest(), 0)
        parts[name] = content
        parts[manifest.NAME] = manifest.to_bytes(replace(listed, parts=(*listed.parts, replace(part, **lies))))

    return sealed(whole, add)
