"""Looks at what the cars of an account say for what their owner may wait for.

    whoever hears a car ─▶ before, after ─▶ what happened ─▶ told on the bus, once each

Nothing here asks anybody anything, and what was before the start is not told.
"""

from typing import Any

from homeassistant.core import HomeAssistant, callback

from .car_news import ATTR_BY, async_tell_car
from .fleet.wake_news import whose, woken_by
from .model import vehicle_fields as fields
from .model.happened import CarNews, CarNewsKind, Stay, happened
from .model.state import State
from .places import async_places, zones
from .runtime import FleetPulseConfigEntry
from .vehicle import VehicleCoordinator


@callback
def async_watch(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> None:
    """Tell what every car there is and will be does while the entry is loaded."""

    @callback
    def add(vehicle: VehicleCoordinator) -> None:
        look = _CarWatch(hass, entry, vehicle).async_look
        entry.async_on_unload(vehicle.async_add_listener(look))

    entry.runtime_data.account.async_each_vehicle(entry, add)


class _CarWatch:
    """Remembers what one car said before, and where it stood."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: FleetPulseConfigEntry,
        vehicle: VehicleCoordinator,
    ) -> None:
        """Begin with what is known of the car."""
        self._hass = hass
        self._entry = entry
        self._vehicle = vehicle
        self._state = vehicle.data
        self._stood_in: frozenset[str] | None = None

    @callback
    def async_look(self) -> None:
        """Tell what the car did since the last look."""
        before, after = self._state, self._vehicle.data
        if after is before:
            return
        self._state = after
        now, stay = self._vehicle.car_now, self._async_stay(before, after)
        for news in happened(before, after, now=now, stay=stay):
            async_tell_car(
                self._hass, self._entry, self._vehicle.vin, news, self._values(news)
            )

    @callback
    def _async_stay(self, before: State, after: State) -> Stay | None:
        """Return where the car was and is; None: it has not moved, as far as known.

        Both places are seen by the zones as they are now: a zone that is moved has no
        car arrive. After a start, a car that is near enough stood in its zone.
        """
        was, became = before.get(fields.LOCATION), after.get(fields.LOCATION)
        if was is None or became is None or was == became:
            return None
        places = async_places(self._hass)
        known = frozenset(places) if self._stood_in is None else self._stood_in
        stood = zones(was, places, known) or frozenset()
        self._stood_in = zones(became, places, stood) or frozenset()
        return Stay(before=stood, after=self._stood_in)

    def _values(self, news: CarNews) -> dict[str, Any]:
        """Return what else there is to say: who had the car awake."""
        if news.kind is not CarNewsKind.WOKE_UP:
            return {}
        account = self._vehicle.account
        attempt = woken_by(
            account.journal.wakes, self._vehicle.vin, news.said_at, account.limits
        )
        reason = None if attempt is None else attempt.reason
        return {ATTR_BY: whose(attempt).value, "reason": reason}
