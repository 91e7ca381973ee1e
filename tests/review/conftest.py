"""Letting days pass."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from stream import clock


@pytest.fixture
def days_pass(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """`days_pass(1)`: it is tomorrow."""
    passed, today = timedelta(), clock.now

    def wait(days: float) -> None:
        nonlocal passed
        passed += timedelta(days=days)
        monkeypatch.setattr(clock, "now", lambda: today() + passed)

    return wait
