"""A session of charging, followed from look to look, for what it teaches.

    charges ─▶ begun ─each look▶ goes on ─▶ charges no more, or anew ─▶ what it was like

Only what lies between two looks at a charging car is counted: when it began before
the first of them, and ended after the last, nobody saw. Looks may be hours apart, and
Home Assistant may have been off in between: what the car itself counted then says
whether it charged all the time.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from ..model import vehicle_fields as fields
from ..model.record import record
from ..model.records import InvalidRecord, dump, load
from ..model.state import State
from ..planner.learned import Session

_FULL_POWER_UP_TO: Final = 90
_MOST: Final = 60
"""Looks of which the power is remembered."""
_CHARGES: Final = frozenset({"charging"})
_LONG: Final = timedelta(minutes=20)
"""Between two looks; what the car counts lags behind for less."""
_LEAST_SHARE: Final = 0.5
"""Of what would have been drawn in between: less arrived where it did not charge."""


@record
class Look:
    """A charging car at one moment."""

    at: datetime
    level: float
    kw: float
    """At the wall."""
    added: float | None = None
    """kWh, as the car counts them."""


@record
class Ongoing:
    """A session under way."""

    zone: str
    last: Look
    gained: float = 0
    stored_kwh: float | None = 0
    """None: the car did not count all the time."""
    drawn_kwh: float = 0
    kws: tuple[float, ...] = ()
    """Below the level from which on a battery takes less."""
    is_throttled: bool = False
    """For a while it took less than it could have, on purpose."""

    def dump(self) -> dict[str, Any]:
        """Return it as it lies on disk."""
        dumped: dict[str, Any] = dump(self)
        return dumped

    @classmethod
    def load(cls, raw: object) -> Ongoing | None:
        """Return what was dumped; what cannot be read is no session under way."""
        try:
            return load(cls, raw) if isinstance(raw, Mapping) else None
        except InvalidRecord:
            return None


def followed(
    ongoing: Ongoing | None, state: State, zone: str, *, is_throttled: bool = False
) -> tuple[Ongoing | None, Session | None]:
    """Return the session as it goes on, and what it was like if it just ended.

    `is_throttled` says that the car is told to take less than it could.
    """
    look = _look(state)
    if look is None:
        return None, None if ongoing is None else _ended(ongoing)
    if ongoing is None:
        return _begun(look, zone, is_throttled=is_throttled), None
    if look.at <= ongoing.last.at:
        return ongoing, None
    if not _goes_on(ongoing, look, zone):
        return _begun(look, zone, is_throttled=is_throttled), _ended(ongoing)
    return _with(ongoing, look, zone, is_throttled=is_throttled), None


def _look(state: State) -> Look | None:
    """Return what the car says of its charging; None where it does not charge here."""
    said, level = state.said(fields.CHARGING_STATE), state.get(fields.BATTERY_LEVEL)
    kw = _kw(state)
    if said is None or said.value not in _CHARGES or level is None or kw is None:
        return None
    if state.get(fields.FAST_CHARGER_PRESENT):
        return None
    added = state.get(fields.CHARGE_ENERGY_ADDED)
    return Look(at=said.at, level=level, kw=kw, added=added)


def _kw(state: State) -> float | None:
    """Return the power at the wall; what the car says of it is whole kilowatts."""
    volts, amps = (
        state.get(fields.CHARGER_VOLTAGE),
        state.get(fields.CHARGER_ACTUAL_CURRENT),
    )
    phases = state.get(fields.CHARGER_PHASES)
    if volts and amps and phases:
        return volts * amps * phases / 1000
    return state.get(fields.CHARGER_POWER)


def _begun(look: Look, zone: str, *, is_throttled: bool) -> Ongoing:
    """Return a session that is seen for the first time."""
    kws = () if is_throttled else _kws((), look)
    return Ongoing(zone=zone, last=look, kws=kws, is_throttled=is_throttled)


def _goes_on(ongoing: Ongoing, look: Look, zone: str) -> bool:
    """Say whether it is still the same session: a car counts anew with each cable."""
    last, added = ongoing.last, _added(ongoing.last, look)
    is_counted_on = added is None or added >= 0
    # Just after a start of Home Assistant no zone may be known yet.
    is_there = "" in (zone, ongoing.zone) or zone == ongoing.zone
    return is_counted_on and is_there and look.level >= last.level


def _with(ongoing: Ongoing, look: Look, zone: str, *, is_throttled: bool) -> Ongoing:
    """Return a session after one more look."""
    last, added = ongoing.last, _added(ongoing.last, look)
    drawn = (look.at - last.at) / timedelta(hours=1) * (last.kw + look.kw) / 2
    found = replace(
        ongoing,
        zone=ongoing.zone or zone,
        last=look,
        kws=ongoing.kws if is_throttled else _kws(ongoing.kws, look),
        is_throttled=ongoing.is_throttled or is_throttled,
    )
    is_long = look.at - last.at > _LONG
    if is_long and added is not None and added < drawn * _LEAST_SHARE:
        return found
    return replace(
        found,
        gained=ongoing.gained + look.level - last.level,
        stored_kwh=_sum(ongoing.stored_kwh, added),
        drawn_kwh=ongoing.drawn_kwh + drawn,
    )


def _added(last: Look, look: Look) -> float | None:
    """Return what arrived between two looks, as the car counts it."""
    if last.added is None or look.added is None:
        return None
    return look.added - last.added


def _sum(one: float | None, other: float | None) -> float | None:
    """Return the sum of two, if both are known."""
    return None if one is None or other is None else one + other


def _kws(kws: tuple[float, ...], look: Look) -> tuple[float, ...]:
    """Return powers with one more, if the battery took all that there was."""
    return (*kws, look.kw)[-_MOST:] if look.level < _FULL_POWER_UP_TO else kws


def _ended(ongoing: Ongoing) -> Session:
    """Return what a session was like.

    What a charger takes for itself is a larger part of less power: what was throttled
    tells no efficiency either.
    """
    drawn = None if ongoing.is_throttled else ongoing.drawn_kwh
    return Session(
        zone=ongoing.zone,
        kw=median(ongoing.kws) if ongoing.kws else None,
        gained=ongoing.gained,
        stored_kwh=ongoing.stored_kwh if ongoing.drawn_kwh else None,
        drawn_kwh=drawn or None,
    )
