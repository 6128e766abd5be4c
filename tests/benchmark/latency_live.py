"""A child of `latency`: real commands, timed one by one.

`python -m tests.benchmark.latency_live REPETITIONS` answers with JSON. Time between
commands is simulated. What a command to an awake car costs is real time: from the call
of Home Assistant's action to its end, without the one request that carries it. The
configuration folder is on disk: journal and sessions are written before a command may
leave. How long after its waking a car accepts is simulated time, in which computing and
the network cost nothing.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import gc
import json
import random
import sys
import time
from typing import Any, Final

from aiohttp import TraceConfig
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from tests.fake_fleet.car import Car
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.specs import MODEL_Y

from .home import Home, home
from .warp import WarpLoop
from .weight_cloud import build

START: Final = datetime(2026, 10, 5, 6, tzinfo=UTC)
CARS: Final = 10
WAKES_IN: Final = (8.0, 30.0)
PAUSE: Final = 5.0
"""Seconds between commands: Tesla takes 30 a minute."""
ROUND: Final = 75 * 60.0
"""Seconds between wakes of a car: the guard allows 6 an hour and 20 a day."""
STAGGER: Final = 600.0
IN_TURN: Final = (
    ("climate", "turn_on", "cabin"),
    ("button", "press", "flash_lights"),
    ("climate", "turn_off", "cabin"),
    ("button", "press", "honk_horn"),
)
CARRIERS: Final = ("/signed_command", "/command/")


@dataclass(slots=True)
class _Network:
    """The time that requests which carry commands were under way."""

    spent: float = 0
    requests: int = 0
    trace: TraceConfig = field(init=False)

    def __post_init__(self) -> None:
        """Make what a web client calls."""
        self.trace = TraceConfig()
        self.trace.on_request_start.append(self._started)
        self.trace.on_request_end.append(self._ended)
        self.trace.freeze()

    async def _started(self, _: object, context: Any, __: object) -> None:
        """Start the watch."""
        context.started = time.perf_counter()

    async def _ended(self, _: object, context: Any, request: Any) -> None:
        """Stop it."""
        if any(carrier in request.url.path for carrier in CARRIERS):
            self.spent += time.perf_counter() - context.started
            self.requests += 1


def _town() -> FakeCloud:
    """Build a cloud of cars that wake as slowly as real ones, on the machine's clock."""
    cloud = build(Clock.real(), 0)
    owner = next(iter(cloud.accounts.values()))
    for seed in range(1, CARS + 1):
        car = Car(
            spec=MODEL_Y,
            clock=cloud.clock,
            seed=seed,
            state="asleep",
            wake_seconds=WAKES_IN,
            self_wakes=False,
        )
        cloud.add_car(car, owner)
    return cloud


async def _awake(house: Home, car: Car, times: int) -> dict[str, Any]:
    """Time commands to a car that is awake."""
    network = _Network()
    for verify in (True, False):
        session = async_get_clientsession(house.hass, verify)
        session.trace_configs.append(network.trace)
    own: list[float] = []
    round_trips: list[float] = []
    # The first round opens the sessions, and loads what signs.
    for number in range(times + len(IN_TURN)):
        domain, action, key = IN_TURN[number % len(IN_TURN)]
        await asyncio.sleep(PAUSE)
        network.spent, network.requests = 0, 0
        begun = time.perf_counter()
        await house.call(domain, action, domain, key, car)
        took = time.perf_counter() - begun
        assert network.requests >= 1, (domain, action)
        own.append((took - network.spent) * 1000)
        round_trips.append(network.spent * 1000)
    return {
        "first_ms": own[0],
        "awake_ms": own[len(IN_TURN) :],
        "round_trip_ms": round_trips[len(IN_TURN) :],
    }


async def _asleep(house: Home, cars: Sequence[Car], times: int) -> dict[str, Any]:
    """Time commands to cars that sleep: from being online to having accepted."""
    found = await asyncio.gather(
        *(
            _woken_often(house, car, -(-(times - place) // len(cars)))
            for place, car in enumerate(cars)
        )
    )
    timed = [one for of_a_car in found for one in of_a_car]
    return {
        "asleep_s": [accepted for accepted, _ in timed],
        "woke_s": [woke for _, woke in timed],
        "wakes": len(house.cloud.requests.of("wake")),
    }


async def _woken_often(house: Home, car: Car, times: int) -> list[tuple[float, float]]:
    """Wake one car again and again, as often as the guard allows."""
    dice = random.Random(car.vin)
    timed = []
    for _ in range(times):
        car.sleep_now()
        await asyncio.sleep(ROUND + dice.uniform(0, STAGGER))
        timed.append(await _woken(house, car))
    return timed


async def _woken(house: Home, car: Car) -> tuple[float, float]:
    """Send one command to a car that sleeps."""
    assert car.state == "asleep"
    begun = house.cloud.clock.now()
    await house.call("climate", "turn_on", "climate", "cabin", car)
    accepted = house.cloud.clock.now()
    assert car.parts.cabin.is_on
    online = max(at for at, what in car.parts.events if what == "woke by wake_up")
    assert online >= begun
    return _seconds(accepted - online), _seconds(online - begun)


def _seconds(span: timedelta) -> float:
    """Give a span as a number."""
    return round(span.total_seconds(), 3)


async def _measured(times: int) -> dict[str, Any]:
    """Set everything up and measure both."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, WarpLoop)
    cloud = _town()
    async with home(cloud, loop, on_disk=True) as house:
        await house.set_up()
        key = cloud.key_of("example.com")
        assert key is not None
        for car in cloud.cars.values():
            car.pair(key)
        await asyncio.sleep(120)
        cars = list(cloud.cars.values())
        await house.call("climate", "turn_on", "climate", "cabin", cars[0])
        gc.freeze()
        awake = await _awake(house, cars[0], times)
        return awake | await _asleep(house, cars, times)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=lambda: WarpLoop(START)) as runner:
        sys.stdout.write(json.dumps(runner.run(_measured(int(sys.argv[1])))))
