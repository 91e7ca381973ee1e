"""Lesson files as an author edits them: found among what is there, read whole, replaced in one step."""

import os
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from tempfile import NamedTemporaryFile

from stream.catalogue.files import MAX_BYTES
from stream.catalogue.keys import SLUG
from stream.catalogue.lesson_file import Place, place
from stream.catalogue.reading import decoded
from stream.catalogue.tree import Tree
from stream.refusal import Refusal

BOM = "\ufeff"
SHORT = 12  # hex digits of a digest: what the catalogue calls a revision


@dataclass(frozen=True, slots=True)
class Content:
    """A file as it was read. `text` has `\\n` line ends; `digest` is of the bytes."""

    text: str
    digest: str
    newline: str
    has_mark: bool  # begins with a byte order mark

    @property
    def revision(self) -> str:
        """What lesson pages call it."""
        return self.digest[:SHORT]

    def with_text(self, text: str) -> bytes:
        """The bytes of another text in the manner of this file."""
        return ((BOM if self.has_mark else "") + text.replace("\n", self.newline)).encode()


def lesson_places(tree: Tree) -> tuple[Place, ...]:
    """Every lesson file, by course and number."""
    found = (place(path) for path in tree.texts)
    places = [each for each in found if isinstance(each, Place) and SLUG.fullmatch(each.course)]
    return tuple(sorted(places, key=attrgetter("course", "number", "slug", "path")))


def by_address(places: Iterable[Place]) -> Mapping[tuple[str, str], Place]:
    """Lesson files by slug and language. Where two claim the same, the one that readers see: the first."""
    known: dict[tuple[str, str], Place] = {}
    for each in places:
        known.setdefault((each.slug, each.language), each)
    return known


def path_within(root: Path, path: str) -> Path:
    """Where a path of the lessons folder really is; raises Refusal when a link leads out of the folder."""
    inside, target = os.path.realpath(root), os.path.realpath(root / path)
    if os.path.commonpath((inside, target)) != inside:
        raise Refusal("outside", 404)
    return Path(target)


def content_of(raw: bytes) -> Content:
    """Bytes as an author edits them; raises Refusal when they are no text that could be given back unharmed."""
    try:
        text = decoded(raw)
    except UnicodeDecodeError as error:
        raise Refusal("not-utf-8") from error
    newline = "\r\n" if raw.count(b"\r\n") * 2 > raw.count(b"\n") else "\n"
    return Content(text, sha256(raw).hexdigest(), newline, raw.startswith(BOM.encode()))


def read(root: Path, path: str) -> tuple[Content, bytes]:
    """What the file holds now. Raises Refusal when it is gone or cannot be edited as text."""
    target = path_within(root, path)
    try:
        if target.stat().st_size > MAX_BYTES:
            raise Refusal("too-large")
        raw = target.read_bytes()
    except OSError as error:
        raise Refusal("gone", 404) from error
    return content_of(raw), raw


def is_writable(root: Path, path: str) -> bool:
    """Whether the file can be replaced: what counts is its folder."""
    return os.access(path_within(root, path).parent, os.W_OK)


def replace(target: Path, content: bytes) -> None:
    """Put `content` in the place of a file: whole or not at all, with its owner and mode, on disk when this returns."""
    before = target.stat() if target.exists() else None
    with NamedTemporaryFile(dir=target.parent, prefix=".writing-", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            _take_over(file.fileno(), before)
            os.fsync(file.fileno())
            os.replace(file.name, target)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(file.name)
            raise
    _sync_folder(target.parent)


def _take_over(descriptor: int, before: os.stat_result | None) -> None:
    """Owner and mode of the file that was there, as far as the site may give a file away."""
    if before is not None:
        with suppress(PermissionError):
            os.fchown(descriptor, before.st_uid, before.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(before.st_mode) if before else 0o644)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
