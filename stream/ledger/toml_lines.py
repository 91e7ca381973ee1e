"""Where something stands in a TOML text: tomllib says it only of broken syntax, and there in words."""

import re
from collections.abc import Iterator

Numbered = tuple[int, str]  # a line of the text and its number, from 1


def line_of(text: str, table: str, key: str = "") -> int:
    """The line of `key` in the table so called, or in the one of a list whose own `key` is `table`; if the key is not
    there, the line where the table begins; and 1 for what is nowhere.
    """
    for lines in _tables(text):
        if _is_called(table, lines):
            return next((number for number, line in lines if _names(line) == key), lines[0][0])
    return 1


def line_in(error: Exception, text: str) -> int:
    """The line that tomllib complains of."""
    said = re.search(r"at line (\d{1,9})", str(error))
    return int(said[1]) if said else max(1, text.count("\n"))


def _tables(text: str) -> Iterator[list[Numbered]]:
    """The lines of each table with its header; first what stands before all headers."""
    lines: list[Numbered] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("[") and lines:
            yield lines
            lines = []
        lines.append((number, line.strip()))
    if lines:
        yield lines


def _is_called(table: str, lines: list[Numbered]) -> bool:
    header = lines[0][1].partition("#")[0].strip()
    if not table or header == f"[{table}]":
        return True
    own = re.compile(rf"""key\s*=\s*["']{re.escape(table)}["']""")
    return header.startswith("[[") and any(own.match(line) for _, line in lines)


def _names(line: str) -> str:
    """The key that a line sets."""
    found = re.match(r"""["']?([^"'=\s]+)["']?\s*=""", line)
    return found[1] if found else ""
