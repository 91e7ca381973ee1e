"""`stream doctor` names what is not well, says how to mend it, and is content when it is mended."""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import given
import pytest
from click.testing import CliRunner
from flask import Flask

from stream import clock
from stream.cli import main
from stream.maintenance import surroundings
from stream.settings import Settings

pytestmark = pytest.mark.sqlite


class Doctor:
    """Asks `stream doctor --json` about a site."""

    def __init__(self, settings: Settings) -> None:
        self._places = given.environment(settings)
        self.exit_code = 0

    def states(self, **environment: str) -> dict[str, str]:
        """Name → state of each finding; the worst counts."""
        order = ["ok", "note", "fault"]
        found: dict[str, str] = {}
        for each in self.findings(**environment):
            found[each["name"]] = max(found.get(each["name"], "ok"), each["state"], key=order.index)
        return found

    def findings(self, **environment: str) -> list[dict[str, Any]]:
        run = CliRunner(env={**self._places, **environment}).invoke(main, ["doctor", "--json"])
        self.exit_code = run.exit_code
        return json.loads(run.stdout)


@pytest.fixture
def doctor(settings: Settings) -> Doctor:
    return Doctor(settings)


def test_a_new_site_is_well(doctor: Doctor):
    assert [state for state in doctor.states().values() if state == "fault"] == []
    assert doctor.exit_code == 0


def test_what_is_not_well_says_how_to_mend_it(doctor: Doctor, settings: Settings):
    (settings.instance / "secret_key").chmod(0o644)
    found = doctor.findings()
    assert doctor.exit_code == 1
    assert all(each["mend"] for each in found if each["state"] != "ok")
    assert doctor.states()["secret_key"] == "fault"
    (settings.instance / "secret_key").chmod(0o600)
    assert doctor.states()["secret_key"] == "ok"


def test_the_plain_page_shows_the_same(settings: Settings):
    (settings.instance / "secret_key").chmod(0o644)
    run = CliRunner(env=given.environment(settings)).invoke(main, ["doctor"])
    assert "fault  secret_key" in run.stdout
    assert f"→ chmod 600 {settings.instance / 'secret_key'}" in run.stdout


@pytest.mark.parametrize(
    ("environment", "name", "state"),
    [
        ({}, "public_url", "note"),
        ({"STREAM_PUBLIC_URL": "http://learn.example.org"}, "public_url", "fault"),
        ({"STREAM_PUBLIC_URL": "http://localhost:8000"}, "public_url", "ok"),
        ({"STREAM_PUBLIC_URL": "https://learn.example.org"}, "proxy_hops", "fault"),
        ({"STREAM_PUBLIC_URL": "https://learn.example.org", "STREAM_PROXY_HOPS": "1"}, "public_url", "ok"),
        ({"STREAM_PUBLIC_URL": "https://a.example", "STREAM_PROXY_HOPS": "1"}, "trusted_hosts", "note"),
        (
            {"STREAM_MAIL_HOST": "127.0.0.1", "STREAM_MAIL_PORT": "9", "STREAM_MAIL_FROM": "a@b.example"},
            "mail",
            "fault",
        ),
    ],
)
def test_settings_that_do_not_fit_are_named(doctor: Doctor, environment: dict[str, str], name: str, state: str):
    assert doctor.states(**environment)[name] == state


def test_a_damaged_page_is_found(doctor: Doctor, settings: Settings, member: given.Visitor, app: Flask):
    given.close(app)
    file = settings.instance / "stream.db"
    pages = bytearray(file.read_bytes())
    for start in range(4096, len(pages), 4096):
        pages[start : start + 8] = os.urandom(8)
    file.write_bytes(pages)
    found = doctor.states()
    assert (found["database"], found["ledger"], doctor.exit_code) == ("fault", "fault", 1)


def test_a_changed_event_is_found(doctor: Doctor, member: given.Visitor, app: Flask):
    member.get("/en/lessons/dial")
    member.post("/en/lessons/dial/complete")
    given.tamper(app)
    assert doctor.states()["ledger"] == "fault"


def test_a_broken_lesson_and_a_broken_rulebook_are_named(doctor: Doctor, lessons: Path):
    given.lesson(lessons, "dial", 2, publish_at="soon")
    (lessons / "rulebook.toml").write_text("version = [", encoding="utf-8")
    found = doctor.states()
    assert (found["lessons"], found["rulebook"]) == ("fault", "fault")


def test_a_folder_that_is_none_is_named(settings: Settings):
    in_the_way = settings.instance / "file"
    in_the_way.write_text("", encoding="utf-8")
    assert surroundings._writable(in_the_way).state == "fault"


def test_a_clock_that_stands_before_the_last_event_is_named(doctor: Doctor, member: given.Visitor, monkeypatch):
    member.get("/en/lessons/dial")
    member.post("/en/lessons/dial/complete")
    assert doctor.states()["clock"] == "ok"
    today = clock.now
    monkeypatch.setattr("stream.maintenance.commands.now", lambda: today() - timedelta(days=1))
    assert doctor.states()["clock"] == "fault"


def test_every_setting_is_listed(settings: Settings):
    run = CliRunner(env=given.environment(settings)).invoke(main, ["doctor", "--settings"])
    assert "STREAM_PROXY_HOPS=0" in run.stdout
