"""Phones that are pushed to, and others who can be told something.

A phone registers as the app does. What is pushed to it goes to a server of its maker,
here one on this machine; what is pressed below a notification comes back through the
phone's webhook.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, override

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from homeassistant.components.notify import NotifyEntity, NotifyEntityFeature
from homeassistant.components.notify.const import DATA_COMPONENT
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.fleet_pulse.alert_notifier import CLEAR

from .entities import read
from .household import Household

_PUSHED: Final = "/push"


class PushServer:
    """Takes what is pushed to phones, as the maker of the app does."""

    def __init__(self) -> None:
        """Have nothing yet."""
        self.pushed: list[dict[str, Any]] = []
        self.status = 201
        app = web.Application()
        app.router.add_post(_PUSHED, self._push)
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        """Give where phones are pushed."""
        return str(self.server.make_url(_PUSHED))

    async def _push(self, request: web.Request) -> web.Response:
        """Note what is pushed, and to whom."""
        self.pushed.append(await request.json())
        return web.json_response({}, status=self.status)


class Phone:
    """A phone with Home Assistant's app."""

    def __init__(self, home: Household, push: PushServer, name: str) -> None:
        """Be switched on; nobody is registered yet."""
        self._home = home
        self._push = push
        self._webhook_id = ""
        self.name = name

    async def register(self, browser: TestClient[Any, Any]) -> None:
        """Sign in with the app."""
        answer = await browser.post(
            "/api/mobile_app/registrations",
            json={
                "app_data": {"push_token": self.name, "push_url": self._push.url},
                "app_id": "io.robbie.HomeAssistant",
                "app_name": "Home Assistant",
                "app_version": "2026.10.1",
                "device_id": self.name,
                "device_name": self.name,
                "manufacturer": "Apple",
                "model": "iPhone18,1",
                "os_name": "iOS",
                "os_version": "20.1",
                "supports_encryption": False,
            },
        )
        assert answer.status == 201, await answer.text()
        self._webhook_id = (await answer.json())["webhook_id"]
        await self._home.settle()

    @property
    def device_id(self) -> str:
        """Give its device in Home Assistant."""
        hass = self._home.hass
        [found] = [
            device.id
            for entry in hass.config_entries.async_entries("mobile_app")
            for device in dr.async_entries_for_config_entry(
                dr.async_get(hass), entry.entry_id
            )
            if device.name == self.name
        ]
        return str(found)

    @property
    def got(self) -> list[dict[str, Any]]:
        """Give all that was pushed to it, the oldest first."""
        return [one for one in self._push.pushed if one["push_token"] == self.name]

    @property
    def shown(self) -> dict[str, str]:
        """Give what its screen shows, by tag, as the app does it."""
        shown = dict[str, str]()
        for one in self.got:
            tag = one["data"]["tag"]
            shown.pop(tag, None)
            if one["message"] != CLEAR:
                shown[tag] = one["message"]
        return shown

    async def press(self, action: str) -> None:
        """Press a button below a notification."""
        browser = await self._home.browser()
        said: Mapping[str, Any] = {
            "type": "fire_event",
            "data": {
                "event_type": "mobile_app_notification_action",
                "event_data": {"action": action, "sourceDeviceID": self.name},
            },
        }
        answer = await browser.post(f"/api/webhook/{self._webhook_id}", json=said)
        assert answer.status == 200, await answer.text()
        await self._home.settle()

    def button(self, name: str) -> str:
        """Give the id of a button below the last notification that has any."""
        [action] = [
            one["action"]
            for one in self.got[-1]["data"]["actions"]
            if name in one["action"]
        ]
        return str(action)


class Letterbox(NotifyEntity):
    """Somebody who can be told something, and no more than that."""

    _attr_should_poll = False
    _attr_supported_features = NotifyEntityFeature.TITLE

    def __init__(self, name: str) -> None:
        """Be empty."""
        self._attr_name = name
        self.letters: list[str] = []
        self.trouble: Exception | None = None

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        """Keep what is told, or fail."""
        if self.trouble is not None:
            raise self.trouble
        self.letters.append(f"{title}: {message}")


async def letterbox(home: Household, name: str) -> Letterbox:
    """Put a letterbox up."""
    assert await async_setup_component(home.hass, "notify", {})
    box = Letterbox(name)
    await home.hass.data[DATA_COMPONENT].async_add_entities([box])
    await home.settle()
    return box


@pytest.fixture
async def push() -> AsyncIterator[PushServer]:
    """Give the server that pushes to phones."""
    push = PushServer()
    await push.server.start_server()
    yield push
    await push.server.close()


@pytest.fixture
async def home(house: Household) -> Household:
    """Give a home whose phones may register, with a car that was read."""
    assert await async_setup_component(house.hass, "mobile_app", {})
    await house.set_up()
    await read(house)
    return house


@pytest.fixture
async def phone(
    home: Household, push: PushServer, hass_client: ClientSessionGenerator
) -> Phone:
    """Give the owner's phone."""
    phone = Phone(home, push, "Anna's phone")
    await phone.register(await hass_client())
    return phone
