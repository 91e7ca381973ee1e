"""Databases of every release come to the newest schema, and one back; stopped anywhere, the next start finishes.

`releases/` holds a dump with data of each; one is added with each release and never changed.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import given
import pytest
from click.testing import CliRunner
from sqlalchemy import event

from stream.backup.checking import verified
from stream.backup.databases import holdings_of, schema_of
from stream.backup.folder import find_all
from stream.cli import main
from stream.db import write_engine
from stream.factory import create_app
from stream.maintenance.migrations import downgrade
from stream.maintenance.service import initialise, migrate
from stream.schema import KNOWN
from stream.settings import Settings, load_settings

pytestmark = pytest.mark.sqlite
RELEASES = sorted((Path(__file__).parent / "releases").glob("*.sql"))
PLACES_OF_THREADS = "SELECT threads.id, language FROM threads JOIN anchors USING (passage_id) ORDER BY 1, 2"
HELD = ("users", "events", "standings", "comments", "lesson_notes", "bookmarks", "anchors", "attempts", "reports")


@pytest.fixture(params=RELEASES, ids=lambda path: path.stem)
def released(request: pytest.FixtureRequest, tmp_path: Path, lessons: Path) -> Settings:
    """A site as that release left it."""
    places = {"instance": tmp_path / "released", "lessons": lessons}
    list(initialise(load_settings(given.EMPTY_ENVIRONMENT, **places), sample=False))
    with closing(sqlite3.connect(tmp_path / "released" / "stream.db")) as connection:
        connection.executescript(request.param.read_text(encoding="utf-8"))
    return load_settings(given.EMPTY_ENVIRONMENT, **places)


@contextmanager
def site(settings: Settings) -> Iterator[None]:
    """The application, as a start of the program has it."""
    app = create_app(settings)
    try:
        with app.app_context():
            yield
    finally:
        given.close(app)


def dump(settings: Settings) -> dict[str, Any]:
    """Every row of every table, and what stands beside the tables; SQLite's order of columns and names is its own."""
    with closing(sqlite3.connect(settings.instance / "stream.db")) as connection:
        connection.row_factory = sqlite3.Row
        named = connection.execute("SELECT type, name FROM sqlite_master ORDER BY 1, 2").fetchall()
        tables = [name for kind, name in named if kind == "table" and name != "sqlite_sequence"]
        rows = {name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")] for name in tables}
        return {"named": [tuple(each) for each in named], **{name: sorted(rows[name], key=_by_name) for name in rows}}


def _by_name(row: dict[str, Any]) -> str:
    return repr(sorted(row.items()))


def counts(settings: Settings) -> dict[str, int]:
    with closing(sqlite3.connect(settings.instance / "stream.db")) as connection:
        return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in HELD}


def settled(settings: Settings) -> dict[str, Any]:
    """The newest schema. Passages have new numbers after the way back to 0007, where threads stood for them."""
    for _ in range(2):
        with site(settings):
            migrate()
        with closing(sqlite3.connect(settings.instance / "stream.db")) as connection:
            assert connection.execute(PLACES_OF_THREADS).fetchall() == [(2, "en"), (2, "ko")]
        back_to(settings, "0007")
    with site(settings):
        migrate()
    return dump(settings)


def revisions() -> list[str]:
    """Every schema, the newest first."""
    return list(reversed(KNOWN))


def back_to(settings: Settings, revision: str) -> None:
    with site(settings):
        downgrade(revision)


def test_nothing_is_lost_on_the_way_up_one_down_and_up_again(released: Settings) -> None:
    before = counts(released)
    assert all(before.values())
    newest = settled(released)
    assert counts(released) == before
    assert holdings_of(released.instance / "stream.db").events == before["events"]
    back_to(released, revisions()[1])
    with site(released):
        migrate()
    assert dump(released) == newest


def test_members_find_everything_as_it_was(released: Settings) -> None:
    with site(released):
        migrate()
    app = create_app(released)
    someone = given.Visitor(app).sign_in("minji")
    assert someone.standing().xp > 0
    assert "Why <em>five</em>?" in someone.get("/en/lessons/dial").text
    assert "mine" in someone.get("/en/me/notes").text
    given.close(app)


class Stopped(Exception):
    """The machine lost its power, so to speak."""


@pytest.mark.parametrize("turn", range(2))
def test_stopped_at_any_statement_the_next_start_finishes(released: Settings, turn: int) -> None:
    newest = settled(released)
    back_to(released, "0006")
    seen, stop_at = 0, 0

    def count(*_args: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == stop_at:
            raise Stopped

    with site(released):
        event.listen(write_engine(), "before_cursor_execute", count)
        migrate()
    for stop_at in range(1 + turn, seen, 7):  # noqa: B007  (read by `count`)
        back_to(released, "0006")
        with site(released):
            seen = 0
            event.listen(write_engine(), "before_cursor_execute", count)
            with pytest.raises(Stopped):
                migrate()
        with site(released):
            migrate()
        assert dump(released) == newest


def run(settings: Settings, *words: str) -> Any:
    places = {**given.environment(settings), "STREAM_DATABASE_URL": ""}
    return CliRunner(env=places).invoke(main, [*words])


def test_an_upgrade_makes_a_backup_first_and_says_how_to_go_back(released: Settings) -> None:
    back_to(released, "0007")
    told = run(released, "db", "upgrade")
    assert told.exit_code == 0, told.output
    (backup,) = find_all(released.backup_folder)
    assert f"stream backup restore {backup.path} --replace" in told.output
    assert verified(backup.path, lambda _: None).schema == "0007"
    assert run(released, *told.output.strip().splitlines()[-1].split()[1:]).exit_code == 0
    assert schema_of(released.instance / "stream.db") == "0007"
    assert "nothing to do" not in run(released, "db", "upgrade").output
    assert "nothing to do" in run(released, "db", "upgrade").output


def test_a_fault_in_the_ledger_after_an_upgrade_is_named_with_the_way_back(released: Settings) -> None:
    back_to(released, "0007")
    given.sql(released, "UPDATE standings SET state = replace(state, '{', '{ ')")
    told = run(released, "db", "upgrade")
    assert told.exit_code == 1
    assert "upgraded, but the ledger does not hold: standing of learner" in told.output
    assert f"stream backup restore {released.backup_folder}" in told.output


def test_the_first_start_of_a_new_version_makes_a_backup_too(released: Settings) -> None:
    back_to(released, "0007")
    told = run(released, "init")  # which upgrades as `serve` does
    assert told.exit_code == 0, told.output
    (backup,) = find_all(released.backup_folder)
    assert f"as it was before, it is in {backup.path}" in told.output
    assert verified(backup.path, lambda _: None).schema == "0007"


def test_without_a_backup_there_is_no_upgrade_unless_one_asks_for_it(released: Settings) -> None:
    back_to(released, "0007")
    released.backup_folder.write_text("in the way", encoding="utf-8")
    told = run(released, "db", "upgrade")
    assert told.exit_code == 2
    assert "not upgraded, because there is no backup" in told.output
    assert schema_of(released.instance / "stream.db") == "0007"
    assert run(released, "db", "upgrade", "--without-backup").exit_code == 0
    assert schema_of(released.instance / "stream.db") == revisions()[0]
