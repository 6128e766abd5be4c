"""What keeps a car from being preconditioned: the first reason that holds.

A sleeping car is as it was when it fell asleep, so its last word counts however old it
is; but nobody sits in it, nothing runs in it and it does not drive. Of a car that is
online, what passes quickly counts only for a while after it was said.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from ..fleet.activity import is_driving
from ..model import vehicle_fields as fields
from ..model.field import Field
from ..model.record import record
from .departure import Departure
from .reason import ChargeWhy, DepartureWhy, Reason
from .situation import Situation

_BRIEF: Final = timedelta(minutes=30)
"""How long a word about what passes quickly is believed."""
_KEEPERS: Final = frozenset({"camp", "dog", "on"})
_OBSTACLES: Final = {
    ChargeWhy.BUDGET: DepartureWhy.BUDGET,
    ChargeWhy.ENTITY_MISSING: DepartureWhy.ENTITY_MISSING,
    ChargeWhy.IN_SERVICE: DepartureWhy.HANDS_OFF,
    ChargeWhy.NOT_PERMITTED: DepartureWhy.NOT_PERMITTED,
    ChargeWhy.TROUBLE: DepartureWhy.TROUBLE,
    ChargeWhy.UPDATING: DepartureWhy.HANDS_OFF,
}


@record
class Now:
    """A car at this moment, as far as its words still count."""

    situation: Situation

    def briefly[T](self, field: Field[T]) -> T | None:
        """Return what a car is shown to be, where that passes quickly."""
        reading = self.situation.state.reading(field)
        if reading is None or not self.situation.is_online:
            return None
        return reading.value if self.situation.now - reading.at < _BRIEF else None

    def lastingly[T](self, field: Field[T]) -> T | None:
        """Return what a car stays until it says otherwise."""
        return self.situation.state.get(field)

    @property
    def is_driving(self) -> bool:
        """Say whether it drives."""
        return self.briefly(fields.SHIFT_STATE) is not None and is_driving(
            self.situation.state
        )

    @property
    def hands_off(self) -> str | None:
        """Return why nobody but who is with the car should touch its climate."""
        claims: tuple[tuple[str, Any], ...] = (
            ("in_service", self.lastingly(fields.IN_SERVICE)),
            ("in_service", self.briefly(fields.SERVICE_MODE)),
            ("updating", self.briefly(fields.SOFTWARE_UPDATE_STATUS) == "installing"),
            ("keeper", self.briefly(fields.CLIMATE_KEEPER_MODE) in _KEEPERS),
            ("occupied", self.briefly(fields.USER_PRESENT)),
        )
        return next((name for name, holds in claims if holds), None)

    @property
    def is_climate_on(self) -> bool:
        """Say whether the climate runs."""
        return bool(self.briefly(fields.IS_CLIMATE_ON))

    @property
    def is_plugged(self) -> bool:
        """Say whether a cable is in it."""
        return bool(self.lastingly(fields.CABLE_CONNECTED))

    def is_under(self, floor: int) -> bool:
        """Say whether it is unplugged, with less than so much left."""
        level = self.lastingly(fields.BATTERY_LEVEL)
        return not self.is_plugged and level is not None and level < floor


def obstacle(rule: Departure, now: Now) -> Reason | None:
    """Return what keeps a car from being preconditioned for a departure."""
    checks = (_outside, _place, _use, _energy)
    found = (check(rule, now) for check in checks)
    return next((reason for reason in found if reason is not None), None)


def _outside(rule: Departure, now: Now) -> Reason | None:
    """Return what keeps every rule from doing anything."""
    why = now.situation.obstacle
    if why is None or why not in _OBSTACLES:
        return None
    return Reason(why=_OBSTACLES[why])


def _place(rule: Departure, now: Now) -> Reason | None:
    """Return what is wrong with where it stands."""
    zones = now.situation.zones
    if not rule.zones:
        return None
    if zones is None:
        return Reason(why=DepartureWhy.LOCATION_UNKNOWN)
    if zones.isdisjoint(rule.zones):
        return Reason(why=DepartureWhy.AWAY)
    return None


def _use(rule: Departure, now: Now) -> Reason | None:
    """Return who uses it already."""
    if now.is_driving:
        return Reason(why=DepartureWhy.DRIVING)
    if (because := now.hands_off) is not None:
        return Reason(why=DepartureWhy.HANDS_OFF, values={"because": because})
    if now.is_climate_on:
        return Reason(why=DepartureWhy.ALREADY_ON)
    return None


def _energy(rule: Departure, now: Now) -> Reason | None:
    """Return what is wrong with where its energy comes from."""
    if rule.needs_plug and not now.is_plugged:
        return Reason(why=DepartureWhy.UNPLUGGED)
    if now.is_under(rule.floor):
        level = now.lastingly(fields.BATTERY_LEVEL)
        return Reason(
            why=DepartureWhy.LOW_SOC, values={"level": level, "floor": rule.floor}
        )
    return None


def runs_today(runs: tuple[datetime, ...], situation: Situation) -> int:
    """Count what began on the day it is by the clock on the wall."""
    today = situation.now.astimezone(situation.zone).date()
    return sum(at.astimezone(situation.zone).date() == today for at in runs)
