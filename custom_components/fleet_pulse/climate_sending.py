"""Sends a car what makes its cabin comfortable for a departure."""

import logging

from .commander import NOW, WHEN_AWAKE, Cause, Commander, Outcome
from .errors import Problem, tried
from .model import vehicle_fields as fields
from .model.command import Call
from .rules import climate_calls
from .rules.departures import Leaving
from .rules.precondition import Outlook
from .vehicle import VehicleCoordinator

_LOGGER = logging.getLogger(__name__)


class ClimateSender:
    """Sends to one car, by whatever departure asks."""

    def __init__(self, commander: Commander, vehicle: VehicleCoordinator) -> None:
        """Keep the one way to the car."""
        self._commander = commander
        self._vehicle = vehicle

    async def async_start(self, leaving: Leaving) -> Outcome | Problem:
        """Switch the climate on, and wake the car for it if the guard allows."""
        return await self._async_try(climate_calls.START, _cause(leaving))

    async def async_add_extras(self, one: Outlook) -> None:
        """Send what belongs to it besides; a car without such a seat stays warm."""
        rule, outside = one.leaving.departure, one.temperature
        if outside is None:
            outside = self._vehicle.data.get(fields.OUTSIDE_TEMP)
        for call in climate_calls.extras_calls(rule.extras, rule.temperature, outside):
            found = await self._async_try(call, _cause(one.leaving))
            if isinstance(found, Problem):
                key = call.command.key
                _LOGGER.debug("Left out %s: %s", key, type(found.error).__name__)

    async def async_tune(self, leaving: Leaving) -> None:
        """Have the car know how warm to make it for what it begins by itself.

        Nobody is woken for that.
        """
        cause = _cause(leaving)
        for call in climate_calls.wished(leaving.departure.temperature):
            await tried(
                self._commander.async_send(self._vehicle, call, cause, WHEN_AWAKE)
            )

    async def async_stop(self) -> Outcome | Problem:
        """Switch the climate off."""
        cause = Cause(reason="rule departure", scheduled=True)
        return await self._async_try(climate_calls.STOP, cause)

    async def _async_try(self, call: Call, cause: Cause) -> Outcome | Problem:
        """Send at once; what went wrong is data."""
        return await tried(self._commander.async_send(self._vehicle, call, cause, NOW))


def _cause(leaving: Leaving) -> Cause:
    """Return who wants it: a rule, or the owner who asked for once."""
    if leaving.is_one_off:
        return Cause(reason="action precondition")
    return Cause(reason="rule departure", scheduled=True)
