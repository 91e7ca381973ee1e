"""The active rulebook: `rulebook.toml`, read again when it changes. A broken edit keeps the last good one."""

import logging
import threading
from pathlib import Path

from flask import Flask, current_app, g

from stream.ledger.rulebook import Rulebook, RulebookError, parse_rulebook
from stream.resources import SAMPLE_LESSONS

log = logging.getLogger(__name__)


class RulebookFile:
    """A rulebook on disk. `current` costs one stat when nothing has changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._signature: tuple[int, int] | None = None
        self._rulebook: Rulebook | None = None
        self.problem = ""  # why the file as it stands now is not in force

    def current(self) -> Rulebook:
        """The rulebook in force. Without any readable file: the one that comes with the code."""
        signature = self._stat()
        if self._rulebook is None or signature != self._signature:
            with self._lock:
                self._read(signature)
        assert self._rulebook is not None
        return self._rulebook

    @property
    def stamp(self) -> tuple[int, int] | None:
        """Changes with the file."""
        return self._signature

    def _stat(self) -> tuple[int, int] | None:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size

    def _read(self, signature: tuple[int, int] | None) -> None:
        self._signature = signature
        try:
            self._rulebook = read_rulebook(self.path)
            self.problem = ""
        except (OSError, UnicodeDecodeError, RulebookError) as error:
            self.problem = problem_of(self.path, error)
            log.error("rulebook not in force: %s", self.problem)
            if self._rulebook is None:
                packed = (SAMPLE_LESSONS / "rulebook.toml").read_text(encoding="utf-8")
                self._rulebook = parse_rulebook(packed)


def read_rulebook(path: Path) -> Rulebook:
    """The rulebook that a file holds. Raises what `problem_of` puts into words."""
    return parse_rulebook(path.read_text(encoding="utf-8"))


def problem_of(path: Path, error: Exception) -> str:
    """What is wrong with a rulebook file, and in which line."""
    match error:
        case RulebookError():
            return f"{path}:{error.line}: {error}"
        case OSError():
            return f"{path}: {error.strerror}"
        case _:
            return f"{path}: {error}"


def init_app(app: Flask, path: Path) -> None:
    """Play by the rulebook at `path`."""
    app.extensions["stream.rulebook"] = RulebookFile(path)


def rulebook_file() -> RulebookFile:
    """Where the rulebook in force comes from."""
    file: RulebookFile = current_app.extensions["stream.rulebook"]
    return file


def rulebook() -> Rulebook:
    """The rulebook in force."""
    return rulebook_file().current()


def level_names(rules: Rulebook) -> tuple[str, ...]:
    """Level names in the reader's language, or in the first one that the rulebook has."""
    names = rules.level_names
    return names.get(g.language) or next(iter(names.values()))


def rulebook_path() -> Path:
    """The file that the rulebook in force is read from."""
    file: RulebookFile = current_app.extensions["stream.rulebook"]
    return file.path


def rulebook_problem() -> str:
    """Why the rulebook file as it stands now is not in force; empty if it is."""
    file: RulebookFile = current_app.extensions["stream.rulebook"]
    file.current()
    return file.problem
