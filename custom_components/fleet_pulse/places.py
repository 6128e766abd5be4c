"""Which of Home Assistant's zones a car stands in, what GPS wanders left out."""

from collections.abc import Mapping
from typing import Final

from homeassistant.const import ATTR_LATITUDE, ATTR_LONGITUDE
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.location import distance

from .model.field import Location

JITTER: Final = 100.0
"""Metres that a parked car may seem to wander, so that it does not leave its zone."""
HOME: Final = "zone.home"

type Places = Mapping[str, tuple[tuple[float, float], float]]
"""Where each zone is (latitude, longitude), and how far it reaches, by entity id."""


@callback
def async_places(hass: HomeAssistant) -> Places:
    """Return the zones that there are."""
    return {
        state.entity_id: (
            (state.attributes[ATTR_LATITUDE], state.attributes[ATTR_LONGITUDE]),
            state.attributes.get("radius", 100.0),
        )
        for state in hass.states.async_all("zone")
        if ATTR_LATITUDE in state.attributes and ATTR_LONGITUDE in state.attributes
    }


def zones(
    spot: Location | None, places: Places, stood_in: frozenset[str] | None
) -> frozenset[str] | None:
    """Return the zones a car stands in; it leaves one only by clearly more than jitter."""
    if spot is None:
        return None
    return frozenset(
        name
        for name in places
        if _is_within(spot, places, name, bool(stood_in and name in stood_in))
    )


def _is_within(spot: Location, places: Places, name: str, stood_in: bool) -> bool:
    """Say whether a place is in a zone, or near enough for a car that stood there."""
    (latitude, longitude), radius = places[name]
    away = distance(latitude, longitude, spot.latitude, spot.longitude)
    return away is not None and away <= radius + (JITTER if stood_in else 0)
