"""What is known of a car and of what is round it, at one moment."""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from types import MappingProxyType
from typing import Any, Final

from ..model.record import record
from ..model.state import State
from ..planner.rate import Rate
from .reason import ChargeWhy

_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


@record
class Surplus:
    """What the sun gives beyond what the house takes."""

    watts: float
    since: datetime
    """Since when it is at least, or less than, what its rule asks for."""


@record
class Situation:
    """Everything that rules decide from, besides themselves and their memory."""

    now: datetime
    zone: tzinfo
    """Home Assistant's, in which wall times are meant."""
    state: State
    """What is known of the car."""
    is_online: bool = False
    places: Mapping[str, tuple[float, float]] = _NONE
    """Latitude and longitude of each of Home Assistant's zones, by entity id."""
    zones: frozenset[str] | None = None
    """The zones in which the car stands; None: nobody knows."""
    rates: Mapping[str, tuple[Rate, ...]] = _NONE
    """What is known of prices, by entity, in the order of time."""
    surplus: Mapping[str, Surplus] = _NONE
    """By rule."""
    workdays: Mapping[str, Mapping[date, bool]] = _NONE
    """Which dates are workdays, as far as each entity says."""
    missing: frozenset[str] = frozenset()
    """Entities that rules name and that Home Assistant does not have."""
    obstacle: ChargeWhy | None = None
    """Why no rule may do anything at all: budget, key, permission."""
    outside_temp: float | None = None
    """In °C, from weather; the car's own may be hours old."""
    takes_schedules: bool = True
    """The car's firmware keeps schedules of its own."""
