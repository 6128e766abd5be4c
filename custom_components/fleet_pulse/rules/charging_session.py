"""A session of charging, followed from look to look, for what it teaches.

    charges ─▶ begun ─each look▶ goes on ─▶ charges no more ─▶ what it was like

Only what lies between two looks at a charging car is counted: when it began before
the first of them, and ended after the last, nobody saw.
"""

from datetime import datetime
from statistics import median
from typing import Final

from ..model import vehicle_fields as fields
from ..model.record import record
from ..model.state import State
from ..planner.learned import Session

_FULL_POWER_UP_TO: Final = 90
_MOST: Final = 60
"""Looks of which the power is remembered."""
_CHARGES: Final = frozenset({"charging"})


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
    first: Look
    last: Look
    drawn_kwh: float = 0
    kws: tuple[float, ...] = ()
    """Below the level from which on a battery takes less."""


def followed(
    ongoing: Ongoing | None, state: State, zone: str
) -> tuple[Ongoing | None, Session | None]:
    """Return the session as it goes on, and what it was like if it just ended."""
    look = _look(state)
    if look is None:
        return None, None if ongoing is None else _ended(ongoing)
    if ongoing is None or ongoing.zone != zone:
        return Ongoing(zone=zone, first=look, last=look, kws=_kws((), look)), None
    if look.at <= ongoing.last.at:
        return ongoing, None
    return _with(ongoing, look), None


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


def _with(ongoing: Ongoing, look: Look) -> Ongoing:
    """Return a session after one more look."""
    last = ongoing.last
    hours = (look.at - last.at).total_seconds() / 3600
    return Ongoing(
        zone=ongoing.zone,
        first=ongoing.first,
        last=look,
        drawn_kwh=ongoing.drawn_kwh + hours * (last.kw + look.kw) / 2,
        kws=_kws(ongoing.kws, look),
    )


def _kws(kws: tuple[float, ...], look: Look) -> tuple[float, ...]:
    """Return powers with one more, if the battery took all that there was."""
    return (*kws, look.kw)[-_MOST:] if look.level < _FULL_POWER_UP_TO else kws


def _ended(ongoing: Ongoing) -> Session:
    """Return what a session was like."""
    first, last = ongoing.first, ongoing.last
    has_counted = first.added is not None and last.added is not None
    return Session(
        zone=ongoing.zone,
        kw=median(ongoing.kws) if ongoing.kws else None,
        gained=last.level - first.level,
        stored_kwh=(last.added or 0) - (first.added or 0) if has_counted else None,
        drawn_kwh=ongoing.drawn_kwh or None,
    )
