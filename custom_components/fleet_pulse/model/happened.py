"""What a car did between two of its words.

    before, after ─▶ each row: two words that differ? ─▶ both the car's own, of this run,
                     the newer one fresh? ─▶ told, with the moment the car said it

A word that comes late or again, a first one, one of before a restart and one that takes
the place of an unknown tell nothing: something may have been so for long.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from . import vehicle_fields as fields
from .field import Field, Group, Reading, Source
from .plugged import plugged
from .record import record
from .state import State

FRESH: Final = timedelta(minutes=15)
"""What the car said longer ago is no news: nobody may open a garage for it."""
_NEAR_FULL: Final = 1
"""By so many points a battery that is done may miss its limit."""
_DROVE_KM: Final = 1.0


class CarNewsKind(StrEnum):
    """What a car can do that an owner may wait for."""

    ARRIVED = "arrived"
    CHARGING_COMPLETE = "charging_complete"
    CHARGING_STARTED = "charging_started"
    CHARGING_STOPPED = "charging_stopped"
    FELL_ASLEEP = "fell_asleep"
    LEFT = "left"
    PLUGGED_IN = "plugged_in"
    UNPLUGGED = "unplugged"
    WOKE_UP = "woke_up"


@record
class CarNews:
    """Something a car did."""

    kind: CarNewsKind
    said_at: datetime
    """When the car said so; it did it some time before, since its last word."""
    soc: int | None = None
    """The level of its battery in percent, as it said last."""
    soc_said_at: datetime | None = None
    zone: str | None = None
    """The zone it came into or left, by entity id."""


@record
class Stay:
    """The zones a car was in by its word before, and is in by its last."""

    before: frozenset[str]
    after: frozenset[str]


@record
class _Row:
    """One thing a car can do: which word was which, and what must be so besides."""

    kind: CarNewsKind
    said: Callable[[State], Reading[Any] | None]
    was: frozenset[Any]
    became: frozenset[Any]
    applies: Callable[[State, State], bool] = lambda before, after: True


def happened(
    before: State, after: State, *, now: datetime, stay: Stay | None = None
) -> tuple[CarNews, ...]:
    """Return what a car did between two states of it, the first thing first.

    `stay` says by which zones it came and went; None: nobody knows where it is.
    """
    if after is before:
        return ()
    # What we expect of a car it has not done.
    before, after = State(before.readings), State(after.readings)
    told = [*_moved(before, after, now, stay), *_changed(before, after, now)]
    return tuple(sorted(told, key=lambda news: _ORDER.index(news.kind)))


def _changed(before: State, after: State, now: datetime) -> Iterator[CarNews]:
    """Yield what words that differ tell."""
    for row in _ROWS:
        was, became = row.said(before), row.said(after)
        if was is None or became is None or not _is_news(was, became, now):
            continue
        is_so = was.value in row.was and became.value in row.became
        if is_so and row.applies(before, after):
            yield _news(row.kind, became.at, after)


def _moved(
    before: State, after: State, now: datetime, stay: Stay | None
) -> Iterator[CarNews]:
    """Yield which zones the car came into and left."""
    was, became = before.said(fields.LOCATION), after.said(fields.LOCATION)
    if stay is None or was is None or became is None:
        return
    if None in (was.value, became.value) or not _is_news(was, became, now):
        return
    for zone in sorted(stay.before - stay.after):
        yield _news(CarNewsKind.LEFT, became.at, after, zone)
    for zone in sorted(stay.after - stay.before):
        yield _news(CarNewsKind.ARRIVED, became.at, after, zone)


def _is_news(was: Reading[Any], became: Reading[Any], now: datetime) -> bool:
    """Say whether a word follows another of this run, and is of these minutes."""
    if Source.RESTORED in (was.source, became.source) or became.at <= was.at:
        return False
    # The list is dated by our own clock when it comes, however wrong that is.
    return became.field.group is Group.PRODUCT or abs(now - became.at) <= FRESH


def _news(
    kind: CarNewsKind, at: datetime, after: State, zone: str | None = None
) -> CarNews:
    """Return one thing, with what the car said last of its battery."""
    level = after.said(fields.BATTERY_LEVEL)
    if level is None or level.value is None:
        return CarNews(kind=kind, said_at=at, zone=zone)
    return CarNews(
        kind=kind, said_at=at, soc=level.value, soc_said_at=level.at, zone=zone
    )


def _word[T](field: Field[T]) -> Callable[[State], Reading[T] | None]:
    """Return what reads the car's own word on a field."""
    return lambda state: state.said(field)


