"""Everything that `stream doctor` looks at, in one order."""

import platform
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from stream.catalogue.loader import Library
from stream.maintenance import contents, surroundings
from stream.maintenance.findings import Finding
from stream.settings import Settings


def diagnosis(
    settings: Settings, library: Library, at: datetime, checked: Callable[[int], object]
) -> Iterator[Finding]:
    """How the site is, one finding after the other. `checked` hears how many events of the ledger were checked."""
    yield from at_a_glance(settings, library, at)
    yield from contents.indexes(settings)
    yield contents.ledger(settings, at, checked)
    yield from contents.mail(settings)


def clock(at: datetime) -> Finding:
    """Whether the clock can be right."""
    return surroundings.clock(at, contents.newest_event(), Path(__file__))


def at_a_glance(settings: Settings, library: Library, at: datetime) -> Iterator[Finding]:
    """All but what takes long, or asks another machine."""
    yield surroundings.programs(sqlite3.sqlite_version, platform.python_version())
    yield surroundings.packages()
    yield from surroundings.folders(settings)
    yield surroundings.disk(settings)
    yield clock(at)
    yield from surroundings.address(settings)
    yield from contents.database(settings)
    yield contents.schema()
    yield from contents.lessons(library)
    yield surroundings.backup(settings, at, contents.has_members())
