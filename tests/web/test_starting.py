"""What a start does not wait for."""

import subprocess
import sys
import tomllib
from typing import Any

import pytest
from werkzeug.routing import Map, Rule

from stream.resources import PACKAGE
from stream.web.routes import Build, LateRule

COMMAND = """
import gc, sys
from stream.__main__ import run

sys.argv = ["stream", "--version"]
try:
    run()
finally:
    print(gc.isenabled(), gc.get_freeze_count() > 0)
"""


def test_what_was_loaded_is_left_out_when_garbage_is_looked_for() -> None:
    run = subprocess.run([sys.executable, "-c", COMMAND], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "True True"


def test_the_installed_command_is_the_one_of_the_package() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"stream": "stream.__main__:run"}


@pytest.mark.parametrize(
    "values", [{"language": "ko", "n": 3}, {"language": "a b/힣?", "n": 3, "self": "x", "page": [1, 2]}]
)
def test_addresses_are_built_as_werkzeug_builds_them(values: dict[str, Any]) -> None:
    kinds = (LateRule, Rule)
    late, usual = (Map([kind("/<language>/x/<int:n>", endpoint="x")]).bind("here.test") for kind in kinds)
    for unknown in (True, False, True):
        assert late.build("x", values, append_unknown=unknown) == usual.build("x", values, append_unknown=unknown)


def test_how_an_address_is_built_is_compiled_when_it_is_first_asked_for() -> None:
    compiled = []

    class Told(Rule):
        def _compile_builder(self, append_unknown: bool = True) -> Build:
            compiled.append(append_unknown)
            return super()._compile_builder(append_unknown)

    class Late(LateRule, Told):
        pass

    places = Map([Late("/<language>", endpoint="x")]).bind("here.test")
    assert not compiled
    assert [places.build("x", {"language": language}) for language in ("en", "ko")] == ["/en", "/ko"]
    assert compiled == [True]
