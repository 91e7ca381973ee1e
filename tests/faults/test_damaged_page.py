"""Pages of the database that the disk lost: they are named, and nobody is shown a wrong number or a bare error.

`python -m benchmarks.damage 300` damages more of them.
"""

import random
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from browser import command, environment, free_port
from click.testing import CliRunner, Result

from benchmarks.actors import LESSON
from benchmarks.damage import Damage, any_pages, damaged, lively_site, overwritten, root_page, seen
from stream.cli import main

PAGE = 4096


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sequence[Damage]]:
    """A site's folder, and what came of its damaged copies."""
    folder = tmp_path_factory.mktemp("damaged")
    members = lively_site(folder)
    return folder, list(damaged(folder, members, any_pages(folder, 16, seed=8)))


def test_whatever_page_is_lost_the_doctor_names_it_or_nobody_misses_it(examined: tuple[Path, Sequence[Damage]]) -> None:
    _, found = examined
    assert [each for each in found if each.is_bad] == []
    assert sum(each.named for each in found) > 10


def test_a_reader_of_a_lost_page_is_told_in_words(examined: tuple[Path, Sequence[Damage]]) -> None:
    _, found = examined
    assert any(each.answers[503] for each in found)
    assert all(set(each.answers) <= {200, 303, 404, 503} for each in found)


@pytest.mark.parametrize("index", ["sqlite_autoindex_events_1", "sqlite_autoindex_standings_1"])
def test_an_index_that_hides_what_was_earned_lets_nobody_see_less(tmp_path: Path, index: str) -> None:
    members = lively_site(tmp_path)
    [found] = damaged(tmp_path, members, [(root_page(tmp_path, index), "half of it")])
    assert (found.wrong, found.faults) == ((), ())
    assert found.answers[503]
    assert found.named


def test_a_text_of_zeros_in_a_row_is_told_in_words(tmp_path: Path) -> None:
    members = lively_site(tmp_path)
    with closing(sqlite3.connect(tmp_path / "instance" / "stream.db")) as connection:
        connection.execute("UPDATE comments SET created_at = replace(hex(zeroblob(14)), '0', char(0))")
        connection.commit()
    answers = seen(tmp_path, members[-1])
    assert answers[f"{LESSON}/comments"].status == 503


@pytest.mark.parametrize("words", ["serve", "ledger verify", "db upgrade", "users admin minji"])
def test_over_a_file_without_its_first_page_every_command_says_so_in_one_line(
    examined: tuple[Path, Sequence[Damage]], tmp_path: Path, words: str
) -> None:
    copy_damaged(examined[0], tmp_path, 0)
    done = run(tmp_path, words)
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert "stream doctor" in done.stderr


def test_the_doctor_itself_looks_at_all_else_when_the_file_is_no_database(
    examined: tuple[Path, Sequence[Damage]], tmp_path: Path
) -> None:
    copy_damaged(examined[0], tmp_path, 0)
    done = run(tmp_path, "doctor")
    assert done.exit_code == 1
    assert "file is not a database" in done.stdout
    assert "stream backup restore" in done.stdout
    assert "lessons: " in done.stdout


def test_the_log_names_a_lost_page_as_soon_as_the_server_runs(
    examined: tuple[Path, Sequence[Damage]], tmp_path: Path
) -> None:
    damage = next(each for each in examined[1] if each.named and each.answers[200] and each.kind == "noise")
    copy_damaged(examined[0], tmp_path, damage.page)
    process = subprocess.Popen(
        command("serve", "--port", str(free_port())),
        env=environment(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    said = next(line for line in process.stderr if "database" in line)
    process.terminate()
    process.communicate(timeout=30)
    assert "is not whole" in said


def run(folder: Path, words: str) -> Result:
    """A `stream` command over the site in `folder`."""
    return CliRunner(env=environment(folder)).invoke(main, words.split())


def copy_damaged(source: Path, folder: Path, page: int) -> None:
    """A copy of the site with noise in this page."""
    (folder / "instance").mkdir()
    (folder / "lessons").symlink_to(source / "lessons")
    whole = (source / "instance" / "stream.db").read_bytes()
    found = overwritten(whole, PAGE, page, "noise", random.Random(1))
    (folder / "instance" / "stream.db").write_bytes(found)
    (folder / "instance" / "secret_key").write_bytes((source / "instance" / "secret_key").read_bytes())
