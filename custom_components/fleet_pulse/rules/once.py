"""Departures that are asked for once, by the action `precondition`."""

from datetime import tzinfo
from typing import Final

from .climate_memory import ClimateMemory, Once
from .departure import Departure, Source
from .departures import Leaving
from .reason import DepartureWhy

ANYWHERE: Final[tuple[str, ...]] = ()


def departure_of(once: Once, vin: str) -> Departure:
    """Return the rule that a wish for once comes to: who asks knows where the car is."""
    return Departure(
        id=once.id,
        name=once.name,
        vin=vin,
        source=Source.WEEKLY,
        temperature=once.temperature,
        zones=ANYWHERE,
        extras=once.extras,
    )


def leavings_of(climate: ClimateMemory, vin: str, zone: tzinfo) -> tuple[Leaving, ...]:
    """Return the departures that were asked for once."""
    return tuple(
        Leaving(
            departure=departure_of(once, vin),
            day=once.at.astimezone(zone).date(),
            at=once.at,
            begin=once.begin,
            until=once.until,
            is_one_off=True,
        )
        for once in climate.once
    )


GOING: Final = frozenset(
    {DepartureWhy.PRECONDITIONING, DepartureWhy.READY, DepartureWhy.WAITING}
)
"""Reasons of a wish that is carried out, or will be."""
