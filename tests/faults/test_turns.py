"""One connection writes or checkpoints at a time, in whatever process, where SQLite has the WAL-reset bug."""

import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from browser import command, environment
from live import LESSON, live, members_of_new_site, stream
from sqlalchemy import Connection, text

from benchmarks.served import MemberKeys
from stream.group_writer import GroupWriter
from stream.maintenance.surroundings import programs
from stream.turns import Turns, has_wal_reset_bug

affected = pytest.mark.skipif(not has_wal_reset_bug(), reason="this SQLite takes care of itself")


@pytest.mark.parametrize(
    ("version", "has_it"),
    [
        ("3.6.23", False), ("3.7.0", True), ("3.40.1", True), ("3.44.5", True), ("3.44.6", False), ("3.45.0", True),
        ("3.50.6", True), ("3.50.7", False), ("3.51.0", True), ("3.51.2", True), ("3.51.3", False), ("3.53.0", False),
    ],
)  # fmt: skip
def test_doctor_knows_the_versions_with_the_bug_and_says_what_is_done_about_it(version: str, has_it: bool) -> None:
    found = programs(version, "3.11.7")
    assert f"SQLite {version}" in found.what
    assert (found.state, "WAL-reset bug" in found.what, bool(found.mend)) == (
        "note" if has_it else "ok",
        has_it,
        has_it,
    )


def rows(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("SELECT count(*) FROM things").fetchone()[0])


def add(connection: Connection) -> None:
    connection.execute(text("INSERT INTO things VALUES (randomblob(5000))"))


@affected
def test_nobody_checkpoints_while_another_connection_writes(tmp_path: Path) -> None:
    """SQLite alone would: that checkpoint and a commit that begins the log anew are what must never meet."""
    file, begun, go_on = tmp_path / "stream.db", Event(), Event()
    one, other = GroupWriter(f"sqlite:///{file}"), GroupWriter(f"sqlite:///{file}")

    def write_slowly(connection: Connection) -> None:
        add(connection)
        begun.set()
        assert go_on.wait(20)

    one.write(lambda connection: connection.execute(text("CREATE TABLE things (blob BLOB)")))
    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(one.write, write_slowly)
        assert begun.wait(20)
        before = file.read_bytes()
        assert other.log_emptier.empty_log() is not None
        assert file.read_bytes() == before
        go_on.set()
        written.result(20)
    one.close()
    assert other.log_emptier.empty_log() is None
    assert file.read_bytes() != before
    other.close()
    assert rows(file) == 1


@affected
def test_server_and_commands_wait_for_each_others_turn(tmp_path: Path) -> None:
    [member] = members_of_new_site(tmp_path, 1)
    promote = ("users", "role", "member000001", "author")
    with live(tmp_path) as site:
        turn = Turns(str(tmp_path / "instance" / "stream.db")).take(5)
        assert turn is not None
        with subprocess.Popen(
            command(*promote), env=environment(tmp_path), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as beside:
            refused = site.ask(f"{LESSON}/complete", member, event_id="while-another-writes")
            said, _ = beside.communicate(timeout=60)
        assert refused.status == 503
        assert (beside.returncode, b"another program writes" in said, b"Traceback" in said) == (1, True, False), said
        turn.give_back()
        assert site.ask(f"{LESSON}/complete", member, event_id="and-now").status == 303
        assert stream(tmp_path, *promote).returncode == 0
    assert "SQLite" in site.said()


@affected
def test_what_server_and_commands_commit_at_once_is_all_there(tmp_path: Path) -> None:
    """Each has a commit, a checkpoint in its pause and one at its end, side by side."""
    members = members_of_new_site(tmp_path, 20)

    def completes(member: MemberKeys) -> int:
        return site.ask(f"{LESSON}/complete", member, event_id=f"of-{member.learner_id}").status

    def gives_a_role(name: str) -> int:
        return stream(tmp_path, "users", "role", name, "author").returncode

    with live(tmp_path) as site, ThreadPoolExecutor(4) as pool:
        made = pool.map(gives_a_role, [f"member{number:06}" for number in range(1, 3)])
        done = pool.map(completes, members)
        assert set(done) == {303}
        assert set(made) == {0}
    with closing(sqlite3.connect(tmp_path / "instance" / "stream.db")) as connection:
        completed = "SELECT count(*) FROM events WHERE type = 'lesson.completed'"
        assert connection.execute(completed).fetchone()[0] == len(members)
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
