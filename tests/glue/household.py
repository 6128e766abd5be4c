"""A household in a test: Home Assistant, its owner's cars at the fake cloud, one clock."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant import config_entries
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESSED
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.fleet_pulse.const import CONF_REGISTERED, DOMAIN
from tests.fake_fleet.car import Car
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.populate import CLIENT_ID, CLIENT_SECRET

from .stillness import Stillness
from .timers import fire_due

NAPS: Final = 10
"""A busy machine needs so many before it has done what takes no time."""
_RESTARTING: Final = (
    config_entries.ConfigEntryState.SETUP_IN_PROGRESS,
    config_entries.ConfigEntryState.UNLOAD_IN_PROGRESS,
)
OWN_URL: Final = "https://example.com"
FINISH: Final[Mapping[str, Mapping[str, Any]]] = {
    "key": {"next_step_id": "key_create"},
    "key_ready": {},
    "hosting": {"next_step_id": "hosting_here"},
    "hosting_here": {"domain": "example.com"},
    "check_unclear": {},
    "pair": {"later": False},
    "budget": {},
    "first_read": {},
    "alerts": {"alerts": False},
}
"""What a household answers to finish its set-up as quickly as can be."""


@callback
def _looked_at(_: Event) -> None:
    """Hear of what a flow shows, as a dialog does."""


class Household:
    """Drives both ends, and moves the one clock they share."""

    clock_is_off = timedelta()
    """How far Home Assistant's clock is ahead of the world's while time passes."""

    def __init__(
        self,
        hass: HomeAssistant,
        cloud: FakeCloud,
        freezer: FrozenDateTimeFactory,
        client: ClientSessionGenerator,
    ) -> None:
        """Begin with nothing set up."""
        self.hass = hass
        self.cloud = cloud
        self.freezer = freezer
        self._client = client
        self._stillness = Stillness(hass, cloud)
        self.close_dialog = hass.bus.async_listen(
            EVENT_DATA_ENTRY_FLOW_PROGRESSED, _looked_at
        )
        """Have no dialog listen for the end of what it shows as progress."""
        self.freezer.move_to(cloud.clock.now())

    @property
    def entry(self) -> config_entries.ConfigEntry:
        """Give the one entry."""
        return self.hass.config_entries.async_entries(DOMAIN)[0]

    @property
    def car(self) -> Car:
        """Give the car that takes signed commands and sleeps in the beginning."""
        return next(iter(self.cloud.cars.values()))

    @property
    def old_car(self) -> Car:
        """Give the car from before signing."""
        return list(self.cloud.cars.values())[1]

    async def browser(self) -> TestClient[Any, Any]:
        """Give a browser that is not signed in, and knows the server's address."""
        return await self._client()

    # ---- set-up

    async def prepare(self, secret: str = CLIENT_SECRET) -> None:
        """Load what a config flow needs, and enter the application's credentials."""
        assert await async_setup_component(self.hass, "homeassistant", {})
        assert await async_setup_component(self.hass, "http", {})
        assert await async_setup_component(self.hass, "application_credentials", {})
        await self.load_routes()
        await async_import_client_credential(
            self.hass, DOMAIN, ClientCredential(CLIENT_ID, secret, "Tesla")
        )

    async def load_routes(self) -> None:
        """Load what answers a browser, before one comes: later is too late for routes."""
        assert await async_setup_component(self.hass, "media_player", {})
        assert await async_setup_component(self.hass, "calendar", {})
        assert await async_setup_component(self.hass, DOMAIN, {})
        # Somebody else's set-up may still load what has routes, in a thread.
        await self.hass.async_block_till_done()

    async def consent(self, result: Any) -> Any:
        """Do at Tesla what an owner does, and come back."""
        assert result["type"] == "external", result
        page = URL(result["url"])
        self.cloud.auto_consent = True
        browser = await self.browser()
        async with browser.session.get(page, allow_redirects=False) as answer:
            assert answer.status in (302, 303), await answer.text()
            back = URL(answer.headers["Location"])
        answer = await browser.get(f"{back.path}?{back.query_string}")
        assert answer.status == 200, await answer.text()
        await self.hass.async_block_till_done()
        return await self.hass.config_entries.flow.async_configure(result["flow_id"])

    async def sign_in(self) -> Any:
        """Go through the first part of the flow; return its last step."""
        flow = self.hass.config_entries.flow
        result = await flow.async_init(
            DOMAIN, context={"source": config_entries.SOURCE_USER}
        )
        while result["type"] == "form":
            is_choice = result["step_id"] == "pick_implementation"
            answer = {"implementation": DOMAIN} if is_choice else {}
            result = await flow.async_configure(result["flow_id"], answer)
        result = await self.consent(result)
        while result["type"] == "form":
            result = await flow.async_configure(result["flow_id"], {})
        await self.settle()
        return result

    async def set_up(self, *, pair: bool = True) -> None:
        """Sign in, and with the flow's second part have the cars take commands."""
        await self.prepare()
        created = await self.sign_in()
        assert created["type"] == "create_entry", created
        if pair:
            await self.finish(created["next_flow"][1])

    async def finish(self, flow_id: str) -> Any:
        """Make and register the key, put it into the car, and go on to the end."""
        flow = self.hass.config_entries.flow
        server = (await self.browser()).server
        self.cloud.hosts["example.com"] = str(server.make_url("/")).rstrip("/")
        result = await flow.async_configure(flow_id)
        while result["type"] != "abort":
            step = result["step_id"]
            if result["type"] == "progress":
                await self._see_through(flow_id, step)
                result = await flow.async_configure(flow_id)
                continue
            answer = self._pair() if step == "pair" else dict(FINISH[step])
            result = await flow.async_configure(flow_id, answer)
        await self.settle()
        return result

    def _pair(self) -> dict[str, Any]:
        """Scan the code for the one car; any other one is paired later."""
        key = self.cloud.key_of("example.com")
        assert key is not None
        is_done = key in self.car.whitelist
        self.car.pair(key)
        return {**FINISH["pair"], "later": is_done}

    async def _see_through(self, flow_id: str, step: str) -> None:
        """Let what is shown as progress come to its end."""
        # However long Tesla takes, the same time passes here: snapshots show times.
        while step == "register" and not self.entry.data.get(CONF_REGISTERED):
            await self.settle()
        await self.settle()
        await self.pass_time(1, 1)
        for _ in range(NAPS):
            if self._has_come_on(flow_id, step):
                break
            await self.settle()

    def _has_come_on(self, flow_id: str, step: str) -> bool:
        """Say whether a flow has left what it showed as progress."""
        return not any(
            flow["flow_id"] == flow_id and flow.get("step_id") == step
            for flow in self.hass.config_entries.flow.async_progress()
        )

    # ---- time

    async def settle(self) -> None:
        """Let everything happen that can without time passing."""
        await self._stillness.reached()

    async def come_to_rest(self) -> None:
        """Let an entry that starts anew do so; wait for nothing that needs time."""
        entries = self.hass.config_entries.async_entries(DOMAIN)
        for _ in range(NAPS):
            if not any(entry.state in _RESTARTING for entry in entries):
                break
            await self.settle()

    async def pass_time(self, seconds: float, step: float = 10) -> None:
        """Let time pass for both ends, in steps."""
        left = seconds
        while left > 0:
            moved = min(step, left)
            left -= moved
            self.cloud.step(moved)
            self.freezer.move_to(self.cloud.clock.now() + self.clock_is_off)
            fire_due(self.hass)
            await self.settle()

    async def shift_clock(self, by: timedelta) -> None:
        """Set Home Assistant's clock wrong, or right again: no other, and no timer's."""
        self.freezer.move_to(self.cloud.clock.now() + by)
        fire_due(self.hass, every=True)
        await self.settle()

    async def until(self, wanted: Callable[[], bool], within: float = 7200) -> None:
        """Let time pass until something is so."""
        for _ in range(int(within / 30)):
            if wanted():
                return
            await self.pass_time(30, 30)
        raise AssertionError("it did not come about")

    # ---- front doors

    def entity_id(self, platform: str, key: str, car: Car | None = None) -> str:
        """Find an entity of a car by its key."""
        unique_id = f"{(car or self.car).vin}-{key}"
        found = er.async_get(self.hass).async_get_entity_id(platform, DOMAIN, unique_id)
        assert found is not None, unique_id
        return found

    def state(self, platform: str, key: str, car: Car | None = None) -> State:
        """Give the state of an entity of a car."""
        found = self.hass.states.get(self.entity_id(platform, key, car))
        assert found is not None
        return found

    async def call(
        self,
        domain: str,
        service: str,
        platform: str,
        key: str,
        car: Car | None = None,
        **data: Any,
    ) -> None:
        """Call an action on an entity of a car, and wait."""
        await self.hass.services.async_call(
            domain,
            service,
            {"entity_id": self.entity_id(platform, key, car), **data},
            blocking=True,
        )

    async def act(
        self,
        domain: str,
        service: str,
        platform: str,
        key: str,
        within: float = 120,
        **data: Any,
    ) -> None:
        """Call an action while time passes; raise what it raises."""
        task = asyncio.create_task(self.call(domain, service, platform, key, **data))
        for _ in range(int(within)):
            await self.settle()
            if task.done():
                break
            await self.pass_time(1, 1)
        await task

    def odometer_km(self) -> float:
        """Give the car's true odometer."""
        body = self.car.vehicle_data({"vehicle_state"}, location=False)
        return float(body["vehicle_state"]["odometer"]) * 1.609344
