"""What the doctor's checks share: one account, and answers asked for only once."""

from collections.abc import Awaitable, Callable, Mapping

from homeassistant.core import HomeAssistant

from . import api, application
from .const import CONF_DOMAIN
from .coordinator import VehicleCoordinator
from .errors import Problem, tried
from .fleet import keys
from .fleet.account import VehicleStatus
from .fleet.auth import Application
from .fleet.key_host import Diagnosis
from .model import vehicle_fields as fields
from .runtime import FleetPulseConfigEntry


def car_name(vehicle: VehicleCoordinator) -> str:
    """Return what the owner calls a car."""
    known = vehicle.data
    return known.get(fields.DISPLAY_NAME) or known.get(fields.VEHICLE_NAME) or "Tesla"


class Once[T]:
    """An answer that several checks share: asked for at most once."""

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        """Know how to ask."""
        self._ask = ask
        self._found: tuple[T | Problem] | None = None

    async def __call__(self) -> T:
        """Return the answer, or raise what came instead, each time anew."""
        if self._found is None:
            self._found = (await tried(self._ask()),)
        (found,) = self._found
        if isinstance(found, Problem):
            raise found.error
        return found


class Patient:
    """One account while it is examined."""

    is_refreshed = False
    """Whether this examination has renewed the sign-in."""

    def __init__(
        self, hass: HomeAssistant, entry: FleetPulseConfigEntry, *, billed: bool
    ) -> None:
        """Prepare what the checks share; `billed` is what the owner asked for."""
        self.hass = hass
        self.entry = entry
        self.billed = billed
        self.data = entry.runtime_data
        self.account = entry.runtime_data.account
        self.application = Once(self._async_application)
        self.point = Once(self._async_point)
        self.key_seen = Once(self._async_look_at_key)
        self.statuses = Once(self._async_statuses)

    def cars(self) -> list[VehicleCoordinator]:
        """Return the cars that Tesla lists."""
        return [car for car in self.account.vehicles.values() if car.is_listed]

    async def _async_application(self) -> Application:
        """Return the owner's application."""
        return await application.async_application(self.hass, self.entry)

    async def _async_point(self) -> bytes | None:
        """Return our public key, if one was made."""
        owned = await self.application()
        key = await application.async_account_key(
            self.hass, self.entry, owned.client_id
        )
        return None if key is None else keys.public_bytes(key)

    async def _async_look_at_key(self) -> Diagnosis | None:
        """Look at the domain; None where there is nothing to look for."""
        domain, point = self.entry.data.get(CONF_DOMAIN), await self.point()
        if not domain or point is None:
            return None
        return await api.async_look_at_key(self.hass, domain, point)

    async def _async_statuses(self) -> Mapping[str, VehicleStatus]:
        """Ask about all cars at once."""
        return await self.account.client.fleet_status(
            [vehicle.vin for vehicle in self.cars()]
        )
