"""Why a rule does what it does, or does nothing: a key and its values, never words."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from ..model.record import record

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class ChargeWhy(StrEnum):
    """Why a car charges, waits, or is left alone; the states of a charge rule."""

    AWAY = "away"
    BELOW_FLOOR = "below_floor"
    BUDGET = "budget"
    CHEAP = "cheap"
    DEADLINE = "deadline"
    DISABLED = "disabled"
    ENTITY_MISSING = "entity_missing"
    EXPIRED = "expired"
    FAST_CHARGING = "fast_charging"
    FOREIGN_CONTROL = "foreign_control"
    HOLD = "hold"
    IDLE = "idle"
    IN_SERVICE = "in_service"
    LOCATION_UNKNOWN = "location_unknown"
    MISSED = "missed"
    NOT_PERMITTED = "not_permitted"
    ONE_OFF = "one_off"
    OVERRULED = "overruled"
    REACHED = "reached"
    SKIPPED = "skipped"
    SOC_UNKNOWN = "soc_unknown"
    SOLAR = "solar"
    STILL_STORED = "still_stored"
    STORED_IN_CAR = "stored_in_car"
    TROUBLE = "trouble"
    UNPLUGGED = "unplugged"
    UPDATING = "updating"
    WAITING = "waiting"
    WAITING_FOR_SUN = "waiting_for_sun"
    WINDOW = "window"


class DepartureWhy(StrEnum):
    """Why a car is preconditioned, or not; the states of a departure."""

    ALREADY_ON = "already_on"
    AWAY = "away"
    BUDGET = "budget"
    CANCELLED = "cancelled"
    COMFORTABLE = "comfortable"
    DISABLED = "disabled"
    DRIVING = "driving"
    ENTITY_MISSING = "entity_missing"
    HANDS_OFF = "hands_off"
    IDLE = "idle"
    LOCATION_UNKNOWN = "location_unknown"
    LOW_SOC = "low_soc"
    NOBODY_HOME = "nobody_home"
    NOT_PERMITTED = "not_permitted"
    NO_WAKE = "no_wake"
    PRECONDITIONING = "preconditioning"
    READY = "ready"
    SKIPPED = "skipped"
    STILL_STORED = "still_stored"
    STORED_IN_CAR = "stored_in_car"
    TOO_OFTEN = "too_often"
    TROUBLE = "trouble"
    UNPLUGGED = "unplugged"
    WAITING = "waiting"


@record
class Reason:
    """A key and what its sentence needs: moments in UTC, percents, prices, names."""

    why: ChargeWhy | DepartureWhy
    values: Mapping[str, Any] = _NOTHING
