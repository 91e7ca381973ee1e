"""What the tests of accounts share: other settings, another time, another address."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask


@pytest.fixture
def configure(app: Flask) -> Callable[..., None]:
    """Change settings of the running site."""

    def change(**changes: Any) -> None:
        app.config["STREAM"] = replace(app.config["STREAM"], **changes)

    return change
