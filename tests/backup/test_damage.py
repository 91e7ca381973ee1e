"""One byte changed anywhere, or an archive made by somebody who means harm: refused, with the name of the part."""

import io
import os
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pytest

from stream.backup import making, manifest, sealing
from stream.backup.checking import unpacked, verified
from stream.backup.problems import BackupError
from stream.settings import Settings

pytestmark = pytest.mark.sqlite


def quiet(*_words: object) -> None:
    """Nobody watches."""


@pytest.fixture
def whole(app, settings: Settings, member) -> Path:
    """A backup."""
    return making.create(settings, "0.1.0", datetime(2026, 11, 23, tzinfo=UTC), quiet).backup.path


def data_of(path: Path) -> dict[str, range]:
    """Where the packed bytes of each part lie."""
    with ZipFile(path) as archive, path.open("rb") as file:
        found = {}
        for entry in archive.infolist():
            file.seek(entry.header_offset + 26)
            names = int.from_bytes(file.read(2), "little") + int.from_bytes(file.read(2), "little")
            start = entry.header_offset + 30 + names
            found[entry.filename] = range(start, start + entry.compress_size)
        return found


def refusal(path: Path) -> str:
    with pytest.raises(BackupError) as refused:
        verified(path, quiet)
    return str(refused.value)


def reads_the_same(path: Path, name: str, parts: dict[str, bytes]) -> bool:
    """Deflate leaves bits between its blocks that mean nothing: only the seal covers them."""
    try:
        with ZipFile(path) as archive:
            return archive.read(name) == parts[name]
    except (zipfile.BadZipFile, zlib.error):
        return False


def test_one_byte_anywhere_is_refused(whole: Path):
    content, places = whole.read_bytes(), data_of(whole)
    with ZipFile(whole) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    end = len(content)
    positions = sorted({*range(0, end, max(1, end // 400)), *range(end - 150, end), *range(0, 60)})
    for position in positions:
        whole.write_bytes(content[:position] + bytes([content[position] ^ 0x41]) + content[position + 1 :])
        message = refusal(whole)
        inside = [name for name, place in places.items() if position in place]
        named = inside if inside and not reads_the_same(whole, inside[0], parts) else ["archive", "backup", "damaged"]
        assert any(name in message for name in named), (position, message)


@pytest.mark.parametrize("length", [0, 1, 100, -1, -70, -500, -20_000])
def test_an_end_that_is_missing_is_refused(whole: Path, length: int):
    whole.write_bytes(whole.read_bytes()[:length])
    assert refusal(whole)


def test_what_is_added_at_the_end_is_refused(whole: Path):
    whole.write_bytes(whole.read_bytes() + b"\0")
    assert refusal(whole)


def remade(whole: Path, change: Callable[[dict[str, bytes]], None] | None = None, **entries: object) -> Path:
    """The same backup with a valid seal, changed by somebody who knows how."""
    with ZipFile(whole) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if change:
        change(parts)
    target = whole.with_name("crafted.zip")
    with sealing.packing(target) as packing:
        for name, content in parts.items():
            packing.add_unlisted(name, content)
        for entry, content in entries.get("more", ()):  # type: ignore[attr-defined]
            packing._archive.writestr(entry, content)
    return target


def test_what_was_not_changed_passes(whole: Path):
    verified(remade(whole), quiet)


def entry(name: str, mode: int = 0o100600) -> ZipInfo:
    made = ZipInfo("x")
    made.filename = made.orig_filename = name
    made.external_attr = mode << 16
    return made


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("../outside", 0o100600),
        ("lessons/../../outside", 0o100600),
        ("/etc/cron.d/x", 0o100600),
        ("lessons//x", 0o100600),
        ("lessons/./x", 0o100600),
        ("lessons\\..\\x", 0o100600),
        ("lessons/a\nb", 0o100600),
        ("lessons", 0o100600),
        ("elsewhere/x", 0o100600),
        ("lessons/link", 0o120777),
        ("lessons/device", 0o060600),
        ("lessons/folder/", 0o040700),
        ("LESSONS/site.toml", 0o100600),
        ("lessons/SITE.toml", 0o100600),
        ("lessons/site.toml", 0o100600),
        ("lessons/extra.md", 0o100600),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_not_ours_is_refused_before_anything_is_written(whole: Path, tmp_path: Path, name, mode):
    crafted = remade(whole, more=[(entry(name, mode), b"x")])
    target = tmp_path / "unpacked"
    target.mkdir()
    with pytest.raises(BackupError):
        unpacked(crafted, target, quiet)
    assert list(target.iterdir()) == []
    assert not (tmp_path / "outside").exists()


def test_a_name_with_a_nul_is_refused(whole: Path):
    crafted = remade(whole, more=[(entry("lessons/aaaa"), b"x")])
    content = crafted.read_bytes()[: -sealing.DIGEST].replace(b"lessons/aaaa", b"lessons/a\0aa")
    crafted.write_bytes(content + sealing.hashed(io.BytesIO(content), len(content)).encode())
    assert refusal(crafted)


def test_a_bomb_is_refused(whole: Path):
    """It says it is larger than deflate can pack; or is larger than it says."""
    crafted = remade(whole, more=[(entry("lessons/bomb"), b"0" * 5_000_000)])
    assert "manifest" in refusal(crafted)

    def lie(parts: dict[str, bytes]) -> None:
        listed = manifest.from_bytes(parts[manifest.NAME])
        smaller = [replace(p, size=10) if p.name == "lessons/site.toml" else p for p in listed.parts]
        parts[manifest.NAME] = manifest.to_bytes(replace(listed, parts=tuple(smaller)))

    assert "lessons/site.toml" in refusal(remade(whole, lie))


def test_too_many_files_are_refused_without_reading_their_index(whole: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sealing, "MOST_FILES", 20)
    crafted = remade(whole, more=[(entry(f"lessons/{number}"), b"") for number in range(30)])
    monkeypatch.setattr(zipfile.ZipFile, "_RealGetContents", lambda self: pytest.fail("the index was read"))
    assert "more than 20 files" in refusal(crafted)


@pytest.mark.parametrize("what", ["events", "members"])
def test_a_manifest_that_lies_about_the_database_is_refused(whole: Path, what: str):
    def lie(parts: dict[str, bytes]) -> None:
        parts[manifest.NAME] = parts[manifest.NAME].replace(f'"{what}": '.encode(), f'"{what}": 7'.encode(), 1)

    assert "does not hold what the manifest says" in refusal(remade(whole, lie))


@pytest.mark.parametrize("gone", ["database/stream.db", "instance/secret_key", "MANIFEST.json", "lessons/site.toml"])
def test_a_part_that_is_missing_is_named(whole: Path, gone: str):
    assert gone in refusal(remade(whole, lambda parts: parts.pop(gone)))  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"\xff", b'{"parts": 5}', b'{"format": 2, "parts": []}'])
def test_a_manifest_that_is_none_is_refused(whole: Path, text: bytes):
    def empty(parts: dict[str, bytes]) -> None:
        parts[manifest.NAME] = text

    assert "MANIFEST.json" in refusal(remade(whole, empty))


def test_something_else_is_no_backup(tmp_path: Path):
    other = tmp_path / "other.zip"
    other.write_bytes(os.urandom(5000))
    assert "no backup" in refusal(other)
    assert "cannot be read" in refusal(tmp_path / "nowhere.zip")
