"""What is installed is what the lock names; where it is not, the log and `stream doctor` say so."""

import os
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from live import live

from benchmarks.served import finished, new_site
from stream.maintenance import parts, surroundings
from stream.resources import LOCK

ROOT = Path(__file__).parent.parent.parent


def other(name: str, wanted: str) -> str:
    """A lock that wants another version of one package."""
    text = LOCK.read_text(encoding="utf-8")
    changed = text.replace(f"\n{name}=={version(name)}", f"\n{name}=={wanted}")
    assert changed != text
    return changed


def test_the_tests_run_with_the_packages_of_the_lock() -> None:
    assert parts.others((ROOT / "requirements-dev.txt").read_text(encoding="utf-8")) == []


def test_the_lock_that_travels_is_the_one_beside_the_package() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert LOCK.read_bytes() == (ROOT / "requirements.txt").read_bytes()
    assert LOCK.is_symlink()
    assert LOCK.name in told["tool"]["setuptools"]["package-data"]["stream"]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_line_of_the_lock_is_understood(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    unconditional = sum(";" not in line for line in lines)
    assert unconditional > 20
    assert unconditional <= len(list(parts.pins(text))) <= len(lines)


@pytest.mark.parametrize(
    ("marker", "holds"),
    [
        ("python_full_version < '3.12'", False),
        ("python_full_version >= '3.12'", True),
        ("sys_platform == 'linux' and python_full_version < '3.13.1'", True),
        ("sys_platform == 'win32' or implementation_name != 'pypy'", True),
        ("python_full_version >= '3.9' and sys_platform == 'win32'", False),
    ],
)
def test_markers_are_respected(marker: str, holds: bool) -> None:
    here = {"python_full_version": "3.13.0rc1", "sys_platform": "linux", "implementation_name": "cpython"}
    assert parts.belongs(marker, here) is holds


def test_a_package_that_differs_is_named_with_both_versions(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(other("flask", "3.0.0"), encoding="utf-8")
    found = surroundings.packages(lock)
    assert (found.state, found.what) == ("note", f"not as in the lock: flask {version('flask')} (the lock: 3.0.0)")
    assert surroundings.packages().state == "ok"
    assert surroundings.packages(tmp_path / "nothing.txt").state == "note"


def test_a_server_that_starts_with_another_package_says_so(tmp_path: Path) -> None:
    finished(new_site(tmp_path))
    told = tmp_path / "older" / "segno-0.1.dist-info" / "METADATA"
    told.parent.mkdir(parents=True)
    told.write_text("Metadata-Version: 2.1\nName: segno\nVersion: 0.1\n", encoding="utf-8")
    with live(tmp_path, PYTHONPATH=f"{tmp_path / 'older'}{os.pathsep}{ROOT}") as site:
        site.ask("/healthz")
        assert site.said().count("packages:") == 1
        assert f"packages: not as in the lock: segno 0.1 (the lock: {version('segno')})" in site.said()
