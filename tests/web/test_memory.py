"""What a service keeps in memory: only what its requests need, bounded by what it truly takes."""

import subprocess
import sys

import pytest
from babel.localedata import load
from flask import Flask

from stream.web.kept_fragments import KeptFragments

SELDOM_NEEDED = (
    "alembic", "yaml", "PIL", "sqlalchemy.dialects.postgresql", "latex2mathml", "pygments.lexers", "segno",
    "rapidfuzz", "email.headerregistry", "tarfile",
)  # fmt: skip


def test_a_server_that_starts_loads_nothing_that_few_requests_need() -> None:
    code = "import sys, stream.cli; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "stream.factory" in loaded
    assert loaded.isdisjoint(SELDOM_NEEDED)


def test_kept_pieces_are_counted_by_the_memory_that_they_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stream.web.kept_fragments.MOST_BYTES", 100_000)
    kept = KeptFragments()
    for number in range(4):
        kept.piece((number,), lambda: "가" * 20_000)
    made = [number for number in range(4) if kept.piece((number,), lambda: "made anew") == "made anew"]
    assert 0 in made, "two bytes for each of 80,000 letters are more than the bound"
    assert 3 not in made


def test_a_piece_that_is_made_twice_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stream.web.kept_fragments.MOST_BYTES", 100_000)
    kept = KeptFragments()

    def outer() -> str:
        kept.piece(("same",), lambda: "x" * 40_000)  # as when two threads make it at once
        return "x" * 40_000

    kept.piece(("other",), lambda: "y" * 40_000)
    kept.piece(("same",), outer)
    assert kept.piece(("other",), lambda: "made anew") == "y" * 40_000


SHOWN = """
import sys
from datetime import datetime, timedelta
from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent
from stream.web.locales import let_go

language, *less = sys.argv[1:]
if less:
    let_go(language)
for style in ("short", "medium", "long", "full"):
    print(format_datetime(datetime(2026, 3, 4, 5, 6), style, locale=language))
for days in (0.001, 0.2, 3, 12, 40, 800):
    print(format_timedelta(timedelta(days=days), locale=language))
print(format_decimal(1234.5, locale=language), format_percent(0.5, locale=language))
"""


@pytest.mark.parametrize("language", ["en", "ko"])
def test_dates_spans_and_numbers_read_the_same_without_what_is_let_go(language: str) -> None:
    whole, less = (_shown(language), _shown(language, "less"))
    assert "2026" in whole
    assert less == whole


def _shown(*words: str) -> str:
    return subprocess.run([sys.executable, "-c", SHOWN, *words], capture_output=True, text=True, check=True).stdout


def test_what_no_page_shows_is_let_go(app: Flask) -> None:
    for language in ("en", "ko"):
        known = load(language)
        assert not {"territories", "currency_names"} & set(known)
        assert all(unit.startswith("duration-") for unit in known["unit_patterns"])


def test_free_memory_in_the_middle_of_the_heap_goes_back_to_the_system() -> None:
    """In a process of its own: what is kept above it holds the end of the heap."""
    code = """
from pathlib import Path
from stream.free_memory import give_back

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

pieces = [bytes(3_000) for _ in range(10_000)]
kept = bytes(3_000)
del pieces
before = resident()
give_back()
assert before - resident() > 20_000_000, (before, resident())
"""
    subprocess.run([sys.executable, "-c", code], check=True)
