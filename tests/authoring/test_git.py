"""Where the lessons are in a Git repository: a real one, with real commits."""

import os
import subprocess
from pathlib import Path

import pytest
from authors import EDIT, Author

from stream.authoring import repository


def git(folder: Path, *arguments: str) -> str:
    """What Git answers, whoever runs the tests."""
    names = {f"GIT_{role}_{key}": "somebody" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **names}
    return subprocess.run(
        ("git", "-C", str(folder), *arguments), env=environment, check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def repo(lessons: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The lessons folder, committed."""
    monkeypatch.setenv("HOME", str(lessons.parent))
    git(lessons, "init", "--quiet")
    git(lessons, "add", ".")
    git(lessons, "commit", "--quiet", "--message", "Begin")
    return lessons


def last(repo: Path, form: str) -> str:
    """Of the last commit."""
    return git(repo, "log", "-1", f"--format={form}").strip()


def test_where_there_is_no_repository_nothing_is_offered(author: Author) -> None:
    author.open()
    assert 'name="commit"' not in author.page.text


def test_the_file_is_committed_under_the_authors_name_and_alone(author: Author, repo: Path) -> None:
    (repo / "site.toml").write_text((repo / "site.toml").read_text("utf-8") + "\n# mine\n", "utf-8")
    git(repo, "add", "site.toml")
    answer = author.save(author.open() + "\nMore.\n", commit="yes", message="Say more; $(touch x)")
    assert answer.status_code == 303
    assert "Committed as" in author.get(EDIT).text
    assert last(repo, "%an|%cn|%s") == "areum|areum|Say more; $(touch x)"
    assert git(repo, "show", "--name-only", "--format=", "HEAD").split() == ["dials/02-dial.en.md"]
    assert "M  site.toml" in git(repo, "status", "--short")


def test_without_the_box_nothing_is_committed(author: Author, repo: Path) -> None:
    author.save(author.open() + "\nMore.\n")
    assert last(repo, "%s") == "Begin"


def test_hooks_of_the_repository_do_not_run(author: Author, repo: Path) -> None:
    hook = repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch ran\nexit 1\n", "utf-8")
    hook.chmod(0o755)
    author.save(author.open() + "\nMore.\n", commit="yes")
    assert last(repo, "%s") == "Edit dials/02-dial.en.md"
    assert not (repo / "ran").exists()


def test_what_git_says_against_it_is_told_and_the_file_stays_saved(author: Author, repo: Path) -> None:
    (repo / ".git" / "index.lock").write_text("", "utf-8")
    text = author.open() + "\nMore.\n"
    author.save(text, commit="yes")
    page = author.get(EDIT).text
    assert "Saved, but not committed" in page
    assert "index.lock" in page
    assert (repo / "dials" / "02-dial.en.md").read_text("utf-8") == text


def test_where_git_is_missing_one_can_still_save(author: Author, repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repo))
    text = author.open() + "\nMore.\n"
    assert 'name="commit"' not in author.page.text
    author.save(text, commit="yes")
    assert "git is not installed" in author.get(EDIT).text


def test_commits_are_listed_through_a_renaming_and_shown(author: Author, repo: Path) -> None:
    git(repo, "mv", "dials/02-dial.en.md", "dials/09-dial.en.md")
    git(repo, "mv", "dials/02-dial.ko.md", "dials/09-dial.ko.md")
    git(repo, "commit", "--quiet", "--message", "Move <b>it</b>")
    author.save(author.open().replace("Turn it up", "Turn it down"), commit="yes", message="Turn")
    page = author.get("/en/admin/lessons/dial/en/revisions").text
    assert "Move &lt;b&gt;it&lt;/b&gt;" in page
    begun = next(each for each in repository.commits(repo, "dials/09-dial.en.md") if each.subject == "Begin")
    address = f"/en/admin/lessons/dial/en/revisions/{begun.hash}"
    assert address in page
    assert "<del>up</del><ins>down</ins>" in author.get(address).text


def test_a_commit_that_did_not_touch_the_file_has_no_page(author: Author, repo: Path) -> None:
    (repo / "site.toml").write_text((repo / "site.toml").read_text("utf-8") + "\n# mine\n", "utf-8")
    git(repo, "commit", "--quiet", "--all", "--message", "Elsewhere")
    found = last(repo, "%H")
    assert author.get(f"/en/admin/lessons/dial/en/revisions/{found}").status_code == 404


def test_a_name_that_git_could_misread_is_made_plain(repo: Path) -> None:
    path = repo / "dials" / "02-dial.en.md"
    path.write_text(path.read_text("utf-8") + "\nMore.\n", "utf-8")
    repository.commit(repo, "dials/02-dial.en.md", "a <b>\nc", "x")
    assert last(repo, "%an|%s") == "a b c|x"


def test_what_a_translation_followed_is_found_among_the_commits(author: Author, repo: Path) -> None:
    author.open()
    english, korean = (repo / "dials" / f"02-dial.{language}.md" for language in ("en", "ko"))
    korean.write_text(
        korean.read_text("utf-8").replace("---\n", f"---\ntranslates: {author.base()[:12]}\n", 1), "utf-8"
    )
    english.write_text(english.read_text("utf-8").replace("Turn it up", "Turn it down"), "utf-8")
    page = author.get("/en/admin/lessons/dial/ko/edit").text
    assert f"/en/admin/lessons/dial/en/revisions/{last(repo, '%H')}" in page
