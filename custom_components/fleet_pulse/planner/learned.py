"""What the sessions of a car taught: how fast and how well it charges where."""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from statistics import median
from typing import Any, Final

from ..model.record import record
from .need import USUAL_EFFICIENCY, USUAL_KWH, Battery

_KEPT: Final = 9
"""Sessions that are remembered: a new charger is the median after five."""
_FAR: Final = 0.3
"""Of the median: what lies further from it says nothing about the next session."""
_LEAST_GAIN: Final = 5.0
"""Percent: the car says whole ones, which tell little of a short session."""
_LEAST_KWH: Final = 0.5
_KW: Final = (0.5, 30.0)
"""What alternating current gives; beyond it is a fast charger, or nonsense."""
_EFFICIENCY: Final = (0.5, 1.0)
_CAPACITY: Final = (20.0, 250.0)


@record
class Session:
    """What a finished session says; None is what nobody measured."""

    zone: str
    """Where it was, by entity id; empty is elsewhere."""
    kw: float | None = None
    """Power at the wall, as it was for most of the time below 90 %."""
    gained: float | None = None
    """Percent."""
    stored_kwh: float | None = None
    """Added to the battery, as the car says."""
    drawn_kwh: float | None = None
    """Taken from the wall."""


@record
class Place:
    """What sessions at one place were like, the newest last."""

    kws: tuple[float, ...] = ()
    efficiencies: tuple[float, ...] = ()


@record
class Learned:
    """What the sessions of one car taught; replaced, never edited."""

    places: Mapping[str, Place] = field(default_factory=dict)
    capacities: tuple[float, ...] = ()
    """Usable kWh, as each session tells it."""

    def learned(self, session: Session) -> Learned:
        """Return what is known after one more session."""
        at = self.places.get(session.zone, Place())
        place = Place(
            kws=_with(at.kws, session.kw, _KW),
            efficiencies=_with(at.efficiencies, _efficiency(session), _EFFICIENCY),
        )
        return replace(
            self,
            places={**self.places, session.zone: place},
            capacities=_with(self.capacities, _capacity(session), _CAPACITY),
        )

    def kw(self, zone: str) -> float | None:
        """Return the power at the wall that is to be expected; None: never charged."""
        return _typical(self.places.get(zone, Place()).kws)

    def efficiency(self, zone: str) -> float:
        """Return how much of what is drawn there arrives in the battery."""
        known = _typical(self.places.get(zone, Place()).efficiencies)
        return USUAL_EFFICIENCY if known is None else known

    def battery(self, zone: str, usable_kwh: float = USUAL_KWH) -> Battery:
        """Return the battery as it charges there; what is given holds until learned."""
        known = _typical(self.capacities)
        return Battery(
            usable_kwh=usable_kwh if known is None else known,
            efficiency=self.efficiency(zone),
        )

    def dump(self) -> dict[str, Any]:
        """Return it as JSON can say it."""
        places = {
            zone: {"kws": [*place.kws], "efficiencies": [*place.efficiencies]}
            for zone, place in self.places.items()
        }
        return {"places": places, "capacities": [*self.capacities]}

    @classmethod
    def load(cls, raw: Any) -> Learned:
        """Return what was dumped; what cannot be read was never learned."""
        if not isinstance(raw, Mapping):
            return cls()
        places = raw.get("places")
        return cls(
            places={
                str(zone): Place(
                    kws=_numbers(place, "kws", _KW),
                    efficiencies=_numbers(place, "efficiencies", _EFFICIENCY),
                )
                for zone, place in (
                    places.items() if isinstance(places, Mapping) else ()
                )
            },
            capacities=_numbers(raw, "capacities", _CAPACITY),
        )


def _with(
    known: tuple[float, ...], value: float | None, bounds: tuple[float, float]
) -> tuple[float, ...]:
    """Return values with one more, if there is one and it can be true."""
    if value is None or not bounds[0] <= value <= bounds[1]:
        return known
    return (*known, value)[-_KEPT:]


def _typical(values: tuple[float, ...]) -> float | None:
    """Return the median of those that are not far from it."""
    if not values:
        return None
    middle = median(values)
    return median(
        [value for value in values if abs(value - middle) <= _FAR * middle] or [middle]
    )


def _efficiency(session: Session) -> float | None:
    """Return how much of what was drawn arrived."""
    stored, drawn = session.stored_kwh, session.drawn_kwh
    if stored is None or drawn is None or drawn < _LEAST_KWH or _is_short(session):
        return None
    return stored / drawn


def _capacity(session: Session) -> float | None:
    """Return the usable capacity that a session tells of."""
    if session.stored_kwh is None or session.gained is None or _is_short(session):
        return None
    return session.stored_kwh / session.gained * 100


def _is_short(session: Session) -> bool:
    """Say whether the car's whole percents are too coarse for a session."""
    return session.gained is None or session.gained < _LEAST_GAIN


def _numbers(raw: Any, key: str, bounds: tuple[float, float]) -> tuple[float, ...]:
    """Return the numbers of a list that can be true."""
    listed = raw.get(key) if isinstance(raw, Mapping) else None
    values: Iterable[Any] = listed if isinstance(listed, list) else ()
    known: tuple[float, ...] = ()
    for value in values:
        if isinstance(value, int | float):
            known = _with(known, float(value), bounds)
    return known