def _is_full(before: State, after: State) -> bool:
    """Say whether the battery is at its limit."""
    del before
    level = after.get(fields.BATTERY_LEVEL)
    limit = after.get(fields.CHARGE_LIMIT_SOC)
    return level is not None and limit is not None and level >= limit - _NEAR_FULL


def _is_cut_short(before: State, after: State) -> bool:
    """Say whether it ended below its limit; after a drive nobody knows."""
    driven = _rise(fields.ODOMETER, before, after)
    return not _is_full(before, after) and (driven is None or driven < _DROVE_KM)


def _is_charged(before: State, after: State) -> bool:
    """Say whether there is more in the battery: it charged while nobody looked."""
    return (_rise(fields.BATTERY_LEVEL, before, after) or 0) > 0


def _rise(field: Field[Any], before: State, after: State) -> float | None:
    """Return by how much a value rose; None: not known."""
    was, became = before.get(field), after.get(field)
    return None if was is None or became is None else became - was


# A car that is "calibrating" does neither, and what it says next follows nothing.
_CHARGES: Final = frozenset({"charging", "starting"})
_ENDED: Final = frozenset({"disconnected", "no_power", "stopped"})
_DONE: Final = frozenset({"complete"})
_NO, _YES = frozenset({False}), frozenset({True})
_ASLEEP, _ONLINE = frozenset({"asleep"}), frozenset({"online"})
_CHARGING: Final = _word(fields.CHARGING_STATE)
_STATE: Final = _word(fields.STATE)

_ROWS: Final = (
    _Row(
        kind=CarNewsKind.CHARGING_COMPLETE, said=_CHARGING, was=_CHARGES, became=_DONE
    ),
    _Row(
        kind=CarNewsKind.CHARGING_COMPLETE,
        said=_CHARGING,
        was=_CHARGES,
        became=_ENDED,
        applies=_is_full,
    ),
    _Row(
        kind=CarNewsKind.CHARGING_COMPLETE,
        said=_CHARGING,
        was=_ENDED,
        became=_DONE,
        applies=_is_charged,
    ),
    _Row(
        kind=CarNewsKind.CHARGING_STARTED,
        said=_CHARGING,
        was=_ENDED | _DONE,
        became=_CHARGES,
    ),
    _Row(
        kind=CarNewsKind.CHARGING_STOPPED,
        said=_CHARGING,
        was=_CHARGES,
        became=_ENDED,
        applies=_is_cut_short,
    ),
    _Row(kind=CarNewsKind.FELL_ASLEEP, said=_STATE, was=_ONLINE, became=_ASLEEP),
    _Row(kind=CarNewsKind.PLUGGED_IN, said=plugged, was=_NO, became=_YES),
    _Row(kind=CarNewsKind.UNPLUGGED, said=plugged, was=_YES, became=_NO),
    _Row(kind=CarNewsKind.WOKE_UP, said=_STATE, was=_ASLEEP, became=_ONLINE),
)
_ORDER: Final = (
    CarNewsKind.WOKE_UP,
    CarNewsKind.UNPLUGGED,
    CarNewsKind.LEFT,
    CarNewsKind.ARRIVED,
    CarNewsKind.PLUGGED_IN,
    CarNewsKind.CHARGING_STARTED,
    CarNewsKind.CHARGING_STOPPED,
    CarNewsKind.CHARGING_COMPLETE,
    CarNewsKind.FELL_ASLEEP,
)
"""What comes first where several are told at once."""
