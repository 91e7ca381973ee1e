"""An archive whose seal, index and manifest fit each other, made by somebody who means harm: refused all the same."""

import io
import struct
from pathlib import Path

import pytest
from crafted import Parts, create, quiet, sealed, with_part

from stream.backup import manifest, sealing, suspicion
from stream.backup.checking import unpacked, verified
from stream.backup.problems import BackupError

pytestmark = pytest.mark.sqlite


@pytest.fixture
def whole(app, settings, member) -> Path:
    return create(settings).backup.path


def refusal(path: Path) -> str:
    with pytest.raises(BackupError) as refused:
        verified(path, quiet)
    return str(refused.value)


@pytest.mark.parametrize(
    "name",
    [
        "instance/stream.db-wal",  # SQLite would read it into the database that was checked
        "instance/stream.db",
        "instance/STREAM.DB-wal",
        "instance/search.db",
        "instance/compiled/x",
        "instance/backups/stream-20200101T000000Z.zip",
        "instance/.before-x/stream.db",
        "lessons/.git/config",  # git runs what stands there
        "lessons/course/.GIT/hooks/pre-commit",
        "lessons/.restoring-x/y",
    ],
)
def test_what_a_backup_never_holds_is_refused_though_it_is_listed(whole: Path, name: str):
    assert "no name that a backup has" in refusal(with_part(whole, name, b"x"))


@pytest.mark.parametrize("lie", [{"size": -2}, {"written_at": -1}, {"written_at": 10**30}, {"size": 10**30}])
def test_numbers_that_cannot_be_are_refused(whole: Path, lie: dict[str, int]):
    assert "a number for 'lessons/x' that cannot be" in refusal(with_part(whole, "lessons/x", b"x" * 10, **lie))


@pytest.mark.parametrize("size", [9, 11, 10**12])
def test_another_size_than_listed_is_refused_before_it_is_unpacked(whole: Path, size: int):
    assert "lessons/x has another size" in refusal(with_part(whole, "lessons/x", b"x" * 10, size=size))


def test_a_manifest_without_bottom_is_refused(whole: Path):
    def dig(parts: Parts) -> None:
        parts[manifest.NAME] = b"[" * 200_000

    assert manifest.NAME in refusal(sealed(whole, dig))


def test_a_part_that_is_listed_twice_is_refused(whole: Path):
    assert "twice" in refusal(with_part(whole, "lessons/site.toml", b"x"))


def test_a_bomb_is_refused_though_everything_it_says_is_true(whole: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(suspicion, "UNSUSPECTED", 10**6)
    bomb = with_part(whole, "lessons/zeros", b"\0" * 40_000_000)
    assert bomb.stat().st_size < 200_000
    assert "no site packs so well" in refusal(bomb)


def test_parts_that_share_their_bytes_are_refused(whole: Path):
    """One packed part, many entries of the index that point to it."""
    content = bytearray(whole.read_bytes()[: -sealing.SEAL - sealing.END.size])
    end = sealing.END.unpack(whole.read_bytes()[-sealing.SEAL - sealing.END.size : -sealing.SEAL])
    entry = bytes(content[end[6] :])
    first = entry[: 46 + sum(struct.unpack_from("<3H", entry, 28))]
    name = b"database/stream.db"
    copies = b"".join(first.replace(name, b"lessons/copy-%05d" % number) for number in range(100))
    index = entry + copies
    tail = sealing.END.pack(*end[:5], len(index), end[6], end[7]) + sealing.PREFIX
    changed = bytes(content[: end[6]]) + index + tail
    whole.write_bytes(changed + sealing.hashed(io.BytesIO(changed), len(changed)).encode())
    assert "overlap" in refusal(whole)


@pytest.mark.parametrize("large", [False, True])
def test_an_index_that_is_too_long_is_refused_without_reading_it(whole: Path, monkeypatch, large: bool):
    """It may say that it has one entry only; and it may say its length in the fields for large archives."""
    content = whole.read_bytes()[: -sealing.DIGEST]
    at = len(content) - len(sealing.PREFIX) - sealing.END.size
    end = list(sealing.END.unpack(content[at : at + sealing.END.size]))
    monkeypatch.setattr(sealing, "MOST_INDEX", end[5] - 1)
    end[3] = end[4] = 1
    between = b""
    if large:
        where = (1, end[5], end[6], b"PK\6\7", 0, at, 1)
        between = sealing.LARGE_END.pack(b"PK\6\6", 44, 45, 45, 0, 0, 1, *where)
        end[5] = 10
    changed = content[:at] + between + sealing.END.pack(*end) + sealing.PREFIX
    whole.write_bytes(changed + sealing.hashed(io.BytesIO(changed), len(changed)).encode())
    monkeypatch.setattr("zipfile.ZipFile._RealGetContents", lambda self: pytest.fail("the index was read"))
    assert "the archive's index" in refusal(whole)


def test_a_schema_that_the_database_does_not_have_is_refused(whole: Path):
    def lie(parts: Parts) -> None:
        listed = manifest.from_bytes(parts[manifest.NAME])
        parts[manifest.NAME] = parts[manifest.NAME].replace(listed.schema.encode(), b"0001", 1)

    assert "does not hold what the manifest says" in refusal(sealed(whole, lie))


def test_what_the_terminal_would_obey_is_not_printed(whole: Path):
    def lie(parts: Parts) -> None:
        parts[manifest.NAME] = parts[manifest.NAME].replace(b'"0.1.0"', b'"\\u001b[2J"', 1)

    assert "\x1b" not in refusal(sealed(whole, lie))


def test_a_newer_schema_is_said_before_the_database_is_looked_at(whole: Path, tmp_path: Path):
    with pytest.raises(BackupError, match="newer version of Stream"):
        unpacked(whole, tmp_path, quiet, known=frozenset({"0001"}))
    assert list(tmp_path.glob("database/*")) == []
