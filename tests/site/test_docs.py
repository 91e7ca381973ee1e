"""The docs say what is so."""

import re
from pathlib import Path

import click
import pytest

from stream.cli import main
from stream.ledger.rulebook import parse_rulebook
from stream.resources import SAMPLE_LESSONS
from stream.settings import described

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
CODE = re.compile(r"```sh\n(.*?)```|`([^`\n]+)`", re.DOTALL)
COMMAND = re.compile(r"(?:^|&& |sudo |bin/|exec stream )stream ((?:[a-z-]+)(?: [a-z-]+)?)", re.MULTILINE)


def known(words: str) -> bool:
    """Whether `stream WORDS…` begins with a command that exists."""
    command: click.Command = main
    for word in words.split():
        if not isinstance(command, click.Group):
            return True
        if word not in command.commands:
            return False
        command = command.commands[word]
    return True


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_command_in_the_docs_exists(page: Path) -> None:
    code = "\n".join(block or word for block, word in CODE.findall(page.read_text(encoding="utf-8")))
    assert [words for words in COMMAND.findall(code) if not known(words)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    prose = [link for link in links if not link.startswith("images/")]
    assert [link for link in prose if not (page.parent / link).exists()] == []


def test_the_architecture_page_names_every_package() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    packages = [path.parent.name for path in (ROOT / "stream").glob("*/__init__.py")]
    assert [name for name in packages if name not in text] == []


def test_every_setting_says_what_it_means() -> None:
    assert all(name.startswith("STREAM_") and len(meaning) > 10 for name, _, meaning in described())


def test_the_levels_page_has_words_for_every_amount() -> None:
    rules = parse_rulebook((SAMPLE_LESSONS / "rulebook.toml").read_text(encoding="utf-8"))
    page = (ROOT / "stream" / "progress" / "templates" / "levels.html").read_text(encoding="utf-8")
    assert [key for key in rules.amounts if f'"{key}"' not in page] == []
