"""What energy costs when, whoever says so; what cannot be read is nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import zip_longest
from typing import Any, Final

from ..model.record import record
from .price_shapes import ANSWERS, DAYS, NUMBERED, REPEATED, SHAPES, Shape
from .price_words import factor as factor_of, moment, number
from .window import DAY, Span, joined, wall

_HOUR: Final = timedelta(hours=1)
_LONGEST: Final = timedelta(days=1)
_HUGE: Final = 1000

type _Said = tuple[datetime, datetime | None, float]
"""When a price begins, when it ends if that is said, and the price."""


@record
class Rate:
    """A price that holds for a span of time in UTC; its end is not in it."""

    start: datetime
    end: datetime
    price: float
    """Per kWh, in the currency of whoever says so; may be negative."""


def rates(
    attributes: Mapping[str, Any],
    state: str | None,
    zone: tzinfo,
    *,
    today: date | None = None,
) -> tuple[Rate, ...]:
    """Return the prices that an entity's attributes tell, in the order of time.

    `state` is that of the entity: an entity that is not available says nothing. Lists
    of bare numbers say prices of `today`, and nothing if that is not given.
    """
    if state == "unavailable":
        return ()
    factor = factor_of(attributes)
    for shape in SHAPES:
        if found := _found(attributes, shape, zone, factor):
            return found
    if found := _by_moment(attributes, zone, factor):
        return found
    return _of_days(attributes, today, zone, factor) if today else ()


def rates_of_response(platform: str, response: Any, zone: tzinfo) -> tuple[Rate, ...]:
    """Return the prices that an integration's action answered, in the order of time.

    Where it answers for several homes or areas, the first one counts.
    """
    shape = ANSWERS.get(platform)
    if shape is None or not isinstance(response, Mapping):
        return ()
    if not shape.lists:
        return next(
            (
                found
                for raw in response.values()
                if (found := _listed(raw, shape, zone))
            ),
            (),
        )
    return _found(response, shape, zone, 1)


def below(rates: Sequence[Rate], cap: float) -> tuple[Span, ...]:
    """Return when energy costs at most so much, as far as anybody says."""
    return joined(
        Span(start=rate.start, end=rate.end) for rate in rates if rate.price <= cap
    )


def _found(
    raw: Mapping[str, Any], shape: Shape, zone: tzinfo, factor: float
) -> tuple[Rate, ...]:
    """Return the prices of a shape."""
    parts: list[Any] = []
    for key in shape.lists:
        parts.extend(_items(raw.get(key)))
    return _listed(parts, shape, zone, factor)


def _items(raw: Any) -> Iterable[Any]:
    """Return the items of a list; of several lists by name, those of the first."""
    if isinstance(raw, Mapping):
        raw = next((items for items in raw.values() if items), None)
    return raw if isinstance(raw, list | tuple) else ()


def _listed(
    raw: Any, shape: Shape, zone: tzinfo, factor: float = 1
) -> tuple[Rate, ...]:
    """Return the prices of a list."""
    items = raw if isinstance(raw, list | tuple) else ()
    said = (_said(item, shape, zone, factor) for item in items)
    return tuple(_in_order([one for one in said if one is not None]))


def _said(raw: Any, shape: Shape, zone: tzinfo, factor: float) -> _Said | None:
    """Return what an item of a list says."""
    if not isinstance(raw, Mapping):
        return None
    start, price = moment(raw.get(shape.start), zone), number(raw.get(shape.price))
    if start is None or price is None:
        return None
    by = factor if shape.factor is None else shape.factor
    if shape.huge_factor is not None and abs(price) > _HUGE:
        by = shape.huge_factor
    return start, moment(raw.get(shape.end), zone) if shape.end else None, price * by


def _in_order(said: Sequence[_Said]) -> Iterator[Rate]:
    """Yield prices in the order of time, each with its end."""
    by_start = {start: (start, end, price) for start, end, price in said}
    ordered = sorted(by_start.values(), key=lambda one: one[0])
    length = _HOUR
    starts = [one[0] for one in ordered]
    for (start, end, price), follows in zip_longest(ordered, starts[1:]):
        until = _end(start, end, follows, length)
        if until - start <= _LONGEST:
            length = until - start
            yield Rate(start=start, end=until, price=price)


def _end(
    start: datetime,
    end: datetime | None,
    follows: datetime | None,
    length: timedelta,
) -> datetime:
    """Return when a price ends: as is said, at the next, or after as long as before."""
    if end is None or end <= start:
        # What comes much later follows a gap, in which nobody said a price.
        if follows is not None and follows - start <= _HOUR:
            return follows
        end = start + length
    return end if follows is None else min(end, follows)


def _by_moment(
    attributes: Mapping[str, Any], zone: tzinfo, factor: float
) -> tuple[Rate, ...]:
    """Return the prices of attributes whose very names are moments."""
    said: list[_Said] = []
    for key, value in attributes.items():
        start, price = moment(key, zone), number(value)
        if start is not None and price is not None and "-" in key:
            said.append((start, None, price * factor))
    return tuple(_in_order(said))


def _of_days(
    attributes: Mapping[str, Any], today: date, zone: tzinfo, factor: float
) -> tuple[Rate, ...]:
    """Return the prices that are told by their place in a day."""
    for keys in DAYS:
        found = [
            rate
            for ahead, key in enumerate(keys)
            for rate in _parts(attributes.get(key), today + ahead * DAY, zone, factor)
        ]
        if found:
            return tuple(found)
    said = [
        one
        for ahead, name in enumerate(NUMBERED)
        for one in _numbered(attributes, name, today + ahead * DAY, zone, factor)
    ]
    return tuple(_in_order(said))


def _parts(raw: Any, day: date, zone: tzinfo, factor: float) -> Iterator[Rate]:
    """Yield the prices of a list of numbers that divide a day into equal parts."""
    if not isinstance(raw, list | tuple) or not raw:
        return
    start = wall(day, time(), zone)
    length = (wall(day + DAY, time(), zone) - start) / len(raw)
    for at, value in enumerate(raw):
        price = number(value)
        if price is not None:
            begins = start + at * length
            yield Rate(start=begins, end=begins + length, price=price * factor)


def _numbered(
    attributes: Mapping[str, Any], name: str, day: date, zone: tzinfo, factor: float
) -> Iterator[_Said]:
    """Yield the prices of attributes that are numbered by the hours of a day."""
    for hour in range(24):
        at = wall(day, time(hour), zone)
        key = name.format(hour)
        price = number(attributes.get(key))
        again = number(attributes.get(key + REPEATED))
        if price is not None:
            yield at, at + _HOUR, price * factor
        if again is not None:
            yield at + _HOUR, at + 2 * _HOUR, again * factor
