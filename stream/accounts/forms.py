"""What people type into the forms of accounts, as typed values. Unknown fields are never looked at."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from stream.accounts.problems import InvalidInput, Problem
from stream.accounts.signals import ACTS
from stream.accounts.zones import known_zones

LONGEST_KEPT = 20_000  # a text that waits for its writer to sign in
LONGEST_FIELD = 1000  # more is no name and no password; rules of their own say what is


@dataclass(frozen=True, slots=True)
class Entry:
    """Sign-in and sign-up: who, and what comes afterwards."""

    username: str = ""
    password: str = field(default="", repr=False)
    next: str = ""
    act: str = ""
    kept: str = ""
    kept_for: str = ""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the settings page keeps."""

    language: str
    time_zone: str | None


def entry(form: Mapping[str, str]) -> Entry:
    """Whatever was typed, the password exactly so. Names and passwords have rules of their own."""
    act = form.get("act", "")
    return Entry(
        username=form.get("username", "")[:LONGEST_FIELD],
        password=form.get("password", "")[:LONGEST_FIELD],
        next=form.get("next", ""),
        act=act if act in ACTS else "",
        kept=form.get("kept", "").replace("\r\n", "\n")[:LONGEST_KEPT],
        kept_for=form.get("kept_for", "")[:LONGEST_FIELD],
    )


def require_filled(typed: Entry) -> None:
    """Raises InvalidInput when the name or the password was left empty."""
    missing = (Problem("username", "name-missing"), Problem("password", "password-missing"))
    found = [problem for problem in missing if not getattr(typed, problem.field)]
    if found:
        raise InvalidInput(*found)


def preferences(form: Mapping[str, str], languages: Collection[str]) -> Preferences:
    """The chosen language and time zone; an empty zone means the site's."""
    language, zone = form.get("language", ""), form.get("time_zone", "")
    found = []
    if language not in languages:
        found.append(Problem("language", "unknown-language"))
    if zone and zone not in known_zones():
        found.append(Problem("time_zone", "unknown-zone"))
    if found:
        raise InvalidInput(*found)
    return Preferences(language, zone or None)
