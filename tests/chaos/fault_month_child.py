"""A home that lives on its parent's clock until it is killed, begun anew each time.

plan ─▶ fork: build from disk ─▶ order: it is this late, do that ─▶ said: what is due
"""

import asyncio
from collections import Counter
from datetime import datetime
import json
import os
import sys
from types import MappingProxyType
from typing import Any, Final

from aiohttp import ThreadedResolver
from homeassistant.config_entries import ConfigEntries, ConfigEntry
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import (
    aiohttp_client,
    device_registry as dr,
    issue_registry as ir,
)
from homeassistant.helpers.config_entry_oauth2_flow import (
    LocalOAuth2Implementation,
    async_register_implementation,
)

from custom_components.fleet_pulse.commander import Cause
from custom_components.fleet_pulse.const import DOMAIN, ENV_API_URL, ENV_AUTH_URL
from custom_components.fleet_pulse.fleet.errors import FleetError
from custom_components.fleet_pulse.model.commands import COMMANDS
from custom_components.fleet_pulse.runtime import FleetPulseData, async_build
from custom_components.fleet_pulse.spending import EVENT_BUDGET_REACHED, Spending

from .program import Lines, live, say
from .stepped_loop import SteppedLoop, live_by

WATCHED: Final = (
    "fleet_pulse/fleet/client.py",
    "fleet_pulse/fleet/transport.py",
    "fleet_pulse/fleet/usage.py",
    "fleet_pulse/journal.py",
)


class Home:
    """One life of an account, from what is on disk."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[FleetPulseData]) -> None:
        """Take it over."""
        self._hass = hass
        self.data = entry.runtime_data
        self.ends: Counter[str] = Counter()
        self.told: list[int] = []
        hass.bus.async_listen(
            EVENT_BUDGET_REACHED, lambda event: self.told.append(event.data["share"])
        )
        Spending(hass, entry, self.data.account).async_start()
        self.data.account.async_start()

    def in_flight(self) -> int:
        """Count the answers that are awaited."""
        session = aiohttp_client.async_get_clientsession(self._hass)
        assert session.connector is not None
        return len(session.connector._acquired)

    def begin(self, what: dict[str, Any]) -> None:
        """Have somebody begin something."""
        self._hass.async_create_background_task(self._do(what), "chaos")

    async def _do(self, what: dict[str, Any]) -> None:
        """Do it, and count how it ended."""
        try:
            await self._act(what)
        except FleetError as err:
            self.ends[type(err).__name__] += 1
        else:
            self.ends[what["kind"]] += 1

    async def _act(self, what: dict[str, Any]) -> None:
        """Wake, look, or send a command."""
        vehicle = self.data.account.vehicles[what["vin"]]
        cause = Cause(reason=what["reason"], scheduled=what["scheduled"])
        match what["kind"]:
            case "wake":
                await self.data.commander.async_wake(vehicle, cause)
            case "look":
                await vehicle.async_ask()
            case key:
                call = COMMANDS[key].call(**what["params"])
                await self.data.commander.async_send(vehicle, call, cause)


async def _build(plan: dict[str, Any]) -> tuple[HomeAssistant, Home]:
    """Build a home from disk, as a start of Home Assistant does."""
    os.environ.update({ENV_AUTH_URL: plan["auth_url"], ENV_API_URL: plan["api_url"]})
    hass = HomeAssistant(plan["folder"])
    hass.set_state(CoreState.running)
    hass.config_entries = ConfigEntries(hass, {})
    # There are no names to look up in the machine's network.
    aiohttp_client._async_make_resolver = lambda hass: ThreadedResolver()
    dr.async_setup(hass)
    await dr.async_load(hass)
    await ir.async_load(hass)
    async_register_implementation(
        hass,
        DOMAIN,
        LocalOAuth2Implementation(hass, DOMAIN, plan["client_id"], "", "", ""),
    )
    entry: ConfigEntry[FleetPulseData] = ConfigEntry(
        data=plan["data"],
        discovery_keys=MappingProxyType({}),
        domain=DOMAIN,
        entry_id="fault-month",
        minor_version=1,
        options=plan["options"],
        source="user",
        subentries_data=(),
        title="owner",
        unique_id=plan["data"]["account"],
        version=1,
    )
    entry.runtime_data = await async_build(hass, entry)
    return hass, Home(hass, entry)


async def _live(plan: dict[str, Any]) -> None:
    """Live until there is no further order."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SteppedLoop)
    loop.move_to(datetime.fromisoformat(plan["now"]))
    live_by(loop)
    _, home = await _build(plan)
    say(unsettled=len(home.data.journal.unsettled), due=loop.due, in_flight=0)
    # Time stands still while the parent thinks: nothing may happen meanwhile.
    while (order := json.loads(sys.stdin.readline())) is not None:
        if order["die_at"] is not None:
            lines = Lines("fleet_pulse/journal.py", "opened", WATCHED)
            lines.watch(order["die_at"])
        loop.move_to(datetime.fromisoformat(order["now"]))
        for what in order["do"]:
            home.begin(what)
        in_flight = await loop.settle(home.in_flight)
        say(due=loop.due, in_flight=in_flight)
    await home.data.async_stop()
    ledger = home.data.journal.ledger
    say(
        billed={day.isoformat(): ledger.billed(day) for day in ledger.days},
        ends=home.ends,
        told=home.told,
    )


if __name__ == "__main__":
    live(_live, SteppedLoop)
