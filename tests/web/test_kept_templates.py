"""Compiled templates on disk: used again after a restart, whatever happened to the files."""

from pathlib import Path

import pytest
from given import Visitor, close

from stream.factory import create_app
from stream.settings import Settings


@pytest.fixture
def folder(settings: Settings) -> Path:
    """Where they are, after a first visit."""
    visit(settings)
    return settings.instance / "compiled" / "templates"


def visit(settings: Settings) -> str:
    """A page of a site that has just been started."""
    app = create_app(settings)
    try:
        return Visitor(app).get("/en/lessons/dial").text
    finally:
        close(app)


def test_nothing_is_compiled_twice(settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(folder.iterdir())
    monkeypatch.setattr("jinja2.environment.Environment._compile", None)
    assert 'id="lesson"' in visit(settings)


@pytest.mark.parametrize("harm", [lambda code: code[:-9], lambda code: code[:60] + b"?" + code[61:], lambda code: b""])
def test_what_was_damaged_is_compiled_anew(settings: Settings, folder: Path, harm) -> None:  # type: ignore[no-untyped-def]
    whole = {path: path.read_bytes() for path in folder.iterdir()}
    for path, code in whole.items():
        path.write_bytes(harm(code))
    assert 'id="lesson"' in visit(settings)
    assert {path: path.read_bytes() for path in folder.iterdir()} == whole


def test_where_nothing_can_be_kept_pages_are_there_all_the_same(settings: Settings, folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.write_text("in the way")
    assert 'id="lesson"' in visit(settings)


def test_the_code_of_another_compiler_is_not_used(
    settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.read_bytes() for path in folder.iterdir()}
    monkeypatch.setattr("stream.web.kept_templates.version", lambda _name: "another")
    visit(settings)
    assert before.isdisjoint({path.read_bytes() for path in folder.iterdir()})
