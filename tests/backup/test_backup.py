"""A backup made while the site runs holds everything that was acknowledged, and brings it back elsewhere."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import given
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from stream.backup import making
from stream.backup.checking import verified
from stream.backup.databases import holdings_of
from stream.backup.folder import find_all
from stream.cli import main
from stream.db import reading
from stream.factory import create_app
from stream.progress.models import events
from stream.settings import Settings, load_settings

pytestmark = pytest.mark.sqlite
AT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
PAGES = ("/en/", "/ko/courses/dials", "/en/lessons/dial", "/en/search?q=dial", "/en/feed.xml")


def quiet(*_words: object) -> None:
    """Nobody watches the progress."""


def create(settings: Settings, at: datetime = AT, **more: object) -> making.Made:
    return making.create(settings, "0.1.0", at, quiet, **more)


@pytest.fixture
def stream(settings: Settings) -> Callable[..., Result]:
    """The command line, on this site or on another."""

    def run(*words: object, instance: Path | None = None, lessons: Path | None = None) -> Result:
        places = {**given.environment(settings), "STREAM_DATABASE_URL": ""}
        if instance:
            places |= {"STREAM_INSTANCE": str(instance), "STREAM_LESSONS": str(lessons)}
        return CliRunner(env=places).invoke(main, [str(word) for word in words])

    return run


def rows(app: Flask) -> list[tuple[object, ...]]:
    """The whole ledger."""
    with app.app_context(), reading() as connection:
        return [tuple(row) for row in connection.execute(select(events).order_by(events.c.id))]


@contextmanager
def restored(tmp_path: Path, file: Path, stream: Callable[..., Result]) -> Iterator[Flask]:
    """The site of a backup, somewhere else."""
    places = {"instance": tmp_path / "elsewhere", "lessons": tmp_path / "lessons-elsewhere"}
    run = stream("backup", "restore", file, **places)
    assert run.exit_code == 0, run.output
    app = create_app(load_settings(given.EMPTY_ENVIRONMENT, **places))
    yield app
    given.close(app)


def test_pages_and_ledger_are_equal_elsewhere(app, settings, member, visitor, stream, tmp_path):
    member.get("/en/lessons/dial")
    member.post("/en/lessons/dial/complete")
    member.comment("Why *five*?")
    made = create(settings)
    with restored(tmp_path, made.backup.path, stream) as elsewhere:
        assert rows(elsewhere) == rows(app) != []
        for page in PAGES:
            assert given.Visitor(elsewhere).get(page).text == visitor.get(page).text
        assert given.Visitor(elsewhere).sign_in("minji").standing() == member.standing()


def test_sessions_go_on_elsewhere(settings, member, stream, tmp_path):
    """The key travels along."""
    made = create(settings)
    with restored(tmp_path, made.backup.path, stream) as elsewhere:
        moved = given.Visitor(elsewhere)
        moved.client._cookies = member.client._cookies
        assert "minji" in moved.get("/en/").text


def test_everything_acknowledged_before_the_start_is_in_it_whatever_is_written_meanwhile(app, settings, tmp_path):
    stop, acknowledged = Event(), [0]

    def busy(someone: given.Visitor) -> None:
        while not stop.is_set():
            for act in ("complete", "reopen"):
                assert someone.post(f"/en/lessons/dial/{act}", event_id=os.urandom(8).hex()).status_code == 303
                acknowledged[0] += 1

    app.config["STREAM"] = given.replaced(app, act_limit="1000000 per minute")
    people = [given.Visitor(app).sign_up(name) for name in ("minji", "jun")]
    for someone in people:
        someone.get("/en/lessons/dial")
    threads = [Thread(target=busy, args=(someone,)) for someone in people]
    for thread in threads:
        thread.start()
    try:
        for turn in range(6):
            before = len(rows(app))
            made = create(settings, AT + timedelta(seconds=turn))
            assert made.manifest.holdings.events >= before
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert acknowledged[0] > 6
    assert len(find_all(settings.backup_folder)) == 1


def test_what_can_be_made_anew_is_left_out_and_everything_else_is_in_it(app, settings, visitor):
    visitor.get("/en/search?q=dial")
    visitor.get("/en/lessons/dial/picture.png")
    (settings.instance / "revisions").mkdir()
    (settings.instance / "revisions" / "old text").write_text("kept", encoding="utf-8")
    (settings.lessons / "link").symlink_to("/etc/passwd")
    names = {part.name for part in create(settings).manifest.parts}
    assert {"database/stream.db", "instance/secret_key", "instance/revisions/old text"} <= names
    assert {"lessons/site.toml", "lessons/rulebook.toml", "lessons/dials/02-dial.ko.md"} <= names
    assert not [
        name for name in names if "search" in name or "compiled" in name or "pictures" in name or "link" in name
    ]


def test_only_its_owner_can_read_it(settings, app):
    assert create(settings).backup.path.stat().st_mode & 0o077 == 0


def test_the_command_makes_checks_and_lists(app, member, stream):
    run = stream("backup", "create", "--json")
    assert run.exit_code == 0, run.output
    told = json.loads(run.stdout)
    assert told["members"] == 1
    assert stream("backup", "verify", told["file"]).exit_code == 0
    assert told["file"] in stream("backup", "list").output


def test_a_damaged_ledger_makes_no_backup(app, settings, member):
    member.get("/en/lessons/dial")
    member.post("/en/lessons/dial/complete")
    given.tamper(app)
    with pytest.raises(making.BackupError, match="the ledger does not hold"):
        create(settings)
    assert find_all(settings.backup_folder) == []


def test_a_folder_that_is_none_leaves_everything_as_it_was(app, settings, visitor):
    settings.backup_folder.write_text("in the way", encoding="utf-8")
    with pytest.raises(making.BackupError, match="no backup was made"):
        create(settings)
    assert visitor.get("/en/").status_code == 200


SCRIPT = """
import os, resource, signal, sys
from datetime import UTC, datetime
from stream.backup import making
from stream.settings import load_settings
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
{}
try:
    making.create(load_settings(), "0.1.0", datetime(2026, 11, 24, tzinfo=UTC), told)
