"""The example files: each shows Markdown, a line with a full stop, and the HTML that it becomes."""

import re
from pathlib import Path

import pytest
from compiling import html_of

_EXAMPLES = Path(__file__).parent / "examples"
_FENCE = "`" * 20
_EXAMPLE = re.compile(rf"^## ([^\n]+)\n\n{_FENCE} example (\w+)\n(.*?)\n\.\n(.*?)\n{_FENCE}$", re.M | re.S)


def _examples() -> list[object]:
    return [
        pytest.param(*found.groups()[1:], id=f"{path.stem}: {found[1]}")
        for path in sorted(_EXAMPLES.glob("*.txt"))
        for found in _EXAMPLE.finditer(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("language", "markdown", "html"), _examples())
def test_an_example_becomes_what_its_file_shows(language, markdown, html):
    assert html_of(markdown, language) == html


def test_no_example_is_passed_over():
    fences = sum(path.read_text(encoding="utf-8").count(f"{_FENCE} example") for path in _EXAMPLES.glob("*.txt"))
    assert len(_examples()) == fences > 40
