"""An administrator's browser: it writes down all that Home Assistant sends to it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
import json
from typing import Any, Final

from aiohttp.test_utils import TestClient
from homeassistant.auth.models import TOKEN_TYPE_LONG_LIVED_ACCESS_TOKEN, User
from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from .household import Household

FLOW: Final = "/api/config/config_entries/flow"
PATIENCE: Final = 200
"""Naps to wait for an answer."""
PARTS: Final = (
    "config",
    "diagnostics",
    "persistent_notification",
    "repairs",
    "system_health",
    "system_log",
)
"""What a browser talks to besides the integration itself."""
SUBSCRIPTIONS: Final = (
    "config_entries/flow/subscribe",
    "config_entries/subscribe",
    "persistent_notification/subscribe",
    "subscribe_entities",
    "subscribe_events",
    "system_health/info",
)
QUESTIONS: Final = (
    "config/device_registry/list",
    "config/entity_registry/list",
    "config_entries/flow/progress",
    "config_entries/get",
    "get_config",
    "get_services",
    "get_states",
    "persistent_notification/get",
    "repairs/list_issues",
    "system_log/list",
)


class Browser:
    """Stands where `hass.config_entries.flow` stands, but comes in over HTTP."""

    def __init__(
        self,
        house: Household,
        http: TestClient[Any, Any],
        connect: Callable[[], Awaitable[MockHAClientWebSocket]],
    ) -> None:
        """Begin with nothing received."""
        self._house = house
        self._http = http
        self._connect = connect
        self._socket: MockHAClientWebSocket | None = None
        self._listening: asyncio.Task[None] | None = None
        self._answered = 0
        self.received: list[tuple[str, bytes]] = []
        """Where from, and what."""
        # Time that is moved by hours cuts the connection; events go on being told.
        house.hass.bus.async_listen(MATCH_ALL, self._note_event)

    async def open(self) -> None:
        """Connect, and be told of everything from now on."""
        await self.close()
        self._socket = await self._connect()
        self._listening = asyncio.create_task(self._listen(self._socket))
        for subscription in SUBSCRIPTIONS:
            await self._ask(subscription)

    async def close(self) -> None:
        """Hang up."""
        if self._socket is not None and self._listening is not None:
            await self._socket.close()
            await self._listening

    @callback
    def _note_event(self, event: Event) -> None:
        """Write down what everybody is told who subscribes to events."""
        text = json.dumps(event.as_dict(), default=str)
        self.received.append(("an event", text.encode()))

    # ---- dialogs

    async def async_init(
        self, handler: str, *, context: dict[str, Any], data: Any = None
    ) -> Any:
        """Open a dialog."""
        asked = {"handler": handler, "show_advanced_options": True}
        asked |= {key: context[key] for key in ("entry_id",) if key in context}
        return await self._fetch("POST", FLOW, json=asked)

    async def async_configure(self, flow_id: str, user_input: Any = None) -> Any:
        """Answer a step, or look at it."""
        path = f"{FLOW}/{flow_id}"
        if user_input is None:
            return await self._fetch("GET", path)
        return await self._fetch("POST", path, json=user_input)

    def async_progress(self) -> list[Any]:
        """Say which dialogs are open; no browser is needed to know that."""
        return [*self._house.hass.config_entries.flow.async_progress()]

    # ---- everything else

    async def download(self, path: str) -> str:
        """Fetch whatever is there."""
        async with self._http.get(path) as answer:
            body = await answer.read()
        self.received.append((path, body))
        return body.decode()

    async def look_around(self) -> None:
        """Open every page on which the integration could show something."""
        await self.open()
        for question in QUESTIONS:
            await self._ask(question)
        entry_id = self._house.entry.entry_id
        await self.download(f"/api/diagnostics/config_entry/{entry_id}")
        await self.download("/api/error_log")

    async def _fetch(self, method: str, path: str, **how: Any) -> Any:
        """Ask, and write down the answer."""
        async with self._http.request(method, path, **how) as answer:
            body = await answer.read()
            assert answer.status == 200, body
        self.received.append((path, body))
        return json.loads(body)

    async def _ask(self, question: str) -> None:
        """Ask over the socket, and wait for the answer."""
        assert self._socket is not None
        assert self._listening is not None
        wanted = self._answered + 1
        await self._socket.send_json_auto_id({"type": question})
        for _ in range(PATIENCE):
            if self._answered >= wanted:
                return
            if self._listening.done():
                self._listening.result()
            await self._house.settle()
        raise AssertionError("the websocket does not answer")

    async def _listen(self, socket: MockHAClientWebSocket) -> None:
        """Write down what comes over the socket."""
        async for message in socket:
            self.received.append(("the websocket", message.data.encode()))
            found = json.loads(message.data)
            for part in found if isinstance(found, list) else [found]:
                assert part.get("success", True), part
                if part["type"] == "result":
                    self._answered += 1


async def prepare(hass: HomeAssistant) -> None:
    """Set up what a browser talks to, before one comes."""
    for part in PARTS:
        assert await async_setup_component(hass, part, {})


async def opened(
    house: Household,
    client: ClientSessionGenerator,
    socket: WebSocketGenerator,
    user: User,
) -> Browser:
    """Open a browser that stays signed in, and is subscribed to everything."""
    auth = house.hass.auth
    signed_in = await auth.async_create_refresh_token(
        user,
        client_name="browser",
        token_type=TOKEN_TYPE_LONG_LIVED_ACCESS_TOKEN,
        access_token_expiration=timedelta(days=30),
    )
    token = auth.async_create_access_token(signed_in)
    found = Browser(house, await client(token), partial(socket, house.hass, token))
    await found.open()
    return found
