"""The files for systemd name commands that there are, and each timer its service."""

import re
from pathlib import Path

import pytest

from stream.cli import main

FOLDER = Path(__file__).parent.parent.parent / "deploy" / "systemd"
UNITS = sorted(FOLDER.glob("*"))


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
