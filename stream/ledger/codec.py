"""Events and standings in their stored form, byte for byte the same for the same value, wherever it is written.

Instants are text in UTC of fixed length, so that text order is time order. Stored events are never rewritten: where an
event's fields change, an upcast lifts the old form when it is read.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from stream.ledger.days import ByDay
from stream.ledger.events import TYPES, Event
from stream.ledger.reviews import Packed, Review, Reviews
from stream.ledger.standing import Completion, Fold, Standing

ENVELOPE = frozenset({"at", "day", "xp"})  # fields of every event that have columns of their own
VERSION = 1  # of the stored form of new events, as `v` in their data

ROOM = 1024  # characters: a state with answers in it is a multiple of it

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTS: Mapping[tuple[str, int], Upcast] = {}  # (type, version) -> data of the next version


class UnknownEvent(Exception):
    """An event of a type that this version of the code does not know: written by a newer one."""


class Unreadable(ValueError):
    """What is stored is nothing that the site writes, or not all of it: the disk lost something."""


class StoredEvent(NamedTuple):
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
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"  # in place of +00:00


def instant(text: str) -> datetime:
    """The instant that `instant_text` wrote. Raises Unreadable."""
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise Unreadable("an instant that is none") from error


def _plain(value: Any) -> Any:
    """A value as JSON has it, all that is in it too."""
    match value:
        case str() | int():
            return value
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
        case Completion() | Review():
            return {name: _plain(each) for name, each in zip(value._fields, value, strict=True)}
        case ByDay():
            return value.written
        case Mapping():
            return {_plain(key): _plain(each) for key, each in value.items()}
        case Standing():
            return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        case tuple() | Reviews():
            return [_plain(each) for each in value]
        case _:
            raise TypeError(f"the ledger writes no {type(value).__name__}")


_day = lru_cache(maxsize=4096)(date.fromisoformat)
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def canonical(value: Any) -> str:
    """The one JSON text of a value."""
    return _canonical.encode(value)


def to_stored(event: Event) -> StoredEvent:
    """The event as the table holds it."""
    data = {name: getattr(event, name) for name in _said_by(event.type)}
    return StoredEvent(
        event.type, event.subject, canonical({**data, "v": VERSION}), event.xp, instant_text(event.at),
        event.day.isoformat(),
    )  # fmt: skip


@lru_cache(maxsize=64)
def _said_by(kind: str) -> tuple[str, ...]:
    """What events of this type say besides what the subject and the columns do."""
    event = TYPES[kind]
    return tuple(each.name for each in fields(event) if each.name not in ENVELOPE and each.name != event.about)


def from_stored(stored: StoredEvent) -> Event:
    """The event that a row of the table holds. Raises UnknownEvent, Unreadable."""
    try:
        facts = _facts(stored.type, stored.subject, stored.data)
        return replace(facts, at=instant(stored.occurred_at), day=_day(stored.local_day), xp=stored.xp)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable("an event that is none") from error


def replay_stored(history: Iterable[tuple[str, str, str, int, str, str]]) -> Standing:
    """The standing after these stored events (any tuples of StoredEvent's fields), as `replay` has it. Raises
    UnknownEvent."""
    fold = Fold(Standing())
    for kind, subject, data, xp, occurred_at, local_day in history:
        fold.add(_facts(kind, subject, data), datetime.fromisoformat(occurred_at), _day(local_day), xp)
    return fold.standing()


@lru_cache(maxsize=8192)
def _facts(kind: str, subject: str, data: str) -> Event:
    """What an event says besides when it happened and what it earned. Learners of one site do much the same, so most
    of a ledger says what was read before."""
    known = TYPES.get(kind)
    if known is None:
        raise UnknownEvent(f"this version of Stream knows no event {kind!r}")
    values = _lifted(kind, json.loads(data))
    if known.about:
        values[known.about] = subject
    typed = {each.name: _typed(each.type, values[each.name]) for each in fields(known) if each.name in values}
    return known(at=datetime.max, day=date.max, **typed)


def standing_to_text(standing: Standing) -> str:
    """The one text of a standing, for people who take it along and to compare."""
    return canonical(_plain(standing))


class Written(NamedTuple):
    """A standing and how the table holds it: a line for each part, what changes least first.

    Spaces fill it up, so that it mostly stays as long as it was: then SQLite writes only pages that are different.
    Until 0.1 it was one line, the text.
    """

    standing: Standing
    lines: Mapping[str, str]
    plain: Mapping[str, Any] = MappingProxyType({})  # the parts that were read, as JSON has them

    @classmethod
    def of(cls, state: str) -> "Written":
        """Read what the table holds. Raises Unreadable."""
        try:
            return cls._of(state)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Unreadable("a standing that is none") from error

    @classmethod
    def _of(cls, state: str) -> "Written":
        if state.startswith("{"):
            return cls(standing_from_text(state), {})
        log, _, rest = state.partition("\n")  # most of the text, and copied once
        lines = dict(zip(LINES, (log, *rest.rstrip(" ").split("\n")), strict=True))
        raw = dict(zip(READ, json.loads(f"[{','.join([lines[name] for name in READ])}]"), strict=True))
        raw["review_xp"] = lines["review_xp"]
        raw["reviews"] = Packed(log, tuple((item, lesson) for item, lesson in raw["of"]))
        return cls(_standing(raw), lines, raw)

    def after(self, standing: Standing) -> str:
        """How a later standing is written; what is the same as in this one is not written anew."""
        log, of = standing.reviews.packed
        parts = [self._line(name, standing) for name in PARTS]
        state = "\n".join([log, self._line_of(of), *parts, str(standing.xp)])
        return state + " " * (-len(state) % ROOM if log else 0)

    def _line_of(self, of: tuple[tuple[str, str], ...]) -> str:
        return self.lines["of"] if self.lines and of is self.standing.reviews.packed.of else canonical(of)

    def _line(self, name: str, standing: Standing) -> str:
        value = getattr(standing, name)
        if name in self.lines and value is getattr(self.standing, name):
            return self.lines[name]
        return canonical(self._plain_of(name, value))

    def _plain_of(self, name: str, value: Any) -> Any:
        """As `_plain`: an act changes one of a learner's hundred completions, and the others are at hand."""
        before, known = getattr(self.standing, name), self.plain.get(name)
        if not isinstance(known, dict) or isinstance(value, ByDay):
            return _plain(value)
        return {key: known[key] if each is before.get(key) else _plain(each) for key, each in value.items()}


PARTS = ("review_xp", "active", "attempts", "failed", "passed", "opened", "fixed", "finished", "achievements",
         "completions")  # fmt: skip
LINES = ("log", "of", *PARTS, "xp")  # of the remembered answers, the log and what they are of
READ = tuple(name for name in LINES if name not in ("log", "review_xp"))  # these at once, the others when asked for
NOTHING = Written(Standing(), {})


def standing_to_state(standing: Standing) -> str:
    """The standing as the table holds it."""
    return NOTHING.after(standing)


def standing_from_state(state: str) -> Standing:
    """The standing that the table holds. Raises Unreadable."""
    return Written.of(state).standing


def xp_in(state: str) -> int:
    """The XP of a standing in the table, without reading the rest of it. Raises Unreadable."""
    try:
        return json.loads(state)["xp"] if state.startswith("{") else int(state.rpartition("\n")[2])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable("a standing that is none") from error


def standing_from_text(text: str) -> Standing:
    """The standing that `standing_to_text` wrote."""
    return _standing(json.loads(text))


def _standing(raw: Mapping[str, Any]) -> Standing:
    return Standing(
        xp=raw["xp"],
        completions=_view({lesson: _completion(each) for lesson, each in raw["completions"].items()}),
        opened=_view({lesson: _instants(each) for lesson, each in raw["opened"].items()}),
        attempts=_view(raw["attempts"]),
        failed=_instants(raw["failed"]),
        passed=_instants(raw["passed"]),
        finished=_instants(raw["finished"]),
        achievements=_instants(raw["achievements"]),
        active=ByDay(raw["active"], datetime.fromisoformat, instant_text),
        reviews=_reviews(raw["reviews"]),
        review_xp=ByDay(raw["review_xp"], int, int),
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


def _view(values: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(values)


def _instants(values: Mapping[str, str]) -> Mapping[str, datetime]:
    return _view({key: datetime.fromisoformat(at) for key, at in values.items()})


def _completion(raw: Mapping[str, Any]) -> Completion:
    courses, achievements = _view(raw["courses"]), tuple(raw["achievements"])
    at = datetime.fromisoformat(raw["at"])
    return Completion(at, raw["xp"], raw["course"], raw["revision"], courses, achievements)


def _reviews(raw: Any) -> Reviews:
    return Reviews(raw) if isinstance(raw, Packed) else Reviews(added=map(_review, raw))


def _review(raw: Mapping[str, Any]) -> Review:
    day, due = _day(raw["day"]), _day(raw["due"])
    return Review(raw["item"], raw["lesson"], instant(raw["at"]), day, due)
