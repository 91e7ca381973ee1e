"""Whether the packages that are installed are those that the lock names: nothing else was tried."""

import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution

_PIN = re.compile(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^ ;]+) *(?:; *([^\\]+?))? *\\$", re.MULTILINE)
_VERSION = re.compile(r"^Version: *(\S+)", re.MULTILINE)
_CLAIM = re.compile(r"(\w+) *(==|!=|<=|>=|<|>) *'([^']*)'")


@dataclass(frozen=True, slots=True)
class Other:
    """A package in another version than the lock names; `installed` is empty where it is not there."""

    name: str
    locked: str
    installed: str

    def __str__(self) -> str:
        return f"{self.name} {self.installed or 'missing'} (the lock: {self.locked})"


def others(lock: str) -> list[Other]:
    """Every package of the lock that is not installed as it says."""
    found = (Other(name, locked, _installed(name)) for name, locked in pins(lock))
    return [each for each in found if each.installed != each.locked]


def pins(lock: str, here: Mapping[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """(name, version) of each package that belongs into an environment: this one unless another is told."""
    here = here or surroundings()
    for name, locked, marker in _PIN.findall(lock):
        if not marker or belongs(marker, here):
            yield name, locked


def surroundings() -> dict[str, str]:
    """What markers ask about."""
    return {
        "implementation_name": sys.implementation.name,
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_system": platform.system(),
        "python_full_version": platform.python_version(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
    }


def belongs(marker: str, here: Mapping[str, str]) -> bool:
    """Whether a marker holds. The lock has the simple ones: claims with `and` and `or`, without brackets."""
    return any(all(_holds(claim, here) for claim in part.split(" and ")) for part in marker.split(" or "))


def _holds(claim: str, here: Mapping[str, str]) -> bool:
    found = _CLAIM.fullmatch(claim.strip())
    if found is None or found[1] not in here:
        raise ValueError(f"a marker that is not understood: {claim}")
    name, order, wanted = found.groups()
    if order in ("==", "!="):
        return (here[name] == wanted) == (order == "==")
    mine, limit = _numbers(here[name]), _numbers(wanted)
    return {"<": mine < limit, "<=": mine <= limit, ">": mine > limit, ">=": mine >= limit}[order]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)[:3]))


def _installed(name: str) -> str:
    """Read by hand: parsing all of what a package says of itself takes twice as long, and every start waits for it."""
    try:
        told = distribution(name).read_text("METADATA") or ""
    except PackageNotFoundError:
        return ""
    found = _VERSION.search(told)
    return found[1] if found else ""
