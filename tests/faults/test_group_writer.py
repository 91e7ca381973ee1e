"""What many threads write at once into one file: each its own, whoever commits for whom."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from queue import Queue
from threading import Event, get_ident

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from stream.group_writer import GroupWriter
from stream.statements import run

THREADS, EACH = 16, 20


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "stream.db"


@pytest.fixture
def writer(file: Path) -> Iterator[GroupWriter]:
    made = GroupWriter(f"sqlite:///{file}")
    made.write(lambda connection: run(connection, "CREATE TABLE things (name TEXT UNIQUE)"))
    yield made
    made.close()


def add(connection: Connection, name: str) -> int:
    """How many there are then."""
    run(connection, "INSERT INTO things VALUES (:name)", {"name": name})
    [(count,)] = run(connection, "SELECT count(*) FROM things")
    return int(count)


def names(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM things")}


def test_each_of_many_threads_gets_its_own_answer(writer: GroupWriter, file: Path) -> None:
    def one(number: int) -> int:
        return writer.write(lambda connection: add(connection, f"thing {number}"))

    with ThreadPoolExecutor(THREADS) as pool:
        counts = list(pool.map(one, range(THREADS * EACH)))
    assert sorted(counts) == list(range(1, THREADS * EACH + 1))
    assert len(names(file)) == THREADS * EACH


def test_what_fails_takes_nothing_of_the_others_with_it(writer: GroupWriter, file: Path) -> None:
    class Unlucky(Exception):
        pass

    def one(number: int) -> bool:
        def work(connection: Connection) -> None:
            add(connection, f"thing {number}")
            if number % 3 == 0:
                raise Unlucky

        try:
            writer.write(work)
        except Unlucky:
            return False
        return True

    with ThreadPoolExecutor(THREADS) as pool:
        went_well = list(pool.map(one, range(THREADS * EACH)))
    assert went_well == [number % 3 != 0 for number in range(THREADS * EACH)]
    assert names(file) == {f"thing {number}" for number in range(THREADS * EACH) if number % 3}


def promise_owners(writer: GroupWriter) -> None:
    """Tables in which a promise to a row that is not there is broken when the transaction ends."""
    writer.write(lambda connection: run(connection, "CREATE TABLE owners (name TEXT PRIMARY KEY)"))
    owned = "CREATE TABLE owned (owner TEXT REFERENCES owners DEFERRABLE INITIALLY DEFERRED)"
    writer.write(lambda connection: run(connection, owned))


def break_promise(connection: Connection) -> None:
    add(connection, "never")
    run(connection, "INSERT INTO owned VALUES ('nobody')")


def test_whoever_waits_is_told_that_the_commit_failed(writer: GroupWriter, file: Path) -> None:
    promise_owners(writer)
    begun, go_on = Event(), Event()

    def slow(connection: Connection) -> None:
        add(connection, "slow")
        begun.set()
        assert go_on.wait(20)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(writer.write, slow)
        assert begun.wait(20)
        second = pool.submit(writer.write, break_promise)
        go_on.set()
        with pytest.raises(Exception, match="FOREIGN KEY"):
            second.result(20)
        shares_it = first.exception(20) is not None
    assert names(file) == (set() if shares_it else {"slow"})
    assert writer.write(lambda connection: add(connection, "afterwards")) == 2 - shares_it


def test_what_is_written_soon_is_not_there_before_whoever_asked_is_told(writer: GroupWriter, file: Path) -> None:
    told: Queue[tuple[bool, set[str]]] = Queue()
    count, commit = writer.write_soon(lambda connection: add(connection, "thing"))
    commit.when_done(lambda is_on_disk: told.put((is_on_disk, names(file))))
    assert count == 1
    assert told.get(timeout=20) == (True, {"thing"})
    commit.when_done(lambda is_on_disk: told.put((is_on_disk, set())))
    assert told.get(timeout=20) == (True, set())


def test_what_was_to_be_written_soon_and_was_not_is_told_as_well(writer: GroupWriter, file: Path) -> None:
    promise_owners(writer)
    told: Queue[bool] = Queue()
    writer.write_soon(break_promise)[1].when_done(told.put)
    assert told.get(timeout=20) is False
    assert names(file) == set()


def test_many_threads_that_do_not_wait_are_all_told_once_it_is_so(writer: GroupWriter, file: Path) -> None:
    told: Queue[bool] = Queue()

    def one(number: int) -> int:
        name = f"thing {number}"
        count, commit = writer.write_soon(lambda connection: add(connection, name))
        commit.when_done(lambda is_on_disk: told.put(is_on_disk and name in names(file)))
        return count

    with ThreadPoolExecutor(THREADS) as pool:
        counts = list(pool.map(one, range(THREADS * EACH)))
    assert [told.get(timeout=20) for _ in counts] == [True] * len(counts)
    assert sorted(counts) == list(range(1, THREADS * EACH + 1))


def test_whoever_makes_a_fault_when_told_keeps_nobody_from_being_told(writer: GroupWriter, file: Path) -> None:
    def fail(_: bool) -> None:
        raise ValueError("somebody's own")

    told: Queue[bool] = Queue()
    writer.write_soon(lambda connection: add(connection, "first"))[1].when_done(fail)
    writer.write(lambda _: None)  # both are on disk
    _, commit = writer.write_soon(lambda connection: add(connection, "second"))
    commit.when_done(told.put)
    assert told.get(timeout=20)
    assert names(file) == {"first", "second"}


def test_nobody_is_told_the_fault_of_somebody_else(
    writer: GroupWriter, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stream.group_writer.GROUP_SECONDS", 20)  # whoever comes joins

    class Unfit(Exception):
        """Of one's own text; a view would say so to its writer."""

    begun = Event()

    def wait_for_another(connection: Connection) -> None:
        add(connection, "fit")
        begun.set()
        while writer._coming < 2:
            pass

    def end(connection: Connection) -> None:
        run(connection, "ROLLBACK")
        raise Unfit

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(writer.write, wait_for_another)
        assert begun.wait(20)
        second = pool.submit(writer.write, end)
        with pytest.raises(Unfit):
            second.result(20)
        with pytest.raises(sqlite3.OperationalError, match="has ended"):
            first.result(20)
    assert names(file) == set()


