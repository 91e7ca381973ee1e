"""What the tests of accounts share: other settings, another time, another address, the command line."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import given
import pytest
from click.testing import CliRunner, Result
from flask import Flask

from stream import clock
from stream.cli import main
from stream.settings import Settings


@pytest.fixture
def configure(app: Flask) -> Callable[..., None]:
    """Change settings of the running site."""

    def change(**changes: Any) -> None:
        app.config["STREAM"] = replace(app.config["STREAM"], **changes)

    return change


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let time pass: `wait(days=31)`."""
    passed = timedelta()
    today = clock.now

    def pass_by(**duration: float) -> None:
        nonlocal passed
        passed += timedelta(**duration)
        monkeypatch.setattr(clock, "now", lambda: today() + passed)

    return pass_by


@pytest.fixture
def users(app: Flask, settings: Settings) -> Callable[..., Result]:
    """The command line: `users("create", "minji")`."""
    places = given.environment(settings)

    def run(*words: str, **more: Any) -> Result:
        return CliRunner(env=places).invoke(main, ["users", *words], **more)

    return run
