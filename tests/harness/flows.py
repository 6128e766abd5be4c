"""A config flow filled in as a person would, knowing as little of it as possible.

A form gets the answers given or its defaults, a menu the preferred option; an outside
page is visited, progress waited for. `create_entry` and `abort` are the ends.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from .front_door import FrontDoor

type Answer = Mapping[str, Any] | Callable[[], Awaitable[Mapping[str, Any]]]

PATH: Final = "/config/config_entries/flow"
ENDS: Final = frozenset({"abort", "create_entry"})
# A flow that asks this often goes in circles.
MOST_STEPS: Final = 60


class FlowStuckError(RuntimeError):
    """The flow asks for something that it was not given."""


class Flow:
    """One flow at a time, driven to its end."""

    def __init__(
        self,
        home: FrontDoor,
        *,
        answers: Mapping[str, Answer] | None = None,
        prefer: Sequence[str] = (),
        despite: Sequence[str] = (),
    ) -> None:
        """Answer forms by step id, and take the preferred option of menus.

        `despite` names the steps to submit although they tell of something wrong.
        An answer may be what has to be done outside before it can be given.
        """
        self._home = home
        self._answers = answers or {}
        self._prefer = prefer
        self._despite = despite
        self.seen: list[str] = []
        """The steps so far, as `type:step_id`."""

    async def begin(self, handler: str, **context: Any) -> dict[str, Any]:
        """Start a new flow and drive it to its end."""
        data = {"handler": handler, "show_advanced_options": False, **context}
        await self._listen()
        return await self._drive(await self._home.post(PATH, data))

    async def go_on(self, flow_id: str) -> dict[str, Any]:
        """Take up a flow that exists and drive it to its end."""
        await self._listen()
        return await self._drive(await self._home.get(f"{PATH}/{flow_id}"))

    async def _listen(self) -> None:
        """Listen for the end of progress, as a dialog does."""
        event = "data_entry_flow_progressed"
        await self._home.ws("subscribe_events", event_type=event)

    async def _drive(self, step: dict[str, Any]) -> dict[str, Any]:
        """Answer until the flow has nothing more to ask."""
        for _ in range(MOST_STEPS):
            self.seen.append(f"{step['type']}:{step.get('step_id') or ''}")
            if step["type"] in ENDS:
                return step
            step = await self._next(step)
        raise FlowStuckError(f"it goes in circles: {self.seen}")

    async def _next(self, step: dict[str, Any]) -> dict[str, Any]:
        """Answer one step and return the next."""
        path = f"{PATH}/{step['flow_id']}"
        match step["type"]:
            case "form":
                return await self._step(path, await self._fill(step))
            case "menu":
                return await self._step(path, {"next_step_id": self._choose(step)})
            case "external":
                await self._visit(step["url"])
            case "progress":
                await asyncio.sleep(0.2)
        found: dict[str, Any] = await self._home.get(path)
        return found

    async def _step(self, path: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Send an answer."""
        found: dict[str, Any] = await self._home.post(path, data)
        return found

    async def _fill(self, step: dict[str, Any]) -> dict[str, Any]:
        """Fill a form: what we know of it, else what it suggests."""
        if step["errors"] and step["step_id"] not in self._despite:
            raise FlowStuckError(
                f"{step['step_id']}: {step['errors']} after {self.seen}"
            )
        defaults = {
            field["name"]: field["default"]
            for field in step["data_schema"]
            if "default" in field
        }
        answer = self._answers.get(step["step_id"], {})
        return defaults | dict(await answer() if callable(answer) else answer)

    def _choose(self, step: dict[str, Any]) -> str:
        """Choose from a menu."""
        options = list(step["menu_options"])
        return next((name for name in self._prefer if name in options), options[0])

    async def _visit(self, url: str) -> None:
        """Open an outside page, which leads back here, as a browser would."""
        async with self._home.http.get(url) as response:
            came_back = str(response.url).startswith(self._home.client_id)
            if response.status != 200 or not came_back:
                raise FlowStuckError(f"{response.url}: {await response.text()}")
