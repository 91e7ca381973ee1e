"""What a backup says of itself: where it comes from, each part with its hash, and what the ledger then held."""

import json
from dataclasses import asdict, dataclass
from typing import Any

FORMAT = 1
NAME = "MANIFEST.json"
LARGEST = 1 << 62  # what files and clocks can count to


@dataclass(frozen=True, slots=True)
class Part:
    """A file in the backup; `size` in bytes, `sha256` in hex, `written_at` in nanoseconds since 1970."""

    name: str
    size: int
    sha256: str
    written_at: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the database held: counts, and the newest event with its hash."""

    members: int
    events: int
    comments: int
    last_event: int
    last_hash: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`schema` is the database's revision; `made_at` an instant as ISO 8601 in UTC."""

    version: str
    schema: str
    made_at: str
    holdings: Holdings
    parts: tuple[Part, ...]
    format: int = FORMAT


def to_bytes(manifest: Manifest) -> bytes:
    """As JSON."""
    return json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()


def from_bytes(content: bytes) -> Manifest:
    """The opposite of `to_bytes`. Raises ValueError for anything else."""
    try:
        raw = json.loads(content)
        parts = tuple(_part(each) for each in raw["parts"])
        manifest = Manifest(**{**raw, "parts": parts, "holdings": Holdings(**raw["holdings"])})
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"is no manifest: {error}") from error
    if manifest.format != FORMAT:
        raise ValueError(f"has format {manifest.format}; this version of Stream reads format {FORMAT}")
    said = (manifest.version, manifest.schema, manifest.made_at)
    if not all(isinstance(each, str) and each.isprintable() for each in said):
        raise ValueError("is no manifest: version, schema and time are lines of text")
    return manifest


def _part(raw: Any) -> Part:
    part = Part(str(raw["name"]), int(raw["size"]), str(raw["sha256"]), int(raw["written_at"]))
    if not 0 <= part.size < LARGEST or not 0 <= part.written_at < LARGEST:
        raise ValueError(f"has a number for {part.name!r} that cannot be")
    return part
