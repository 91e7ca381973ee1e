"""A restore puts everything in its place or leaves everything where it was."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import given
import pytest
from click.testing import CliRunner
from crafted import create

from stream.backup.databases import holdings_of
from stream.cli import main
from stream.settings import Settings

pytestmark = pytest.mark.sqlite


def run(settings: Settings, *words: object):
    places = {**given.environment(settings), "STREAM_DATABASE_URL": ""}
    return CliRunner(env=places).invoke(main, [str(word) for word in words])


@pytest.fixture
def backup(app, settings, member) -> Path:
    """Of a site that does not run any more, and has one event more since."""
    made = create(settings).backup.path
    member.get("/en/lessons/dial")
    member.post("/en/lessons/dial/complete")
    given.close(app)
    return made


def tree(settings: Settings) -> set[str]:
    found = [path for folder in (settings.instance, settings.lessons) for path in folder.rglob("*")]
    return {str(path) for path in found if not path.name.endswith(("-wal", "-shm"))}


@pytest.mark.parametrize("turn", [1, 2, 4, 6, 7, 9])
def test_when_one_move_fails_all_before_it_are_taken_back(backup, settings, monkeypatch, turn: int):
    """Such as where one of the folders is a disk of its own."""
    before, rename, count = tree(settings), os.rename, [0]

    def failing(old: Path, new: Path) -> None:
        count[0] += 1
        if count[0] == turn:
            raise OSError(16, "Device or resource busy", str(old))
        rename(old, new)

    monkeypatch.setattr(os, "rename", failing)
    done = run(settings, "backup", "restore", backup, "--replace")
    assert (done.exit_code, "busy" in done.output) == (1, True)
    assert tree(settings) == before


KILLED = """
import os, sys
from stream.cli import main
rename, count = os.rename, [0]
def killed(old, new):
    count[0] += 1
    if count[0] == {turn}:
        os.kill(os.getpid(), 9)
    rename(old, new)
os.rename = killed
main(["backup", "restore", {file!r}, "--replace"])
"""


@pytest.mark.parametrize("turn", [2, 5, 8])
def test_killed_half_way_nobody_meets_an_empty_site_and_the_next_try_finishes(backup, settings, turn: int):
    places = {**os.environ, **given.environment(settings), "STREAM_DATABASE_URL": ""}
    script = KILLED.format(turn=turn, file=str(backup))
    assert subprocess.run([sys.executable, "-c", script], env=places, capture_output=True).returncode == -9
    assert "run `stream init` first" in run(settings, "doctor").output  # what `serve` says, too
    done = run(settings, "backup", "restore", backup, "--replace")
    assert done.exit_code == 0, done.output
    assert holdings_of(settings.instance / "stream.db").events == 0
    kept = [path for path in settings.instance.glob(".before-*/stream.db") if holdings_of(path).events]
    assert len(kept) == 1
    assert not list(settings.instance.glob(".restoring-*"))


def test_lessons_and_backups_inside_of_the_instance_folder_stay_apart(app, settings):
    given.close(app)
    inside = replace(settings, lessons=settings.instance / "content", backups=str(settings.instance / "kept"))
    os.rename(settings.lessons, inside.lessons)
    places = {**given.environment(inside), "STREAM_BACKUPS": inside.backups, "STREAM_DATABASE_URL": ""}
    made = create(inside)
    assert not [part.name for part in made.manifest.parts if part.name.startswith("instance/content")]
    (inside.lessons / "site.toml").unlink()
    done = CliRunner(env=places).invoke(main, ["backup", "restore", str(made.backup.path), "--replace"])
    assert done.exit_code == 0, done.output
    assert (inside.lessons / "site.toml").is_file()
    assert made.backup.path.is_file()


def test_the_history_of_lessons_stays_so_that_one_sees_what_changed(backup, settings):
    (settings.lessons / ".git").mkdir()
    (settings.lessons / ".git" / "HEAD").write_text("ref: refs/heads/main", encoding="utf-8")
    assert run(settings, "backup", "restore", backup, "--replace").exit_code == 0
    assert (settings.lessons / ".git" / "HEAD").is_file()


def test_where_only_backups_are_left_there_is_nothing_to_replace(backup, settings):
    for each in settings.instance.iterdir():
        if each.name != "backups":
            given.removed(each)
    given.removed(settings.lessons)
    done = run(settings, "backup", "restore", backup)
    assert done.exit_code == 0, done.output
    assert holdings_of(settings.instance / "stream.db").members == 1


def test_into_a_folder_of_ones_own(backup, settings, tmp_path):
    before = tree(settings)
    done = run(settings, "backup", "restore", backup, "--to", tmp_path / "drill")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "drill" / "lessons" / "rulebook.toml").is_file()
    assert f"STREAM_INSTANCE={tmp_path / 'drill' / 'instance'}" in done.output
    assert tree(settings) == before
    again = run(settings, "backup", "restore", backup, "--to", tmp_path / "drill")
    assert (again.exit_code, "is not empty" in again.output) == (1, True)


def test_what_is_secret_is_its_owners_alone_at_any_depth(app, settings, tmp_path):
    (settings.instance / "revisions").mkdir()
    (settings.instance / "revisions" / "draft").write_text("not yet", encoding="utf-8")
    made = create(settings).backup.path
    assert run(settings, "backup", "restore", made, "--to", tmp_path / "drill").exit_code == 0
    found = [path for path in (tmp_path / "drill" / "instance").rglob("*") if path.is_file()]
    assert {path.name for path in found} == {"stream.db", "secret_key", "draft"}
    assert [path for path in found if path.stat().st_mode & 0o077] == []
