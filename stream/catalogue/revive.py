"""Frozen values as JSON and back, every type checked on the way: a stored text is never simply believed."""

import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_json(value: Any) -> str:
    """A dataclass made of texts, numbers, truth values, instants, tuples, mappings and dataclasses."""
    return json.dumps(asdict(value), ensure_ascii=False, default=datetime.isoformat)


def from_json(kind: type[T], text: str) -> T:
    """The inverse; raises ValueError when the text does not hold a `kind`."""
    return cast(T, _revive(kind, json.loads(text)))


def _revive(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if is_dataclass(kind):
        return _dataclass(cast(type, kind), value)
    if origin is tuple:
        return tuple(_revive(get_args(kind)[0], item) for item in _checked(list, value))
    if origin is Mapping:
        return {key: _revive(get_args(kind)[1], item) for key, item in _checked(dict, value).items()}
    if origin is UnionType:
        return None if value is None else _revive(_present(kind), value)
    if origin is Literal:
        return _one_of(get_args(kind), value)
    return datetime.fromisoformat(_checked(str, value)) if kind is datetime else _checked(kind, value)


def _dataclass(kind: type, value: Any) -> Any:
    hints = _hints(kind)
    if _checked(dict, value).keys() != hints.keys():
        raise ValueError(f"not a {kind.__name__}")
    return kind(**{name: _revive(hint, value[name]) for name, hint in hints.items()})


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _present(kind: Any) -> Any:
    """What an optional value is when it is there."""
    return next(choice for choice in get_args(kind) if choice is not NoneType)


def _one_of(choices: tuple[Any, ...], value: Any) -> Any:
    if value not in choices:
        raise ValueError(f"{value!r} is none of {choices}")
    return value


def _checked(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{value!r} is not a {kind.__name__}")
    return value
