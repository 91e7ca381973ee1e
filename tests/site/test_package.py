"""What is packed, and what must never be in the project."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def test_every_package_travels_in_the_wheel() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "stream").rglob("__init__.py")}
    assert found <= set(listed)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_has_hashes_and_no_place(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    pins = re.findall(r"^[a-z0-9._-]+(?:\[[a-z,]+\])?==[^ ]+", text, re.MULTILINE)
    assert len(pins) > 20
    assert len(pins) <= text.count("--hash=sha256:")
    assert "://" not in text
    assert "--index" not in text


def test_every_dependency_earns_its_place_in_a_line() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.split("dependencies = [", 1)[1].split("]\n", 1)[0]
    assert [line for line in block.splitlines() if '"' in line and "#" not in line] == []


def test_only_one_place_lets_html_through_unescaped() -> None:
    sources = [path for path in (ROOT / "stream").rglob("*") if path.suffix in (".py", ".html")]
    safe = [path.name for path in sources if re.search(r"\|\s*safe\b|render_template_string", path.read_text("utf-8"))]
    wrapped = [path.name for path in sources if re.search(r"\bMarkup\(\w", path.read_text("utf-8"))]
    assert safe == []
    assert wrapped == ["page.py"]


def test_the_vendored_htmx_is_the_file_that_was_noted() -> None:
    folder = ROOT / "stream" / "static" / "vendor"
    noted = re.search(r"\b[0-9a-f]{64}\b", (folder / "README.md").read_text(encoding="utf-8"))
    run = subprocess.run(["sha256sum", folder / "htmx-4.0.1.min.js"], capture_output=True, text=True, check=True)
    assert noted is not None
    assert run.stdout.startswith(noted[0])
