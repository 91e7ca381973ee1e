"""Git, where the lessons folder is in a repository: commits of one file, and its earlier texts.

Git runs without a shell, without hooks and without anything that a repository's settings could start.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

SECONDS = 20
MOST = 100  # commits listed
_INERT = ("core.hooksPath=/dev/null", "core.fsmonitor=false", "commit.gpgsign=false", "log.showSignature=false",
          "core.quotePath=false", "gc.auto=0", "maintenance.auto=false")  # fmt: skip
_HASH = re.compile(r"[0-9a-f]{40,64}")
_FIELDS = "%x1e%H%x1f%an%x1f%aI%x1f%s%x1f"


class GitFailed(Exception):
    """Git did not do it; the message is Git's own."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that touched the file; `path` is the name the file had in it, from the top of the repository."""

    hash: str
    author: str
    at: datetime
    subject: str
    path: str


def is_repository(root: Path) -> bool:
    """Whether the folder lies in a Git work tree and Git is there to work with it."""
    try:
        return _git(root, "rev-parse", "--is-inside-work-tree").strip() == b"true"
    except GitFailed:
        return False


def commit(root: Path, path: str, author: str, message: str) -> str:
    """Commit this file alone, whatever else is changed or staged; its short hash. Raises GitFailed."""
    who = " ".join(re.sub(r"[<>\x00-\x1f]", " ", author).split()) or "author"
    names = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER")
             for key, value in (("NAME", who), ("EMAIL", "author@stream.invalid"))}  # fmt: skip
    _git(root, "add", "--", path)
    _git(root, "commit", "--quiet", "--only", "--file=-", "--", path, said=message, names=names)
    return _git(root, "rev-parse", "--short", "HEAD").decode().strip()


def commits(root: Path, path: str) -> tuple[Commit, ...]:
    """The commits of a file, newest first, through its renames; none where there is no repository."""
    try:
        log = _git(root, "log", "--follow", "--name-only", f"--max-count={MOST}", f"--format={_FIELDS}", "--", path)
    except GitFailed:
        return ()
    records = log.decode("utf-8", "replace").split("\x1e")[1:]
    return tuple(_commit(record) for record in records)


def text_in(root: Path, commit: Commit) -> bytes | None:
    """The file as it stood in a commit."""
    try:
        return _git(root, "cat-file", "blob", f"{commit.hash}:{commit.path}") if _HASH.fullmatch(commit.hash) else None
    except GitFailed:
        return None


def _commit(record: str) -> Commit:
    found, author, at, subject, path = record.split("\x1f", 4)
    return Commit(found, author, datetime.fromisoformat(at), subject, path.strip("\n"))


def _git(root: Path, *arguments: str, said: str = "", names: dict[str, str] | None = None) -> bytes:
    git = shutil.which("git")
    if git is None:
        raise GitFailed("git is not installed")
    settings = [part for setting in _INERT for part in ("-c", setting)]
    command = [git, "--literal-pathspecs", "--no-pager", *settings, "-C", str(root), *arguments]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "XDG_CONFIG_HOME") if name in os.environ}
    environment = {**kept, "LC_ALL": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0", **(names or {})}
    try:
        done = subprocess.run(command, input=said.encode(), env=environment, capture_output=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        raise GitFailed(str(error)) from error
    if done.returncode:
        raise GitFailed(_message(done))
    return done.stdout


def _message(done: "subprocess.CompletedProcess[bytes]") -> str:
    said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
    return said[:400] or f"git ended with {done.returncode}"
