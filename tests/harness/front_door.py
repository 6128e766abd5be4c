"""Home Assistant as its owner reaches it: REST and websocket, never its insides."""

import asyncio
from collections.abc import Mapping
import json
from pathlib import Path
import time
from typing import Any, Final, Self

import aiohttp

# Home Assistant's access tokens live for 30 minutes.
TOKEN_LIFE: Final = 25 * 60
TIMEOUT: Final = aiohttp.ClientTimeout(total=300)
OWNER: Final = {"name": "Demo", "username": "demo", "password": "demo-demo"}


class RefusedError(RuntimeError):
    """Home Assistant said no, in its own words."""

    def __init__(self, what: str, code: object, message: object) -> None:
        """Keep the code, to be told apart by."""
        super().__init__(f"{what}: {code}: {message}")
        self.code = code


class FrontDoor:
    """A logged-in owner. The login outlives the process behind it."""

    def __init__(self, url: str, login: Path) -> None:
        """Talk to `url`; keep the owner's login in the file `login`."""
        self.url = url
        self.client_id = f"{url}/"
        self.tokens: dict[str, Any] = {}
        self._login = login
        self._renew_at = 0.0
        self._http: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._turn = asyncio.Lock()
        self._last_id = 0

    async def __aenter__(self) -> Self:
        """Enter with nothing open."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave nothing open."""
        await self.hang_up()

    async def hang_up(self) -> None:
        """Close all connections; they open again when needed."""
        if self._socket is not None:
            await self._socket.close()
        if self._http is not None:
            await self._http.close()
        self._socket = self._http = None

    @property
    def http(self) -> aiohttp.ClientSession:
        """A session without any authorization."""
        if self._http is None:
            self._http = aiohttp.ClientSession(timeout=TIMEOUT)
        return self._http

    # --- login

    async def log_in(self) -> None:
        """Create the owner at the first visit; come back as the same later."""
        if self._login.exists():
            self.tokens = json.loads(self._login.read_text())
            await self._renew()
            return
        user = OWNER | {"client_id": self.client_id, "language": "en"}
        url = f"{self.url}/api/onboarding/users"
        async with self.http.post(url, json=user) as response:
            code = (await _answer(response))["auth_code"]
        await self._ask_for_tokens(grant_type="authorization_code", code=code)

    async def _renew(self) -> None:
        """Get a new access token."""
        refresh_token = self.tokens["refresh_token"]
        await self._ask_for_tokens(
            grant_type="refresh_token", refresh_token=refresh_token
        )

    async def _ask_for_tokens(self, **form: str) -> None:
        """Get tokens and keep them."""
        form["client_id"] = self.client_id
        async with self.http.post(f"{self.url}/auth/token", data=form) as response:
            self.tokens |= await _answer(response)
        self._renew_at = time.monotonic() + TOKEN_LIFE
        self._login.touch(mode=0o600)
        self._login.write_text(json.dumps(self.tokens))

    async def access_token(self) -> str:
        """Return an access token that is good for some minutes."""
        if time.monotonic() > self._renew_at:
            await self._renew()
        return str(self.tokens["access_token"])

    # --- REST

    async def get(self, path: str) -> Any:
        """Ask for JSON at a path below /api."""
        return await self._request("GET", path)

    async def post(self, path: str, data: Mapping[str, Any] | None = None) -> Any:
        """Send JSON to a path below /api."""
        return await self._request("POST", path, data or {})

    async def delete(self, path: str) -> Any:
        """Delete what a path below /api names."""
        return await self._request("DELETE", path)

    async def _request(
        self, method: str, path: str, data: Mapping[str, Any] | None = None
    ) -> Any:
        """Send one request as the owner, as the frontend would."""
        headers = {
            "Authorization": f"Bearer {await self.access_token()}",
            # From this, flows take the address of the browser's Home Assistant.
            "HA-Frontend-Base": self.url,
        }
        url = f"{self.url}/api{path}"
        async with self.http.request(
            method, url, json=data, headers=headers
        ) as response:
            return await _answer(response)

    async def states(self) -> dict[str, dict[str, Any]]:
        """Return all states by entity id."""
        return {state["entity_id"]: state for state in await self.get("/states")}

    async def state(self, entity_id: str) -> str | None:
        """Return what an entity says, or None where there is no such entity."""
        found = (await self.states()).get(entity_id)
        return None if found is None else str(found["state"])

    # --- websocket

    async def ws(self, type: str, **data: Any) -> Any:
        """Send one websocket command and return its result."""
        async with self._turn:
            socket = await self._connected()
            self._last_id += 1
            await socket.send_json({"id": self._last_id, "type": type, **data})
            answer = await _result(socket, self._last_id)
        if not answer["success"]:
            error = answer["error"]
            raise RefusedError(type, error["code"], error["message"])
        return answer["result"]

    async def call(
        self,
        domain: str,
        service: str,
        data: Mapping[str, Any] | None = None,
        *,
        target: Mapping[str, Any] | None = None,
        returns: bool = False,
    ) -> Any:
        """Perform an action; with `returns`, return its response data."""
        result = await self.ws(
            "call_service",
            domain=domain,
            service=service,
            service_data=dict(data or {}),
            target=dict(target or {}),
            return_response=returns,
        )
        return result.get("response")

    async def _connected(self) -> aiohttp.ClientWebSocketResponse:
        """Return an open, authorized connection."""
        if self._socket is not None and not self._socket.closed:
            return self._socket
        token = await self.access_token()
        socket = await self.http.ws_connect(f"{self.url}/api/websocket", max_msg_size=0)
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": token})
        answer = await socket.receive_json()
        if answer["type"] != "auth_ok":
            raise RefusedError("websocket", answer["type"], answer.get("message"))
        self._socket, self._last_id = socket, 0
        return socket


async def _result(
    socket: aiohttp.ClientWebSocketResponse, command_id: int
) -> dict[str, Any]:
    """Read on until the answer to one command."""
    while True:
        message: dict[str, Any] = await socket.receive_json(timeout=300)
        if message["id"] == command_id and message["type"] == "result":
            return message


async def _answer(response: aiohttp.ClientResponse) -> Any:
    """Return the JSON of an answer, or raise with what it says instead."""
    text = await response.text()
    if response.status >= 400:
        raise RefusedError(response.url.path, response.status, text[:500])
    return json.loads(text) if text else None
