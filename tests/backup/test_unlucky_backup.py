"""Whatever is odd about a site, its clock or its disk: the backup is whole, or says that there is none, and why."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import given
import pytest
from click.testing import CliRunner
from crafted import AT, create, quiet

from stream.backup import making
from stream.backup.checking import verified
from stream.backup.folder import find_all, newest
from stream.backup.problems import BackupError
from stream.cli import main
from stream.maintenance import surroundings
from stream.settings import Settings

pytestmark = pytest.mark.sqlite
NOBODY = 65534
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files for others")


def run(settings: Settings, *words: object, **more: str):
    places = {**given.environment(settings), "STREAM_DATABASE_URL": "", **more}
    return CliRunner(env=places).invoke(main, [str(word) for word in words])


def names(made: making.Made) -> set[str]:
    return {part.name for part in made.manifest.parts}


def test_without_its_lessons_a_site_has_no_backup(app, settings):
    with pytest.raises(BackupError, match="nowhere"):
        create(replace(settings, lessons=settings.lessons / "nowhere"))


def test_a_folder_that_cannot_be_read_is_not_left_out_silently(app, settings):
    here = Path.cwd()
    os.chdir(settings.lessons)
    try:
        for _ in range(25):  # longer than a path may be
            os.mkdir("d" * 200)
            os.chdir("d" * 200)
    finally:
        os.chdir(here)
    with pytest.raises(BackupError, match="no backup was made"):
        create(settings)


def test_what_goes_while_it_is_packed_is_no_reason_to_fail(app, settings):
    (settings.lessons / "zz.md~").write_text("an editor's own", encoding="utf-8")

    def told(what: str, *_: int) -> None:
        if what == "packing":
            (settings.lessons / "zz.md~").unlink(missing_ok=True)

    making.create(settings, "0.1.0", AT, told)


def test_links_inside_of_the_lessons_are_taken_along_as_readers_see_them(app, settings, tmp_path):
    (settings.lessons / "dials" / "09-more.en.md").symlink_to("02-dial.en.md")
    (settings.lessons / "outside").symlink_to("/etc/passwd")
    (settings.lessons / "folder").symlink_to("dials")
    made = create(settings)
    assert "lessons/dials/09-more.en.md" in names(made)
    assert sorted(line.split(":")[0] for line in made.left_out) == ["lessons/folder", "lessons/outside"]


def test_what_is_left_out_is_said(app, settings):
    (settings.lessons / ".git").mkdir()
    (settings.lessons / ".git" / "config").write_text("[core]", encoding="utf-8")
    with open(os.fsencode(settings.lessons) + b"/\xff.md", "w", encoding="utf-8"):
        pass
    done = run(settings, "backup", "create")
    assert done.exit_code == 0, done.output
    assert "not in it: lessons/.git: history" in done.output
    assert "not in it: lessons/\\udcff.md: a name that cannot be shown" in done.output


def test_names_that_only_capitals_keep_apart_are_named(app, settings):
    (settings.lessons / "Notes.txt").write_text("1", encoding="utf-8")
    (settings.lessons / "notes.txt").write_text("2", encoding="utf-8")
    with pytest.raises(BackupError, match=r"lessons/Notes\.txt and lessons/notes\.txt differ only"):
        create(settings)


def test_a_standing_that_can_be_made_anew_is_no_damage(app, settings, member):
    """The next version of Stream may write it in another way."""
    member.get("/en/lessons/dial")
    member.post("/en/lessons/dial/complete")
    given.close(app)
    given.sql(settings, "UPDATE standings SET state = replace(state, '{', '{ ')")
    assert create(settings).manifest.holdings.events > 0


def test_a_tail_that_was_cut_is_damage(app, settings, member):
    member.get("/en/lessons/dial")
    member.post("/en/lessons/dial/complete")
    given.close(app)
    given.sql(settings, "DROP TRIGGER events_no_delete")
    given.sql(settings, "DELETE FROM events WHERE id = (SELECT max(id) FROM events)")
    with pytest.raises(BackupError, match="tail was cut"):
        create(settings)


def test_a_database_that_was_mostly_emptied_makes_a_small_backup(app, settings):
    """Zeros pack so well that the archive would look like one that wants to fill disks."""
    given.close(app)
    with closing(sqlite3.connect(settings.instance / "stream.db")) as database:
        database.execute("PRAGMA secure_delete=ON")
        database.execute("CREATE TABLE filler (x)")
        database.execute("INSERT INTO filler VALUES (zeroblob(130000000))")
        database.commit()
        database.execute("DROP TABLE filler")
    made = create(settings)
    assert next(part for part in made.manifest.parts if part.name == "database/stream.db").size < 2_000_000


def test_a_clock_that_was_wrong_takes_no_backup_away(app, settings):
    keeps_one = replace(settings, backup_daily=1, backup_weekly=1, backup_monthly=1)
    create(keeps_one)
    past = create(keeps_one, AT - timedelta(days=9000))
    assert past.backup.path.is_file()
    assert past.removed == ()


def test_backups_of_a_clock_that_stood_ahead_take_nobodys_place(app, settings):
    keeps_two = replace(settings, backup_daily=2, backup_weekly=1, backup_monthly=1)
    ahead = create(keeps_two, AT + timedelta(days=3650)).backup
    oldest, _yesterday, today = (create(keeps_two, AT - timedelta(days=day)) for day in (2, 1, 0))
    assert today.removed == (oldest.backup.path,)
    assert ahead in find_all(settings.backup_folder)
    assert newest(settings, AT) == today.backup
    assert newest(settings, AT - timedelta(days=9000)) == ahead  # all lie ahead: better one of them than none


def test_a_backup_made_in_ten_years_does_not_pass_for_a_new_one(app, settings):
    create(settings, AT + timedelta(days=3650))
    found = surroundings.backup(settings, AT, has_members=True)
    assert (found.state, "another clock" in found.what) == ("fault", True)


def test_a_file_that_was_cut_off_is_not_the_last_backup_and_pushes_none_out(app, settings):
    keeps_one = replace(settings, backup_daily=1, backup_weekly=1, backup_monthly=1)
    good = create(keeps_one).backup
    cut_off = good.path.with_name(making.name_of(AT + timedelta(days=1)))
    cut_off.write_bytes(good.path.read_bytes()[:-100])
    found = newest(keeps_one, AT)
    assert found is not None
    assert found.path == good.path
    making.rotate(keeps_one, good.path)
    assert good.path.is_file()


def test_a_backup_that_was_found_damaged_counts_no_more(app, settings):
    good, bad = (create(settings, AT + timedelta(days=day)).backup.path for day in (0, 1))
    content = bytearray(bad.read_bytes())
    content[5000] ^= 1
    bad.write_bytes(content)
    done = run(settings, "backup", "verify", bad)
    assert (done.exit_code, f"the file is {bad.name}.damaged now" in done.output) == (1, True)
    found = newest(settings, AT + timedelta(days=2))
    assert found is not None
    assert found.path == good


def test_a_damaged_file_elsewhere_keeps_its_name(app, settings, tmp_path):
    made = create(settings).backup.path
    other = tmp_path / made.name
    other.write_bytes(made.read_bytes()[:-1] + b"x")
    assert run(settings, "backup", "verify", other).exit_code == 1
    assert other.is_file()


def test_an_upgrade_that_is_tried_again_and_again_keeps_the_first_way_back(app, settings):
    first = create(settings, why="before-upgrade").backup.path
    for minute in range(1, 7):
        last = create(settings, AT + timedelta(minutes=minute), why="before-upgrade").backup.path
    assert {backup.path for backup in find_all(settings.backup_folder)} == {first, last}


def test_a_newer_database_is_refused_before_anything_is_made_or_removed(app, settings):
    given.close(app)
    given.sql(settings, "UPDATE alembic_version SET version_num = '9999'")
    done = run(settings, "db", "upgrade")
    assert (done.exit_code, "newer version" in done.output) == (2, True)
    assert not settings.backup_folder.exists()


def test_a_file_in_no_folder_is_refused_in_a_line(settings, tmp_path):
    done = run(settings, "backup", "verify", tmp_path / "no" / "folder.zip")
    assert (done.exit_code, "cannot be" in done.output) == (1, True)


def test_a_site_without_a_key_is_none(app, settings):
    with pytest.raises(BackupError, match="stream init"):
        create(replace(settings, secret_key=""))


def test_settings_that_stand_in_the_environment_travel_along(app, settings, tmp_path):
    made = run(settings, "backup", "create", "--to", tmp_path / "b.zip", STREAM_MAIL_FROM="Stream <s@learn.example>")
    assert made.exit_code == 0, made.output
    done = run(settings, "backup", "restore", tmp_path / "b.zip", "--to", tmp_path / "new")
    assert done.exit_code == 0, done.output
    kept = tmp_path / "new" / "instance" / "stream.env"
    assert kept.read_text(encoding="utf-8") == "STREAM_MAIL_FROM='Stream <s@learn.example>'\n"
    assert kept.stat().st_mode & 0o077 == 0
    assert str(kept) in done.output


def test_backups_in_the_instance_folder_itself_do_not_hold_each_other(app, settings):
    beside = replace(settings, backups=str(settings.instance))
    create(beside)
    assert not [name for name in names(create(beside, AT + timedelta(days=1))) if name.endswith(".zip")]


def test_what_a_killed_check_left_goes_after_a_day(app, settings):
    settings.backup_folder.mkdir()
    fresh, old = (settings.backup_folder / f".checking-{name}" for name in ("fresh", "old"))
    for each in (fresh, old):
        each.mkdir()
    os.utime(old, (1, 1))
    create(settings)
    assert (fresh.is_dir(), old.exists()) == (True, False)


@needs_root
def test_root_makes_backups_that_the_sites_own_user_can_go_on_with(app, settings, tmp_path):
    """Otherwise the backup of the next night could not even take its lock."""
    given.close(app)
    for folder in (settings.instance, settings.lessons):
        for each in (folder, *folder.rglob("*")):
            os.chown(each, NOBODY, NOBODY)
    made = create(settings).backup.path
    for each in (made, made.parent, made.parent / ".lock"):
        assert each.stat().st_uid == NOBODY
    assert run(settings, "backup", "restore", made, "--replace").exit_code == 0
    for folder in (settings.instance, settings.lessons):
        assert {each.stat().st_uid for each in folder.rglob("*")} == {NOBODY}


@pytest.mark.skipif(not Path("/usr/bin/unshare").exists(), reason="needs unshare")
def test_a_disk_that_is_really_full_is_left_with_room_for_the_site(app, settings, member, tmp_path):
    """A small disk of its own, in a namespace of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    script = f"mount -t tmpfs -o size=1m none {disk} && {sys.executable} -m stream backup create --to {disk}/b.zip"
    places = {**os.environ, **given.environment(settings), "STREAM_DATABASE_URL": ""}
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", f"{script}; echo $?; ls {disk}"]
    done = subprocess.run(command, env=places, capture_output=True, text=True)
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("this machine does not let us mount")
    assert done.stdout.split() == ["1"]
    assert "MB are free" in done.stderr
    assert member.get("/en/").status_code == 200


def test_checking_leaves_the_file_as_it_is(app, settings):
    made = create(settings).backup.path
    before = made.read_bytes(), made.stat().st_mtime_ns
    verified(made, quiet)
    assert (made.read_bytes(), made.stat().st_mtime_ns) == before
