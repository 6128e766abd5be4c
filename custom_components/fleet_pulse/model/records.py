"""Records as they lie on disk: read by the types of their fields, trusted in nothing.

A value that does not fit its field is an InvalidRecord, and whoever holds a list of
records leaves out that one only: what a later version wrote must not cost the rest.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
import re
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints


class InvalidRecord(ValueError):
    """What lies on disk is no such record."""


def dump(value: Any) -> Any:
    """Return a record, or what is in one, as JSON takes it."""
    if is_dataclass(value):
        return {part.name: dump(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, Mapping):
        return {key: dump(one) for key, one in value.items()}
    if isinstance(value, frozenset):
        return sorted((dump(one) for one in value), key=repr)
    if isinstance(value, tuple):
        return [dump(one) for one in value]
    return _dumped(value)


def _dumped(value: Any) -> Any:
    """Return a value that holds no others as JSON takes it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return value.total_seconds() if isinstance(value, timedelta) else value


def load[T](kind: type[T], raw: object) -> T:
    """Return the record that was dumped; raises InvalidRecord."""
    if not isinstance(raw, Mapping):
        raise InvalidRecord(kind.__name__)
    record: Any = kind
    hints, values = _hints(record), {}
    for part in fields(record):
        if part.name in raw:
            values[part.name] = _loaded(hints[part.name], raw[part.name])
        elif part.default is MISSING and part.default_factory is MISSING:
            raise InvalidRecord(f"{kind.__name__}.{part.name}")
    return kind(**values)


@cache
def _hints(kind: type) -> dict[str, Any]:
    """Return the types of a record's fields."""
    return get_type_hints(kind)


def _loaded(hint: Any, raw: object) -> Any:
    """Return a value of a type, or raise InvalidRecord."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return _anything(raw)
    if origin is UnionType:
        return None if raw is None else _first(inner, raw)
    if origin in _MANY:
        return origin(_each(inner[0], raw))
    if origin is not None:
        if not isinstance(raw, Mapping):
            raise InvalidRecord(str(hint))
        return {str(key): _loaded(inner[1], one) for key, one in raw.items()}
    kind: type = hint
    if is_dataclass(kind):
        return load(kind, raw)
    return _plain(hint, raw)


def _first(hints: tuple[Any, ...], raw: object) -> Any:
    """Return a value of the first type that it fits."""
    *others, last = (one for one in hints if one is not NoneType)
    for hint in others:
        try:
            return _loaded(hint, raw)
        except InvalidRecord:
            continue
    return _loaded(last, raw)


def _anything(raw: object) -> Any:
    """Return a value whose type only its writer knows: a moment, words, a number."""
    if isinstance(raw, list):
        return tuple(_anything(one) for one in raw)
    if not isinstance(raw, str) or not _MOMENT.match(raw):
        return raw
    try:
        return _moment(raw)
    except ValueError, OverflowError:
        return raw


def _each(hint: Any, raw: object) -> list[Any]:
    """Return those of a list that are what they should be."""
    if not isinstance(raw, list):
        raise InvalidRecord(str(hint))
    found = []
    for one in raw:
        try:
            found.append(_loaded(hint, one))
        except InvalidRecord:
            continue
    return found


def _plain(kind: type, raw: object) -> Any:
    """Return a value that holds no others."""
    try:
        # A clock that is stopped, as in tests, has classes of its own for these.
        if issubclass(kind, datetime):
            return _moment(raw)
        if issubclass(kind, date):
            return date.fromisoformat(str(raw))
        if kind is timedelta:
            return timedelta(seconds=float(str(raw)))
        if issubclass(kind, StrEnum):
            return kind(str(raw))
    except ValueError, TypeError, OverflowError:
        raise InvalidRecord(kind.__name__) from None
    if kind is float and type(raw) is int:
        return float(raw)
    # A yes is a number to Python, so the types are compared exactly.
    if type(raw) is not kind:
        raise InvalidRecord(kind.__name__)
    return raw


def _moment(raw: object) -> datetime:
    """Return a moment that says its time zone, in UTC."""
    read = datetime.fromisoformat(str(raw))
    if read.tzinfo is None:
        raise ValueError("a time without a zone")
    return read.astimezone(UTC)


_MANY: Final = (tuple, frozenset)
# As `isoformat` writes it, so that no name or version is taken for one.
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
