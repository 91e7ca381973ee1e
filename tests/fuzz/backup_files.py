"""Backup files with bytes changed, cut out and put in: by chance, and by somebody who knows how to seal them again."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

from hypothesis import strategies as st
from targets import Law, Target, site

from stream.backup import making, manifest, sealing
from stream.backup.checking import verified
from stream.backup.commands import known_schemas
from stream.backup.problems import BackupError
from stream.backup.restoring import restore
from stream.settings import load_settings

AT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
MEANT = [b"\0", b"\xff" * 4, b"\xff" * 8, b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"../", b"\n"]
MEANT += [b"-1"]
MEANT += [b"SQLite format 3\0", b"9" * 30, b"[" * 500, b'"', b"null", b"{}", b"1e999", b"NaN", b"\\ud800", b"true"]
MEANT += [b'""']
Change = tuple[float, int, bytes]  # where, as a share of the length; how many bytes leave; what comes in their place

places = st.floats(0, 1) | st.floats(0.98, 1) | st.floats(0, 0.002)
flips = st.tuples(places, st.just(1), st.binary(min_size=1, max_size=1))
changes = st.lists(
    flips
    | st.tuples(
        places, st.sampled_from([0, 0, 1, 1, 2, 4, 8, 100, 10**6]), st.sampled_from(MEANT) | st.binary(max_size=9)
    ),
    min_size=1,
    max_size=4,
)
anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just([]) | st.just({})
PARTS = [manifest.NAME, manifest.NAME, "database/stream.db", "instance/secret_key", "lessons/site.toml"]


def changed(content: bytes, todo: list[Change]) -> bytes:
    """The bytes after these changes."""
    for share, leaving, coming in todo:
        at = int(share * len(content))
        content = content[:at] + coming + content[at + leaving :]
    return content


def retold(content: bytes, way: list[int], value: object) -> bytes:
    """The manifest with another value at the end of a way through its lists and tables."""
    told = json.loads(content)
    at = told
    for step in way:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        inner = at[keys[step % len(keys)]]
        if not isinstance(inner, dict | list) or not inner or step % 5 == 0:
            at[keys[step % len(keys)]] = value
            break
        at = inner
    return json.dumps(told).encode()


def sealed(parts: dict[str, bytes], target: Path) -> None:
    """A backup of these parts with a valid seal."""
    target.unlink(missing_ok=True)
    with sealing.packing(target) as packing:
        for name, content in parts.items():
            packing.add_unlisted(name, content)


def relisted(parts: dict[str, bytes]) -> dict[str, bytes]:
    """With a manifest that knows the parts as they are now."""
    listed = manifest.from_bytes(parts[manifest.NAME])
    known = [
        replace(part, size=len(parts[part.name]), sha256=sha256(parts[part.name]).hexdigest()) for part in listed.parts
    ]
    return {**parts, manifest.NAME: manifest.to_bytes(replace(listed, parts=tuple(known)))}


def tree(folder: Path) -> dict[str, bytes]:
    """Everything in a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextmanager
def backup(folder: Path) -> Iterator[Path]:
    """A backup of a site with a member who did something; the site is closed."""
    with site(folder) as place:
        member = place.member()
        member.get("/en/lessons/dial")
        member.post("/en/lessons/dial/complete")
        member.comment("Hello")
        made = making.create(place.app.config["STREAM"], "0.1.0", AT, lambda *_: None)
    yield made.backup.path


def require_refused_or_whole(path: Path, empty: Path) -> bool:
    """Verified, or refused in words; and what is refused leaves nothing where it was to be restored. Whether it was
    verified.
    """
    left, why = set(path.parent.iterdir()), why_refused(path)
    assert set(path.parent.iterdir()) == left
    if why is not None:
        assert why.strip()
        settings = load_settings({}, instance=empty / "instance", lessons=empty / "lessons", secret_key="x" * 32)
        with suppress(BackupError):
            restore(settings, path, known_schemas(), False, AT, lambda _: None)
            raise AssertionError("was restored although it cannot be verified")
        assert tree(empty) == {}
    return why is None


def why_refused(path: Path) -> str | None:
    """In words; None where it is whole."""
    try:
        verified(path, lambda _: None, known_schemas())
    except BackupError as refused:
        return str(refused)
    return None


@contextmanager
def damaged(folder: Path) -> Iterator[Law]:
    """One byte changed anywhere, and it is refused."""
    with backup(folder / "site") as path:
        content = path.read_bytes()

        def law(todo: list[Change]) -> None:
            now = changed(content, todo)
            path.write_bytes(now)
            assert require_refused_or_whole(path, folder / "empty") == (now == content)

        yield law


@contextmanager
def crafted(folder: Path) -> Iterator[Law]:
    """Parts changed by somebody who can seal and list them: refused in words, or as whole as they say."""
    with backup(folder / "site") as path:
        with ZipFile(io.BytesIO(path.read_bytes())) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}

        def law(sent: tuple[str, list[Change], bool] | tuple[list[int], object]) -> None:
            if len(sent) == 2:
                sealed({**parts, manifest.NAME: retold(parts[manifest.NAME], *sent)}, path)
                require_refused_or_whole(path, folder / "empty")
                return
            name, todo, is_listed = sent
            now = {**parts, name: changed(parts[name], todo)}
            if is_listed and name != manifest.NAME:
                now = relisted(now)
            sealed(now, path)
            is_whole = require_refused_or_whole(path, folder / "empty")
            assert is_listed or not is_whole or name == manifest.NAME or now == parts

        yield law


DAMAGED_BACKUPS = Target("damaged_backups", changes, damaged)
crafts = st.tuples(st.sampled_from(PARTS), changes, st.booleans())
retellings = st.tuples(st.lists(st.integers(0, 60), min_size=3, max_size=3), anything)
CRAFTED_BACKUPS = Target("crafted_backups", crafts | retellings, crafted)