except making.BackupError as error:
    sys.exit(str(error))
"""


def in_a_process(settings: Settings, lines: str) -> subprocess.CompletedProcess[str]:
    places = {**os.environ, **given.environment(settings)}
    return subprocess.run([sys.executable, "-c", SCRIPT.format(lines)], env=places, capture_output=True, text=True)


@pytest.mark.parametrize("room", [100_000, 345_000])
def test_a_full_disk_leaves_the_site_and_the_last_backup_whole(app, settings, member, room):
    """While the database is copied, and while it is packed."""
    last = create(settings).backup.path
    told = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))\ntold = lambda *words: None"
    (settings.lessons / "noise").write_bytes(os.urandom(400_000))
    run = in_a_process(settings, told)
    assert run.returncode == 1
    assert "no backup was made" in run.stderr
    assert [path.name for path in settings.backup_folder.iterdir() if path.name != ".lock"] == [last.name]
    verified(last, quiet)
    assert member.get("/en/").status_code == 200


@pytest.mark.parametrize("moment", ["copying the database", "packing", "checking"])
def test_killed_in_the_middle_it_has_no_backups_name_and_the_next_run_tidies_up(app, settings, moment):
    run = in_a_process(settings, f"told = lambda what, *how: what == {moment!r} and os.kill(os.getpid(), 9)")
    assert run.returncode == -signal.SIGKILL
    assert find_all(settings.backup_folder) == []
    made = create(settings)
    assert {path.name for path in settings.backup_folder.iterdir()} == {".lock", made.backup.path.name}


def test_two_at_once_do_not_meet(app, settings):
    seen: list[str] = []

    def told(*_words: object) -> None:
        if not seen:
            seen.append("asked")
            with pytest.raises(making.BackupError, match="another backup"):
                create(settings, AT + timedelta(hours=1))

    making.create(settings, "0.1.0", AT, told)
    assert seen
    assert len(find_all(settings.backup_folder)) == 1


def test_restoring_never_overwrites(app, settings, member, stream, tmp_path):
    made = create(settings).backup.path
    refused = stream("backup", "restore", made)
    assert refused.exit_code == 1
    assert "--replace" in refused.output


def test_a_running_site_is_not_replaced_under_its_feet(app, settings, member, stream):
    made = create(settings).backup.path
    refused = stream("backup", "restore", made, "--replace")
    assert (refused.exit_code, "stop it first" in refused.output) == (1, True)
    assert member.get("/en/").status_code == 200


def test_what_was_there_is_kept_beside_it(app, settings, member, stream):
    made = create(settings).backup.path
    member.get("/en/lessons/dial")
    member.post("/en/lessons/dial/complete")
    given.close(app)
    run = stream("backup", "restore", made, "--replace")
    assert run.exit_code == 0, run.output
    (aside,) = settings.instance.glob(".before-*")
    assert holdings_of(aside / "stream.db").events > 0
    assert holdings_of(settings.instance / "stream.db").events == 0
    assert made.is_file()
    assert stream("lessons", "check").exit_code == 0


def test_a_backup_of_a_newer_version_is_refused_in_a_line(app, settings, stream, tmp_path):
    given.close(app)
    given.sql(settings, "UPDATE alembic_version SET version_num = '9999'")
    made = create(settings).backup.path
    run = stream("backup", "restore", made, instance=tmp_path / "new", lessons=tmp_path / "new-lessons")
    assert run.exit_code == 1
    assert "newer version" in run.output
    assert not list((tmp_path / "new").iterdir())


def test_a_damaged_site_can_be_replaced(app, settings, stream):
    made = create(settings).backup.path
    given.close(app)
    (settings.instance / "stream.db").write_bytes(b"SQLite format 3\0" + os.urandom(5000))
    assert stream("backup", "restore", made, "--replace").exit_code == 0
    assert holdings_of(settings.instance / "stream.db").members == 0


def test_on_a_full_disk_nothing_of_the_site_is_touched(app, settings, tmp_path):
    """The new folders are unpacked and checked before the first rename."""
    made = create(settings).backup.path
    shutil.copy(made, tmp_path / "kept.zip")
    damaged = made.read_bytes()[:-1] + b"x"
    made.write_bytes(damaged)
    given.close(app)
    before = sorted(path.name for path in settings.instance.iterdir())
    run = CliRunner(env=given.environment(settings)).invoke(main, ["backup", "restore", str(made), "--replace"])
    assert run.exit_code == 1
    assert sorted(path.name for path in settings.instance.iterdir() if "-wal" not in path.name) == [
        name for name in before if "-wal" not in name and "-shm" not in name
    ]
