"""Saving what an author wrote: never over somebody else's text, never by halves, and never without a trace."""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection

from stream.accounts.admin_acts import Deed, record
from stream.authoring import revisions
from stream.authoring.desk import Desk
from stream.authoring.drafts import TOO_LARGE, read_draft
from stream.authoring.lesson_files import SHORT, Content, content_of, path_within, read, replace
from stream.authoring.picture_files import put, slug_of
from stream.catalogue.lesson_file import Place
from stream.catalogue.model import Catalogue, Problem
from stream.db import write
from stream.pictures.upload import remade

LONGEST_SUBJECT = 100
_SAVING = Lock()  # between looking at the file and replacing it nobody else of this process may


@dataclass(frozen=True, slots=True)
class Edit:
    """A text to save. `base` is the digest of the file that it was made from; `anyway`: even with errors."""

    actor: str
    text: str
    base: str
    anyway: bool = False


class Conflict(Exception):
    """The file is no longer the one that the text was made from."""

    def __init__(self, current: Content) -> None:
        super().__init__(current.revision)
        self.current = current


class Faulty(Exception):
    """The text has errors, and nobody said to save it all the same."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(len(problems))
        self.problems = problems


def save(desk: Desk, at: Place, edit: Edit, catalogue: Catalogue, when: datetime) -> bool:
    """Replace the file; whether anything changed. Raises Conflict, Faulty, Refusal or OSError, and then nothing did."""
    reading = read_draft(edit.text, at, catalogue, desk.tree().images)
    is_too_large = any(problem.code == TOO_LARGE for problem in reading.problems)
    if is_too_large or not (edit.anyway or reading.is_good):
        raise Faulty(reading.problems)
    return write(lambda connection: _save(connection, desk, at, edit, _subject(at, catalogue), when))


def _save(connection: Connection, desk: Desk, at: Place, edit: Edit, subject: str, when: datetime) -> bool:
    with _SAVING:
        current, raw = read(desk.root, at.path)
        if current.text == edit.text:
            return False
        if current.digest != edit.base:
            raise Conflict(current)
        content = current.with_text(edit.text)
        change = f"{at.path}: {current.revision} → {content_of(content).digest[:SHORT]}"
        record(connection, Deed(edit.actor, "lesson.edit", subject, change), when)
        revisions.keep(desk.kept, at, raw, current.revision, when)
        replace(path_within(desk.root, at.path), content)
    return True


def add_picture(desk: Desk, at: Place, upload: tuple[str, bytes], actor: str, when: datetime) -> str:
    """Make an uploaded picture anew beside the lesson; its path as lessons write it.

    Raises Unusable, Refusal or OSError, and then nothing is there.
    """
    name, content = upload
    picture = remade(content)
    wanted = slug_of(name) or at.slug

    def work(connection: Connection) -> str:
        path = put(desk.root, at.course, f"{wanted}.{picture.suffix}", picture.content)
        record(connection, Deed(actor, "picture.add", f"picture:{at.course}/{path}"[:LONGEST_SUBJECT]), when)
        return path

    return write(work)


def _subject(at: Place, catalogue: Catalogue) -> str:
    lesson = catalogue.by_slug.get(at.slug)
    return f"lesson:{lesson.id if lesson else at.slug}"[:LONGEST_SUBJECT]
