"""Frozen values as JSON and back, every type checked on the way: a stored text is never simply believed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Revive = Callable[[Any], Any]


def to_json(value: Any) -> str:
    """A dataclass made of texts, numbers, truth values, instants, tuples, mappings and dataclasses."""
    return json.dumps(asdict(value), ensure_ascii=False, default=datetime.isoformat)


def from_json(kind: type[T], text: str) -> T:
    """The inverse; raises ValueError when the text does not hold a `kind`."""
    return cast(T, _reviver(cast(Any, kind))(json.loads(text)))


@cache
def _reviver(kind: Any) -> Revive:
    """How a `kind` is revived: found out once, because a start revives thousands of lessons."""
    origin = get_origin(kind)
    if is_dataclass(kind):
        return _dataclass(cast(type, kind))
    if origin is tuple:
        return _tuple(_reviver(get_args(kind)[0]))
    if origin is Mapping:
        return _mapping(_reviver(get_args(kind)[1]))
    if origin is UnionType:
        present = _reviver(_present(kind))
        return lambda value: None if value is None else present(value)
    if origin is Literal:
        return partial(_one_of, get_args(kind))
    if kind is datetime:
        return lambda value: datetime.fromisoformat(_checked(str, value))
    return partial(_checked, kind)


def _dataclass(kind: type) -> Revive:
    fields = {name: _reviver(hint) for name, hint in get_type_hints(kind).items()}

    def revive(value: Any) -> Any:
        if _checked(dict, value).keys() != fields.keys():
            raise ValueError(f"not a {kind.__name__}")
        return kind(**{name: revive(value[name]) for name, revive in fields.items()})

    return revive


def _tuple(item: Revive) -> Revive:
    return lambda value: tuple(map(item, _checked(list, value)))


def _mapping(item: Revive) -> Revive:
    return lambda value: {key: item(each) for key, each in _checked(dict, value).items()}


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