def test_what_is_left_is_committed_at_the_end(writer: GroupWriter, file: Path) -> None:
    _, commit = writer.write_soon(lambda connection: add(connection, "thing"))
    writer.close()
    commit.wait()
    assert names(file) == {"thing"}


def test_a_transaction_that_sqlite_ended_by_itself_keeps_nobodys_promise(writer: GroupWriter, file: Path) -> None:
    """As a full disk may do (https://sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction)."""
    begun, go_on = Event(), Event()

    def slow(connection: Connection) -> None:
        add(connection, "slow")
        begun.set()
        assert go_on.wait(20)

    def ended(connection: Connection) -> None:
        add(connection, "never")
        run(connection, "ROLLBACK")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(writer.write, slow)
        assert begun.wait(20)
        second = pool.submit(writer.write, ended)
        go_on.set()
        with pytest.raises(Exception, match=r"has ended|no such savepoint"):
            second.result(20)
        shares_it = first.exception(20) is not None
    assert names(file) == (set() if shares_it else {"slow"})
    assert writer.write(lambda connection: add(connection, "afterwards")) == 2 - shares_it


def test_a_lone_write_needs_no_other_thread(writer: GroupWriter) -> None:
    assert writer.write(lambda _: get_ident()) == get_ident()


def test_a_write_within_a_write_is_a_fault_that_is_told(writer: GroupWriter, file: Path) -> None:
    with pytest.raises(RuntimeError, match="must not write"):
        writer.write(lambda _: writer.write(lambda connection: add(connection, "inner")))
    assert names(file) == set()


def test_who_is_stopped_while_committing_promises_nothing(writer: GroupWriter, file: Path) -> None:
    def stopped(connection: Connection) -> None:
        add(connection, "half done")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        writer.write(stopped)
    assert names(file) == set()
    assert writer.write(lambda connection: add(connection, "afterwards")) == 1


def test_the_log_is_emptied_in_a_pause(writer: GroupWriter, file: Path) -> None:
    writer.write(lambda connection: add(connection, "thing"))
    log = file.with_name("stream.db-wal")
    emptied = Event()
    empty = writer.log_emptier.empty_log

    def empty_and_tell() -> float | None:
        pause = empty()
        if pause is None:
            emptied.set()
        return pause

    writer.log_emptier.empty_log = empty_and_tell  # type: ignore[method-assign]
    writer.write(lambda connection: add(connection, "another"))
    assert emptied.wait(20)
    assert log.stat().st_size == 0


def test_a_file_that_cannot_be_opened_fails_everybody(tmp_path: Path) -> None:
    writer = GroupWriter(f"sqlite:///{tmp_path / 'missing' / 'stream.db'}")
    with ThreadPoolExecutor(THREADS) as pool:
        asked = [pool.submit(writer.write, lambda connection: add(connection, "thing")) for _ in range(THREADS)]
        for each in asked:
            with pytest.raises(OperationalError):
                each.result(20)
    writer.close()
