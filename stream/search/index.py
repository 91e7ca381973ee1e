"""The search index: a file of its own beside the database, made from the lessons and made anew whenever it is gone.

It is SQLite's FTS5 also where the site's data is in PostgreSQL, because it holds nothing but lessons.
"""

import logging
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from stream.catalogue.model import Catalogue, Lesson, Translation
from stream.search.words import indexed

VERSION = 1  # of what is below and of `words`: an index of another version is made anew
SCHEMA = f"""
CREATE TABLE texts (rowid INTEGER PRIMARY KEY, lesson TEXT, language TEXT, revision TEXT, UNIQUE (lesson, language));
CREATE VIRTUAL TABLE words USING fts5(title, tags, summary, body, tokenize = 'porter unicode61 remove_diacritics 2');
PRAGMA user_version = {VERSION};
"""
RANKED = """
SELECT texts.lesson, texts.language FROM words JOIN texts ON texts.rowid = words.rowid
WHERE words MATCH ? ORDER BY bm25(words, 10, 6, 4, 1), texts.lesson, texts.language LIMIT ?
"""
MOST = 1_000  # texts that one search looks at

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that a query matches."""

    lesson: str
    language: str


class SearchIndex:
    """The words of every lesson. Safe to use from several threads, and from several processes on the same file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._seen: Catalogue | None = None
        self._version = 0  # changes when another process writes into the file

    def find(self, expression: str, catalogue: Catalogue) -> list[Hit]:
        """Texts that match an FTS5 expression, the best first. What was edited since the last search is read first."""
        with self._lock:
            try:
                return self._find(expression, catalogue)
            except sqlite3.DatabaseError as error:
                log.warning("search index made anew: %s", error)
                self._discard()
                return self._find(expression, catalogue)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = self._seen = None

    def _find(self, expression: str, catalogue: Catalogue) -> list[Hit]:
        connection = self._connection or self._open()
        if catalogue is not self._seen:
            version = connection.execute("PRAGMA data_version").fetchone()[0]
            _refresh(connection, catalogue, self._seen if version == self._version else None)
            self._seen, self._version = catalogue, version
        return [Hit(*row) for row in connection.execute(RANKED, (expression, MOST))]

    def _open(self) -> sqlite3.Connection:
        """The file, or where the folder cannot be written an index in memory."""
        try:
            connection = _connected(str(self._path))
        except sqlite3.OperationalError:
            connection = _connected(":memory:")
        self._connection = connection
        return connection

    def _discard(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._seen = None
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)


def _connected(place: str) -> sqlite3.Connection:
    connection = sqlite3.connect(place, isolation_level=None, check_same_thread=False, timeout=10)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # what a power cut takes is made anew
        if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            connection.execute("BEGIN IMMEDIATE")
            _make(connection)
            connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _make(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] == VERSION:
        return  # another process was faster
    for name in ("words", "texts"):
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    for statement in filter(str.strip, SCHEMA.split(";")):
        connection.execute(statement)


def _refresh(connection: sqlite3.Connection, catalogue: Catalogue, before: Catalogue | None) -> None:
    """Bring in what is new or edited, and take out what is gone, in one transaction. `before` is the catalogue that the
    index holds, if that is known: lessons that are in both need no look.
    """
    edited = _differing(before, catalogue) if before and before.site == catalogue.site else None
    wanted = {(lesson.id, text.language): (lesson, text) for lesson, text in _texts(catalogue, edited)}
    known = _known(connection, edited)
    new = [key for key, (lesson, text) in wanted.items() if known.get(key) != _revision(lesson, text, catalogue)]
    gone = [key for key in known if key not in wanted]
    if not new and not gone:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for key in [*gone, *new]:
            _remove(connection, key)
        for key in new:
            _add(connection, *wanted[key], catalogue)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _differing(before: Catalogue, catalogue: Catalogue) -> list[str]:
    """Ids of the lessons that are not the same in both."""
    former, now = before.by_id, catalogue.by_id
    return [*(key for key, lesson in now.items() if former.get(key) is not lesson), *(former.keys() - now.keys())]


def _known(connection: sqlite3.Connection, edited: list[str] | None) -> dict[tuple[str, str], str]:
    """The revisions in the index, of these lessons or of all."""
    query = "SELECT lesson, language, revision FROM texts"
    if edited is None:
        rows = connection.execute(query).fetchall()
    else:
        rows = [row for key in edited for row in connection.execute(f"{query} WHERE lesson = ?", (key,))]
    return {(lesson, language): revision for lesson, language, revision in rows}


def _texts(catalogue: Catalogue, edited: list[str] | None) -> list[tuple[Lesson, Translation]]:
    by_id = catalogue.by_id
    lessons = by_id.values() if edited is None else [by_id[key] for key in edited if key in by_id]
    return [(lesson, text) for lesson in lessons for text in lesson.translations.values()]


def _revision(lesson: Lesson, text: Translation, catalogue: Catalogue) -> str:
    """Of the text with its labels: they are in `site.toml`, and are searched too."""
    return f"{text.revision} {_labels(lesson, text.language, catalogue)}"


def _labels(lesson: Lesson, language: str, catalogue: Catalogue) -> str:
    keys = (*lesson.tags, lesson.level)
    return " ".join(f"{key} {catalogue.site.tags.get(key, {}).get(language, '')}" for key in keys)


def _remove(connection: sqlite3.Connection, key: tuple[str, str]) -> None:
    row = connection.execute("SELECT rowid FROM texts WHERE lesson = ? AND language = ?", key).fetchone()
    if row is not None:
        connection.execute("DELETE FROM words WHERE rowid = ?", row)
        connection.execute("DELETE FROM texts WHERE rowid = ?", row)


def _add(connection: sqlite3.Connection, lesson: Lesson, text: Translation, catalogue: Catalogue) -> None:
    values = (lesson.id, text.language, _revision(lesson, text, catalogue))
    row = connection.execute("INSERT INTO texts (lesson, language, revision) VALUES (?, ?, ?)", values).lastrowid
    labels = _labels(lesson, text.language, catalogue)
    body = "\n".join(block.text for block in text.document.blocks)
    parts = (indexed(part) for part in (text.title, labels, text.summary, body))
    connection.execute("INSERT INTO words (rowid, title, tags, summary, body) VALUES (?, ?, ?, ?, ?)", (row, *parts))
