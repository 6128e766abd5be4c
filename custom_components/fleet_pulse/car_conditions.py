"""What automations can test of a car, by what is known: nothing is asked for it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .alert_news import ATTR_KIND
from .alerts.kinds import BY_KEY
from .car_news import ATTR_ZONE
from .model import vehicle_fields as fields
from .model.plugged import plugged
from .model.record import record
from .places import HOME, async_places, zones
from .runtime import FleetPulseConfigEntry
from .vehicle import VehicleCoordinator

CONF_BELOW: Final = "below"
CONF_MAX_AGE: Final = "max_age"
DAY: Final = timedelta(days=1)
"""A car that sleeps says nothing, and loses little."""
_NOTHING: Final[Mapping[vol.Marker, Any]] = MappingProxyType({})


@record
class Asked:
    """A car, and what else was chosen."""

    hass: HomeAssistant
    entry: FleetPulseConfigEntry
    vehicle: VehicleCoordinator
    options: Mapping[str, Any]


@record
class CarCondition:
    """One condition: what must be known of a car; the unknown is not so."""

    key: str
    is_so: Callable[[Asked], bool]
    options: Mapping[vol.Marker, Any] = _NOTHING
    """What may be chosen beside the car."""


def _has_alert(asked: Asked) -> bool:
    """Say whether something is so that an alert of its owner watches for."""
    wanted = asked.options.get(ATTR_KIND)
    active = asked.entry.runtime_data.alerting.active(asked.vehicle.vin)
    return any(not wanted or episode.kind in wanted for episode in active)


def _is_awake(asked: Asked) -> bool:
    """Say whether the list said of late that the car is online."""
    return asked.vehicle.is_surely_online(dt_util.utcnow())


def _is_plugged_in(asked: Asked) -> bool:
    """Say whether there is a cable in the car, at home or where was chosen.

    GPS wanders: a car with a cable in it that is nearly there is there.
    """
    state, places = asked.vehicle.data, async_places(asked.hass)
    cable = plugged(state)
    stands = zones(state.get(fields.LOCATION), places, frozenset(places))
    is_there = bool(stands and not stands.isdisjoint(asked.options[ATTR_ZONE]))
    return cable is not None and cable.value is True and is_there


def _is_low(asked: Asked) -> bool:
    """Say whether the car said not long ago that its battery is below a level."""
    level, now = asked.vehicle.data.said(fields.BATTERY_LEVEL), asked.vehicle.car_now
    if level is None or level.value is None:
        return False
    is_fresh = now - level.at <= asked.options[CONF_MAX_AGE]
    return bool(is_fresh and level.value < asked.options[CONF_BELOW])


CAR_CONDITIONS: Final = (
    CarCondition(
        key="alert_active",
        is_so=_has_alert,
        options={
            vol.Optional(ATTR_KIND): vol.All(cv.ensure_list, [vol.In(list(BY_KEY))])
        },
    ),
    CarCondition(key="car_awake", is_so=_is_awake),
    CarCondition(
        key="plugged_in_at_home",
        is_so=_is_plugged_in,
        options={
            vol.Required(ATTR_ZONE, default=[HOME]): vol.All(
                cv.ensure_list, vol.Length(min=1), [cv.entity_domain("zone")]
            )
        },
    ),
    CarCondition(
        key="soc_below",
        is_so=_is_low,
        options={
            vol.Required(CONF_BELOW): vol.All(
                vol.Coerce(float), vol.Range(min=0, max=100)
            ),
            vol.Required(CONF_MAX_AGE, default=DAY): cv.positive_time_period,
        },
    ),
)
"""Sorted by key; `conditions.yaml` and the texts have the same."""
