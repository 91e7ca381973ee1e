"""The earlier texts of a lesson file, from wherever they are kept, as one list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from operator import attrgetter

from stream.authoring import repository, revisions
from stream.authoring.desk import Desk
from stream.authoring.lesson_files import SHORT
from stream.catalogue.lesson_file import Place

COMMITS_OPENED = 20


@dataclass(frozen=True, slots=True)
class Revision:
    """An earlier text. `name` stands in its address; who and what are known of commits only."""

    name: str
    at: datetime
    label: str
    author: str = ""
    message: str = ""

    @property
    def is_commit(self) -> bool:
        """Whether Git has it; else the editor kept it when it was replaced."""
        return bool(self.author)


def revisions_of(desk: Desk, at: Place) -> tuple[Revision, ...]:
    """Every earlier text of a file, newest first."""
    return tuple(sorted((*_kept(desk, at), *_committed(desk, at)), key=attrgetter("at"), reverse=True))


def bytes_of(desk: Desk, at: Place, revision: Revision) -> bytes | None:
    """What the file held then."""
    if not revision.is_commit:
        return revisions.kept_bytes(desk.kept, at, revision.name)
    found = next((each for each in repository.commits(desk.root, at.path) if each.hash == revision.name), None)
    return repository.text_in(desk.root, found) if found else None


def revision_called(desk: Desk, at: Place, revision: str) -> Revision | None:
    """The earlier text that lesson pages called by this name, if it is kept anywhere."""
    for each in _kept(desk, at):
        if each.label == revision:
            return each
    for commit in repository.commits(desk.root, at.path)[:COMMITS_OPENED]:
        raw = repository.text_in(desk.root, commit)
        if raw is not None and sha256(raw).hexdigest()[:SHORT] == revision:
            return _of_commit(commit)
    return None


def _kept(desk: Desk, at: Place) -> Iterator[Revision]:
    return (Revision(each.name, each.at, each.revision) for each in revisions.kept(desk.kept, at))


def _committed(desk: Desk, at: Place) -> Iterator[Revision]:
    return map(_of_commit, repository.commits(desk.root, at.path))


def _of_commit(commit: repository.Commit) -> Revision:
    return Revision(commit.hash, commit.at, commit.hash[:8], commit.author or "?", commit.subject)
