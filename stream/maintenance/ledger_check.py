"""The last check of the whole ledger, remembered: it takes too long to be made for each look at a page."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from stream.progress import audit

FILE = "ledger_check.json"  # in the instance folder; may be deleted at any time
NAMED = 5  # faults that are remembered by name


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """What was found, and when: how many events and faults, and the first faults in words."""

    at: datetime
    events: int
    faults: int
    named: tuple[str, ...]


def check(instance: Path, at: datetime, checked: Callable[[int], object] = lambda _: None) -> LedgerCheck:
    """Check every chain and projection, and remember what was found. `checked` hears of each learner's events."""
    found: list[str] = []
    total = 0
    for number, faults in audit.faults():
        found += map(str, faults)
        total += number
        checked(number)
    result = LedgerCheck(at, total, len(found), tuple(found[:NAMED]))
    _keep(instance / FILE, result)
    return result


def last_check(instance: Path) -> LedgerCheck | None:
    """What `check` found last; None when it never ran here."""
    try:
        raw = json.loads((instance / FILE).read_text(encoding="utf-8"))
        return LedgerCheck(datetime.fromisoformat(raw["at"]), raw["events"], raw["faults"], tuple(raw["named"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(path: Path, result: LedgerCheck) -> None:
    try:
        with NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False) as file:
            json.dump({**asdict(result), "at": result.at.isoformat()}, file)
        os.replace(file.name, path)
    except OSError:
        return  # only the memory of it is lost
