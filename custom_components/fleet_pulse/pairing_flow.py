"""The last stages: the key in the cars, what Tesla may cost, and a first look.

pair (QR; check again, later) ─▶ budget ─▶ first_read ─▶ alerts ─▶ finished
│ yes        ▲
▼            │
read_now (progress)
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.helpers.selector import (
    QrCodeSelector,
    QrCodeSelectorConfig,
    QrErrorCorrectionLevel,
)
import voluptuous as vol

from .budget_form import budget_fields, budget_options
from .commander import Cause
from .const import CONF_BUDGET, CONF_FINISHED, CONF_PAIRED
from .coordinator import VehicleCoordinator
from .errors import Problem, raise_failure, tried
from .model import vehicle_fields as fields
from .runtime import FleetPulseConfigEntry
from .stage_flow import StageFlow

FIRST_READ: Final = "first read"
"""What the ledger says of it."""
DRIVER: Final = "driver"
"""Tesla's word for an account that may use a car without owning it."""


class PairingFlow(StageFlow):
    """The stages that end with the set-up finished."""

    def __init__(self) -> None:
        """Start with no car looked at."""
        super().__init__()
        self._unpaired: list[VehicleCoordinator] = []

    @property
    def _account(self) -> FleetPulseConfigEntry:
        """Return the entry with what runs while it is loaded."""
        entry: FleetPulseConfigEntry = self._entry
        return entry

    # ---- pairing

    async def async_step_pair(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the QR code that puts our key into a car; "later" is a fine answer."""
        entry = self._account
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        if user_input is not None and user_input["later"]:
            return await self._async_paired(all_of_them=False)
        found = await tried(_async_unpaired(entry))
        if isinstance(found, Problem) and self._unpaired:
            return self._show_pair({"base": found.key}, found.placeholders)
        if isinstance(found, Problem):
            return self._aborted(found)
        if not found:
            return await self._async_paired(all_of_them=True)
        is_same = user_input is not None and self._unpaired[:1] == found[:1]
        self._unpaired = found
        return self._show_pair({"base": "not_paired"} if is_same else {}, {})

    # The same under other words: the frontend answers to the step that it shows.
    async_step_pair_driver = async_step_pair

    def _show_pair(
        self, errors: dict[str, str], placeholders: Mapping[str, str]
    ) -> ConfigFlowResult:
        """Show the code for the next car."""
        vehicle = self._unpaired[0]
        is_driver = vehicle.data.get(fields.ACCESS_TYPE) == DRIVER
        url = f"https://tesla.com/_ak/{self._domain}?vin={vehicle.vin}"
        qr_code = QrCodeSelectorConfig(
            data=url, scale=6, error_correction_level=QrErrorCorrectionLevel.QUARTILE
        )
        name = vehicle.data.get(fields.DISPLAY_NAME) or "Tesla"
        return self.async_show_form(
            step_id="pair_driver" if is_driver else "pair",
            data_schema=vol.Schema(
                {
                    vol.Optional("qr_code"): QrCodeSelector(qr_code),
                    vol.Required("later", default=False): bool,
                }
            ),
            errors=errors,
            description_placeholders={"vehicle": name, "url": url, **placeholders},
        )

    async def _async_paired(self, *, all_of_them: bool) -> ConfigFlowResult:
        """Note that pairing was gone through, and go on."""
        self._keep({CONF_PAIRED: all_of_them})
        return await self._async_step("finish")

    # ---- what it may cost

    async def async_step_budget(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what the account may cost in a month."""
        errors: dict[str, str] = {}
        if user_input is not None:
            budget = budget_options(user_input)
            if isinstance(budget, dict):
                options = {**self._entry.options, **budget}
                self.hass.config_entries.async_update_entry(
                    self._entry, options=options
                )
                return await self._async_go_on(reason="budget_kept")
            errors[CONF_BUDGET] = budget
        return self.async_show_form(
            step_id="budget",
            data_schema=vol.Schema(budget_fields(self._entry.options)),
            errors=errors,
        )

    # ---- a first look

    async def async_step_first_read(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer to wake and read every car that was not read yet, once."""
        unread = self._unread()
        if not unread:
            return await self._async_step("alerts")
        if user_input is None:
            return self._show_first_read(unread)
        if user_input["wake"]:
            return await self.async_step_read_now()
        return await self._async_step("alerts")

    def _show_first_read(
        self, unread: list[VehicleCoordinator], problem: Problem | None = None
    ) -> ConfigFlowResult:
        """Ask, by default for no, and say why the last try did not work."""
        names = [car.data.get(fields.DISPLAY_NAME) or "Tesla" for car in unread]
        return self.async_show_form(
            step_id="first_read",
            data_schema=vol.Schema({vol.Required("wake", default=False): bool}),
            errors={"base": problem.key} if problem else {},
            description_placeholders={
                "vehicles": ", ".join(names),
                **(problem.placeholders if problem else {}),
            },
        )

    def _unread(self) -> list[VehicleCoordinator]:
        """Return the cars of a running account that have not said anything yet."""
        entry = self._account
        if entry.state is not ConfigEntryState.LOADED:
            return []
        return [
            vehicle
            for vehicle in entry.runtime_data.account.vehicles.values()
            if vehicle.is_listed and vehicle.memory.looked_at is None
        ]

    async def async_step_read_now(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show progress while cars wake, which may take a minute."""
        return self._show_work(
            progress_action="read_now", work=self._async_read_all, then="was_read"
        )

    async def _async_read_all(self) -> list[Problem | None]:
        """Wake and read the cars; one car's trouble does not keep another waiting."""
        return await asyncio.gather(
            *(tried(self._async_read(vehicle)) for vehicle in self._unread())
        )

    async def _async_read(self, vehicle: VehicleCoordinator) -> None:
        """Wake one car, if the guard allows, and ask it once."""
        cause = Cause(reason=FIRST_READ)
        await self._account.runtime_data.commander.async_wake(vehicle, cause)
        await vehicle.async_ask()
        raise_failure(vehicle)

    async def async_step_was_read(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Finish, or show why a car was not read: that may be tried again, or left."""
        found: list[Problem | None] = self._worked()
        problems = [problem for problem in found if problem is not None]
        if problems and (unread := self._unread()):
            return self._show_first_read(unread, problems[0])
        return await self._async_step("alerts")

    # ---- the end

    async def async_step_finished(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Note that nothing is left to do, and say what comes next."""
        self._keep({CONF_FINISHED: True})
        return self.async_abort(reason=self._ending())

    def _ending(self) -> str:
        """Return how the set-up stands at its end."""
        entry = self._account
        is_running = entry.state is ConfigEntryState.LOADED
        if is_running and not entry.runtime_data.account.vehicles:
            return "no_vehicles"
        return "set_up" if entry.data.get(CONF_PAIRED) else "pair_later"


async def _async_unpaired(entry: FleetPulseConfigEntry) -> list[VehicleCoordinator]:
    """Return the cars without our key, those last whose owner is somebody else.

    Tesla lists cars only to a registered application: they may come just now.
    """
    account = entry.runtime_data.account
    if not account.vehicles or not account.last_update_success:
        await account.async_refresh()
    unpaired = await entry.runtime_data.async_unpaired()
    cars = [account.vehicles[vin] for vin, _ in unpaired]
    return sorted(cars, key=lambda car: car.data.get(fields.ACCESS_TYPE) == DRIVER)
