"""What `stream lessons check` tells: everything that is wrong in a lessons folder, read afresh."""

from pathlib import Path

from stream.catalogue.lesson_file import Compile
from stream.catalogue.loader import Library
from stream.catalogue.model import Problem
from stream.markdown.render import compile_lesson


def check(root: Path, compile: Compile = compile_lesson) -> tuple[Problem, ...]:
    """By path and line. A new library without a cache has no last good revision to hide a fault."""
    if not root.is_dir():
        return (Problem(".", 1, "no-folder", f"there is no folder {root}"),)
    return Library(root, cache=None, compile=compile).catalogue().problems
