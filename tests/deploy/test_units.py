"""The systemd units: systemd reads them, the site has the time and the places it needs, and little else."""

import os
import re
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import proxies
import pytest

from stream.serve import GRACE_SECONDS
from stream.settings import described

UNITS = sorted((proxies.DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
ANALYZE = shutil.which("systemd-analyze")
needs_systemd = proxies.needs(ANALYZE, "systemd")


def read(unit: Path) -> RawConfigParser:
    found = RawConfigParser(strict=False)
    found.optionxform = str  # type: ignore[assignment, method-assign]
    found.read_string(unit.read_text(encoding="utf-8"))
    return found


@needs_systemd
def test_systemd_finds_nothing_to_complain_about(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/stream/venv/bin/stream", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    run = subprocess.run([ANALYZE or "", "verify", *sorted(tmp_path.iterdir())], capture_output=True, text=True)
    complaints = [line for line in run.stderr.splitlines() if "stream" in line]
    assert (run.returncode, complaints) == (0, [])


@needs_systemd
def test_the_service_may_do_little() -> None:
    unit = proxies.DEPLOY / "systemd" / "stream.service"
    run = subprocess.run([ANALYZE or "", "security", "--offline=yes", unit], capture_output=True, text=True)
    level = re.search(r"exposure level for stream.service: ([0-9.]+)", run.stdout)
    assert level, run.stderr
    assert float(level[1]) < 2


def test_running_requests_have_the_time_to_finish() -> None:
    service = read(proxies.DEPLOY / "systemd" / "stream.service")["Service"]
    assert int(service["TimeoutStopSec"]) > GRACE_SECONDS + 5


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_all_units_speak_of_the_same_site(unit: Path) -> None:
    service = read(unit)["Service"]
    assert service["ExecStart"].startswith("/opt/stream/venv/bin/stream ")
    assert (service["User"], service["StateDirectory"]) == ("stream", "stream")
    assert service["Environment"] == "STREAM_INSTANCE=/var/lib/stream STREAM_LESSONS=/srv/stream/lessons"
    assert service["EnvironmentFile"] == "-/etc/stream.env"


def test_the_command_for_admins_speaks_of_that_site_too() -> None:
    script = proxies.DEPLOY / "stream"
    text = script.read_text(encoding="utf-8")
    assert os.access(script, os.X_OK)
    assert "STREAM_INSTANCE=/var/lib/stream STREAM_LESSONS=/srv/stream/lessons" in text
    assert "/opt/stream/venv/bin/stream" in text
    assert subprocess.run(["sh", "-n", script]).returncode == 0


def test_the_file_of_settings_holds_settings() -> None:
    text = (proxies.DEPLOY / "stream.env").read_text(encoding="utf-8")
    named = re.findall(r"^#?(STREAM_\w+)=", text, re.MULTILINE)
    assert len(named) > 5
    assert set(named) <= {name for name, _, _ in described()}
