"""The files for systemd are understood by systemd, and name commands that there are."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from stream.cli import main

FOLDER = Path(__file__).parent.parent.parent / "deploy" / "systemd"
UNITS = sorted(FOLDER.glob("*"))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    """The program is put where this machine has one: systemd asks whether it is there."""
    for unit in UNITS:
        text = re.sub(r"=/opt/stream/venv/bin/stream\b", "=/bin/true", unit.read_text(encoding="utf-8"))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *tmp_path.glob("*")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, [line for line in done.stderr.splitlines() if str(tmp_path) in line]) == (0, [])


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda path: path.name)
def test_every_unit_runs_a_command_that_exists(unit: Path) -> None:
    called = re.findall(r"^Exec\w+=/opt/stream/venv/bin/stream (.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    assert called
    for words in called:
        command = main
        for word in (word for word in words.split() if not word.startswith("-")):
            command = command.commands[word]  # type: ignore[attr-defined]


def test_every_timer_has_its_service() -> None:
    assert [unit.name for unit in UNITS if unit.suffix == ".timer" and not unit.with_suffix(".service").is_file()] == []


def test_every_service_is_shut_in() -> None:
    wanted = ("NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "User=stream")
    texts = {unit.name: unit.read_text(encoding="utf-8") for unit in UNITS if unit.suffix == ".service"}
    assert [(name, line) for name, text in texts.items() for line in wanted if line not in text.splitlines()] == []
