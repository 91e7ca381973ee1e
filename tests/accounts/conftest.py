"""What the tests of accounts share: other settings, another time, another address."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from stream import clock


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
