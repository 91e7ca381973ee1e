"""What a check of the site finds: how one thing is, and what to do about it."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "fault"]  # a note is worth knowing; a fault wants mending


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` is how `name` is; `mend` says what to do, and is empty where all is well."""

    name: str
    state: State
    what: str
    mend: str = ""


def ok(name: str, what: str) -> Finding:
    """All is well."""
    return Finding(name, "ok", what)


def note(name: str, what: str, mend: str) -> Finding:
    """Worth knowing; the site works all the same."""
    return Finding(name, "note", what, mend)


def fault(name: str, what: str, mend: str) -> Finding:
    """Something is lost, refused or insecure until it is mended."""
    return Finding(name, "fault", what, mend)
