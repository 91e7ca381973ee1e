"""Events and standings in their stored form, byte for byte the same for the same value, wherever it is written.

Instants are text in UTC of fixed length, so that text order is time order. Stored events are never rewritten: where an
event's fields change, an upcast lifts the old form when it is read.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

from stream.ledger.events import TYPES, Event
from stream.ledger.standing import Completion, Review, Standing

INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
ENVELOPE = frozenset({"at", "day", "xp"})  # fields of every event that have columns of their own
VERSION = 1  # of the stored form of new events, as `v` in their data

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTS: Mapping[tuple[str, int], Upcast] = {}  # (type, version) -> data of the next version


class UnknownEvent(Exception):
    """An event of a type that this version of the code does not know: written by a newer one."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as the table holds it; `data` is canonical JSON, without what the subject and the columns say."""

    type: str
    subject: str
    data: str
    xp: int
    occurred_at: str
    local_day: str

    @classmethod
    def of(cls, row: Any) -> "StoredEvent":
        """From anything with columns of these names."""
        return cls(row.type, row.subject, row.data, row.xp, row.occurred_at, row.local_day)


def instant_text(at: datetime) -> str:
    """An instant as text."""
    return at.astimezone(UTC).strftime(INSTANT)


def instant(text: str) -> datetime:
    """The instant that `instant_text` wrote."""
    return datetime.fromisoformat(text)


def canonical(value: Any) -> str:
    """The one JSON text of a value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def to_stored(event: Event) -> StoredEvent:
    """The event as the table holds it."""
    names = (each.name for each in fields(event))
    data = {name: _plain(getattr(event, name)) for name in names if name not in ENVELOPE and name != event.about}
    return StoredEvent(
        event.type, event.subject, canonical({**data, "v": VERSION}), event.xp, instant_text(event.at),
        event.day.isoformat(),
    )  # fmt: skip


def from_stored(stored: StoredEvent) -> Event:
    """The event that a row of the table holds. Raises UnknownEvent."""
    kind = TYPES.get(stored.type)
    if kind is None:
        raise UnknownEvent(f"this version of Stream knows no event {stored.type!r}")
    data = _lifted(stored.type, json.loads(stored.data))
    if kind.about:
        data[kind.about] = stored.subject
    values = {each.name: _typed(each.type, data[each.name]) for each in fields(kind) if each.name in data}
    at, day = instant(stored.occurred_at), date.fromisoformat(stored.local_day)
    return kind(at=at, day=day, xp=stored.xp, **values)


def standing_to_text(standing: Standing) -> str:
    """The one text of a standing."""
    return canonical(_plain(standing))


def xp_in(text: str) -> int:
    """The XP of a standing's text, without reading the rest of it."""
    xp: int = json.loads(text)["xp"]
    return xp


def standing_from_text(text: str) -> Standing:
    """The standing that `standing_to_text` wrote."""
    raw = json.loads(text)
    return Standing(
        xp=raw["xp"],
        completions=_view({lesson: _completion(each) for lesson, each in raw["completions"].items()}),
        opened=_view({lesson: _instants(each) for lesson, each in raw["opened"].items()}),
        attempts=_view(raw["attempts"]),
        failed=_instants(raw["failed"]),
        passed=_instants(raw["passed"]),
        finished=_instants(raw["finished"]),
        achievements=_instants(raw["achievements"]),
        active=_view({date.fromisoformat(day): instant(at) for day, at in raw["active"].items()}),
        reviews=tuple(_review(each) for each in raw["reviews"]),
        review_xp=_view({date.fromisoformat(day): xp for day, xp in raw["review_xp"].items()}),
        fixed=_instants(raw["fixed"]),
    )


def _lifted(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    version = data.pop("v", VERSION)
    while (upcast := UPCASTS.get((kind, version))) is not None:
        data, version = upcast(data), version + 1
    return data


def _typed(annotation: Any, value: Any) -> Any:
    """A JSON value as the type of the event's field."""
    if annotation is date:
        return date.fromisoformat(value)
    if annotation == datetime | None:
        return None if value is None else instant(value)
    return tuple(value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    match value:
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {_plain(key): _plain(each) for key, each in value.items()}
        case tuple():
            return [_plain(each) for each in value]
        case Standing() | Completion() | Review():
            return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        case _:
            return value


def _view(values: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(values)


def _instants(values: Mapping[str, str]) -> Mapping[str, datetime]:
    return _view({key: instant(at) for key, at in values.items()})


def _completion(raw: Mapping[str, Any]) -> Completion:
    return Completion(
        at=instant(raw["at"]),
        xp=raw["xp"],
        course=raw["course"],
        revision=raw["revision"],
        courses=_view(raw["courses"]),
        achievements=tuple(raw["achievements"]),
    )


def _review(raw: Mapping[str, Any]) -> Review:
    day, due = date.fromisoformat(raw["day"]), date.fromisoformat(raw["due"])
    return Review(raw["item"], raw["lesson"], instant(raw["at"]), day, due)
