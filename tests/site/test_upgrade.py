"""What a database holds survives a new schema, and the way back."""

import shutil
from pathlib import Path

import given
import pytest
from sqlalchemy import create_engine, text

from stream.factory import create_app
from stream.maintenance.migrations import downgrade, upgrade
from stream.settings import Settings, load_settings

pytestmark = pytest.mark.sqlite


def rows(path: Path, query: str) -> list[tuple]:
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def test_threads_keep_their_places_and_notes_their_lessons(migrated: Path, lessons: Path, tmp_path: Path) -> None:
    shutil.copytree(migrated, tmp_path / "instance", dirs_exist_ok=True)
    settings = load_settings(given.EMPTY_ENVIRONMENT, instance=tmp_path / "instance", lessons=lessons)
    app = create_app(settings)
    path = next((tmp_path / "instance").rglob("stream.db"))
    with app.app_context():
        downgrade("0007")
    given.close(app)
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        for statement in (
            "INSERT INTO threads (id, lesson_id, kind, created_at, shown) VALUES (3, 'dial', 'lesson', 'x', 0)",
            "INSERT INTO threads (id, lesson_id, kind, created_at, shown) VALUES (7, 'dial', 'block', 'x', 0)",
            "INSERT INTO anchors VALUES (7, 'en', 'b-1', 'paragraph', 'now', 'first', 'reworded')",
            "INSERT INTO lesson_notes VALUES ('me', 'dial', 'a note', 1, 'x')",
            "INSERT INTO bookmarks VALUES ('me', 'dial', 'x')",
        ):
            connection.execute(text(statement))
    engine.dispose()
    places = "SELECT threads.id, block_id, first_text FROM threads JOIN anchors ON anchors.{} ORDER BY 1"
    before = rows(path, places.format("thread_id = threads.id"))
    app = create_app(settings)
    with app.app_context():
        upgrade()
        assert rows(path, places.format("passage_id = threads.passage_id")) == before == [(7, "b-1", "first")]
        assert rows(path, "SELECT passage_id, text FROM lesson_notes") == [(0, "a note")]
        assert rows(path, "SELECT passage_id FROM bookmarks") == [(0,)]
        downgrade("0007")
    assert rows(path, places.format("thread_id = threads.id")) == before
    assert rows(path, "SELECT text FROM lesson_notes") == [("a note",)]
    given.close(app)


def test_a_table_that_is_made_anew_takes_nothing_else_along(settings: Settings, visitor: given.Visitor) -> None:
    """SQLite drops the old table, and what refers to its rows would go with them."""
    visitor.sign_up("reader")
    visitor.comment("Why?")
    path = next(Path(settings.instance).rglob("stream.db"))
    counts = "SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM comments)"
    before = rows(path, counts)
    assert before[0] == (1, 1)
    for revision in ("0007", "0006"):
        fresh = create_app(settings)
        with fresh.app_context():
            downgrade(revision)
        given.close(fresh)
        assert rows(path, counts) == before
    fresh = create_app(settings)
    with fresh.app_context():
        upgrade()
    given.close(fresh)
    assert rows(path, counts) == before
