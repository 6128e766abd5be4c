"""Two cars that take signed commands, and tests that drive both ends of a command."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final

from custom_components.fleet_pulse.commander import (
    NOW,
    WHEN_AWAKE,
    Cause,
    Outcome,
    Urgency,
)
from custom_components.fleet_pulse.model.command import Call
from custom_components.fleet_pulse.runtime import FleetPulseData
from custom_components.fleet_pulse.vehicle import VehicleCoordinator
from tests.fake_fleet.accounts import SCOPES
from tests.fake_fleet.car import Car
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.log import Request
from tests.fake_fleet.populate import (
    CLIENT_ID,
    CLIENT_SECRET,
    EMAIL,
    ORIGIN,
    REDIRECT_URIS,
)
from tests.fake_fleet.specs import MODEL_3, MODEL_Y

from .household import Household

PATIENCE: Final = 60
"""How often to look whether a request is still under way, on a busy machine."""
PERSON: Final = Cause(reason="a test")
RULE: Final = Cause(reason="a rule", scheduled=True)


@asynccontextmanager
async def town(
    clock: Clock, *, wakes_in: float = 8, scopes: Iterable[str] = SCOPES
) -> AsyncIterator[FakeCloud]:
    """Give a cloud with two sleeping cars that wake in a time that is known."""
    world = FakeCloud(clock, ticks=False)
    world.add_application(
        CLIENT_ID,
        CLIENT_SECRET,
        redirect_uris=REDIRECT_URIS,
        origins={ORIGIN},
        registered_regions=("eu", "na"),
    )
    owner = world.add_account(EMAIL, "eu", scopes)
    for seed, spec in enumerate((MODEL_Y, MODEL_3), 1):
        car = Car(
            spec=spec,
            clock=clock,
            seed=seed,
            state="asleep",
            wake_seconds=(wakes_in, wakes_in),
            self_wakes=False,
        )
        world.add_car(car, owner)
    async with world:
        yield world


class Garage:
    """The cars of a household, each seen from both ends."""

    def __init__(self, home: Household) -> None:
        """Look into a household that is set up."""
        self.home = home
        self.cloud = home.cloud
        self.car, self.other = list(home.cloud.cars.values())[:2]

    @property
    def data(self) -> FleetPulseData:
        """Give what lives while the entry is loaded."""
        data: FleetPulseData = self.home.entry.runtime_data
        return data

    def vehicle(self, car: Car | None = None) -> VehicleCoordinator:
        """Give a car as Home Assistant sees it."""
        return self.data.account.vehicles[(car or self.car).vin]

    def pair_other(self) -> None:
        """Put our key into the second car too."""
        key = self.cloud.key_of("example.com")
        assert key is not None
        self.other.pair(key)

    # ---- commands

    def sending(
        self,
        call: Call,
        cause: Cause = PERSON,
        car: Car | None = None,
        urgency: Urgency = NOW,
    ) -> Coroutine[Any, Any, Outcome]:
        """Bring a command to a car, as an entity or a rule does."""
        return self.data.commander.async_send(self.vehicle(car), call, cause, urgency)

    def deferring(
        self, call: Call, urgency: Urgency = WHEN_AWAKE, car: Car | None = None
    ) -> Coroutine[Any, Any, Outcome]:
        """Have a rule ask for what may wait."""
        return self.sending(call, RULE, car, urgency)

    def waking(
        self, cause: Cause = PERSON, car: Car | None = None
    ) -> Coroutine[Any, Any, Outcome]:
        """Wake a car, as the button or a rule does."""
        return self.data.commander.async_wake(self.vehicle(car), cause)

    async def results(
        self, *work: Coroutine[Any, Any, Any], within: float = 200, step: float = 2
    ) -> list[Any]:
        """Let time pass until all is done; give results and errors alike."""
        tasks = [asyncio.ensure_future(one) for one in work]
        await self.quiet()
        left = within
        while left > 0 and not all(task.done() for task in tasks):
            left -= step
            await self.home.pass_time(step, step)
            await self.quiet()
        return await asyncio.gather(*tasks, return_exceptions=True)

    async def result(
        self, work: Coroutine[Any, Any, Any], *, within: float = 200, step: float = 2
    ) -> Any:
        """Let time pass until it is done; raise what it raises."""
        (found,) = await self.results(work, within=within, step=step)
        if isinstance(found, BaseException):
            raise found
        return found

    async def quiet(self) -> None:
        """Wait until nobody asks the cloud anything any more.

        A clock that moves while a request is under way looks like a lost answer.
        Answers that tests have come late are not waited for long.
        """
        seen = -1
        looks = 0
        while seen != len(self.cloud.requests) or (self._waits() and looks < PATIENCE):
            seen = len(self.cloud.requests)
            looks += 1
            await self.home.settle()

    def _waits(self) -> bool:
        """Say whether an answer is still awaited."""
        data = getattr(self.home.entry, "runtime_data", None)
        return data is not None and bool(data.journal.ledger.pending)

    # ---- time and state

    async def live(self, seconds: float, step: float = 10) -> None:
        """Let time pass in which something may wait for a car to wake or answer."""
        left = seconds
        while left > 0:
            left -= step
            await self.home.pass_time(step, step)
            await self.quiet()

    async def wake_up(self, car: Car | None = None, seconds: float = 15) -> None:
        """Let a car be awake, and Home Assistant know it, without asking it."""
        (car or self.car).request_wake()
        await self.home.pass_time(seconds, 5)
        self.cloud.garage()
        await self.look()

    async def look(self) -> None:
        """Ask the list now, if it may be asked."""
        await self.home.pass_time(10, 10)
        await self.data.account.async_look()
        await self.home.settle()

    async def fetch(self, car: Car | None = None) -> None:
        """Look at a car because a person asked for it."""
        await self.vehicle(car).async_ask()
        await self.home.settle()

    async def reload(self) -> None:
        """Load the entry anew."""
        assert await self.home.hass.config_entries.async_reload(
            self.home.entry.entry_id
        )
        await self.home.settle()

    async def restart(self) -> None:
        """Unload the entry, then load it: time may pass in between."""
        await self.unload()
        await self.load()

    async def unload(self) -> None:
        """Unload the entry."""
        entry_id = self.home.entry.entry_id
        assert await self.home.hass.config_entries.async_unload(entry_id)
        await self.home.settle()

    async def load(self) -> None:
        """Load the entry."""
        entry_id = self.home.entry.entry_id
        assert await self.home.hass.config_entries.async_setup(entry_id)
        await self.home.settle()

    # ---- what the cloud saw

    def wakes(self, car: Car | None = None) -> list[Request]:
        """Give the wakes of a car that the cloud saw."""
        seen = self.cloud.requests.of("wake")
        return [r for r in seen if r.vin == (car or self.car).vin]

    def signed(self, car: Car | None = None) -> list[Request]:
        """Give the signed messages for a car, handshakes included."""
        seen = self.cloud.requests.to("/signed_command")
        return [r for r in seen if r.vin == (car or self.car).vin]

    def lists(self) -> list[Request]:
        """Give the free lists."""
        return self.cloud.requests.to("/products")

    def looks(self, car: Car | None = None) -> list[Request]:
        """Give the looks at a car."""
        seen = self.cloud.requests.to("/vehicle_data")
        return [r for r in seen if r.vin == (car or self.car).vin]

    def obeyed(self, car: Car | None = None) -> list[str]:
        """Give the commands that reached a car, by name."""
        return [name for _, name, _, _ in (car or self.car).commands]
