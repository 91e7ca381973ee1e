"""The handbooks say what is so, and the same in every language."""

import re
from pathlib import Path

import given
import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner

from stream.cli import main
from stream.settings import Settings

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^(`{3,})(\w*)\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
NAMED = re.compile(r"(?<![*\w])\*{1,2}([^*\n]+)\*{1,2}(?!\w*\*)")


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def blocks(name: str) -> list[tuple[str, str]]:
    """(language, content) of each code block; comments differ between translations."""
    found = [(language, content) for _, language, content in BLOCK.findall(text(name))]
    return [(language, re.sub(r" *# .*", "", content)) for language, content in found if language]


def screen_words(language: str) -> set[str]:
    """Everything that the pages say in this language."""
    file = ROOT / "stream" / "translations" / language / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as lines:
        catalogue = read_po(lines, locale=language)
    said = [message.string if language != "en" else message.id for message in catalogue if message.id]
    return {each for each in said if isinstance(each, str)}


@pytest.mark.parametrize("handbook", ["admin", "author", "learner"])
def test_both_languages_have_the_same_parts_and_the_same_code(handbook: str) -> None:
    english, korean = f"{handbook}.en.md", f"{handbook}.ko.md"
    assert text(english).count("\n## ") == text(korean).count("\n## ") > 3
    assert blocks(english) == blocks(korean)
    assert text(english).count("\n| ") == text(korean).count("\n| ")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_learners_are_told_to_press_stands_on_the_pages(language: str) -> None:
    named = NAMED.findall(text(f"learner.{language}.md"))
    labels = [words for words in named if not words.endswith(":")]
    assert len(labels) >= 10
    assert [words for words in labels if words not in screen_words(language)] == []


def test_the_commands_for_authors_do_what_is_said(settings: Settings, lessons: Path) -> None:
    (lessons / "dials").rename(lessons / "prompting")
    shell = next(content for language, content in blocks("author.en.md") if language == "sh")
    for line in shell.strip().splitlines():
        words = line.split()
        assert words[0] == "stream"
        run = CliRunner(env=given.environment(settings)).invoke(main, words[1:])
        assert run.exit_code == 0, run.output
    assert sorted(path.name for path in (lessons / "prompting").glob("*my-first-lesson*")) == [
        "04-my-first-lesson.en.md",
        "04-my-first-lesson.ko.md",
    ]


def test_the_examples_for_authors_are_lessons_without_fault(settings: Settings, lessons: Path) -> None:
    """Front matter and directives of the handbook, put together."""
    page = BLOCK.findall(text("author.en.md"))
    matter = next(content for _, language, content in page if language == "yaml")
    body = "\n\n".join(content for _, language, content in page if not language and ":::{" in content)
    for language in ("en", "ko"):
        (lessons / "dials" / f"09-what-a-prompt-does.{language}.md").write_text(matter + body, encoding="utf-8")
    run = CliRunner(env=given.environment(settings)).invoke(main, ["lessons", "check"])
    assert [line for line in run.output.splitlines() if "09-what" in line and "error" in line] == []
