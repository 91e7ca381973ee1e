"""Connections for reading are shared by all threads, and whoever has one is not disturbed by others."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import Connection, event, text

from stream.db import close, db, reading, snapshot, values, write

pytestmark = pytest.mark.sqlite

DRAFTS = "SELECT count(*) FROM comment_drafts"


@pytest.fixture
def connected(app: Flask) -> Iterator[list[sqlite3.Connection]]:
    """Every connection for reading that is made from now on."""
    made: list[sqlite3.Connection] = []
    with app.app_context():
        close(app)
        event.listen(db.engine, "connect", lambda connection, _: made.append(connection))
        yield made


def in_threads(app: Flask, count: int, work: Callable[[], object]) -> list[Thread]:
    """So many threads that do `work` in the site, begun."""

    def inside() -> None:
        with app.app_context():
            work()

    threads = [Thread(target=inside) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def drafts_in(connection: Connection) -> int:
    """How many there are, as this connection sees it."""
    return int(connection.execute(text(DRAFTS)).scalar_one())


def add_draft() -> None:
    """One more."""
    insert = (
        "INSERT INTO comment_drafts (learner_id, place, body, saved_at) VALUES (hex(randomblob(16)), 'x', 'x', 'x')"
    )
    write(lambda connection: connection.execute(text(insert)))


def is_open(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return False
    return True


def test_threads_that_come_and_go_read_on_one_connection(app: Flask, connected: list[sqlite3.Connection]) -> None:
    def read() -> None:
        with reading() as connection:
            drafts_in(connection)
        values().rows(DRAFTS)

    for _ in range(20):
        in_threads(app, 1, read)[0].join()
    assert len(connected) == 1


def test_everybody_who_reads_at_once_has_a_connection_alone(app: Flask, connected: list[sqlite3.Connection]) -> None:
    everybody = Barrier(20, timeout=20)
    used = []

    def read() -> None:
        with reading() as connection:
            used.append(connection.connection.driver_connection)
            everybody.wait()

    for thread in in_threads(app, 20, read):
        thread.join()
    assert len({id(each) for each in used}) == len(connected) == 20


def test_what_is_read_within_a_snapshot_does_not_end_it(connected: list[sqlite3.Connection]) -> None:
    with snapshot() as old:
        before = drafts_in(old)
        add_draft()
        with reading() as new:
            assert drafts_in(new) == before + 1
        assert values().row(DRAFTS) == (before + 1,)
        assert drafts_in(old) == before
    with reading() as connection:
        assert drafts_in(connection) == before + 1
    assert len(connected) == 2


def test_a_refused_write_keeps_nobody_at_an_old_state(connected: list[sqlite3.Connection]) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        values().rows("DELETE FROM comment_drafts")
    before = values().row(DRAFTS)
    add_draft()
    assert values().row(DRAFTS) != before
    assert len(connected) == 1


def test_closing_the_site_closes_all_and_it_can_be_used_again(app: Flask, connected: list[sqlite3.Connection]) -> None:
    with reading() as connection:
        drafts_in(connection)
        close(app)
        [late] = connected
        assert is_open(late)
    assert not is_open(late)
    assert values().row(DRAFTS) == (0,)
    assert [is_open(each) for each in connected] == [False, True]


def test_no_file_stays_open_once_the_site_is_closed(app: Flask, connected: list[sqlite3.Connection]) -> None:
    with reading() as connection:
        drafts_in(connection)
        values().row(DRAFTS)
    close(app)
    files = [each.resolve() for each in Path("/proc/self/fd").iterdir() if each.exists()]
    assert Path(app.instance_path, "stream.db").resolve() not in files
