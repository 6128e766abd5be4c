"""Benchmark 1: months of a commuter, lived by one contestant after the other."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
import gc
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, callback

from tests.fake_fleet.car import Car
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.log import Request, RequestLog
from tests.fake_fleet.sleep_machine import SleepModel

from .cases import BEGIN, MONTHS, MOVE_IN, built, switch_sentry
from .contestants import CONTESTANTS, Contestant, exact_cost, keep_economical, set_up
from .figures import SAMPLE, Watch, nothing
from .home import Home, home
from .shown import Entities
from .warp import WarpLoop


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One contestant's month."""

    month: str
    model: SleepModel
    contestant: str
    days: int

    @override
    def __str__(self) -> str:
        """Name it in the progress."""
        return f"{self.month} {self.model} {self.contestant}"


class _HeardLog(RequestLog):
    """The cloud's log, which calls when something is asked."""

    heard: Callable[[Request], None]

    @override
    def note(self, request: Request) -> None:
        """Add a request, and tell."""
        super().note(request)
        self.heard(request)


def run(case: Case) -> dict[str, Any]:
    """Live one month; this takes a process for minutes."""
    with asyncio.Runner(loop_factory=lambda: WarpLoop(MOVE_IN)) as runner:
        return runner.run(_lived(case))


async def _lived(case: Case) -> dict[str, Any]:
    """Live one month in the running loop."""
    contestant, month = CONTESTANTS[case.contestant], MONTHS[case.month]
    cloud = built(month, case.model, cached_data=contestant.has_cached_data)
    life = _Life(case, cloud)
    if not contestant.asks:
        await life.live(None)
        return life.figures() | nothing()
    loop = asyncio.get_running_loop()
    assert isinstance(loop, WarpLoop)
    async with home(cloud, loop) as house, set_up(contestant, house) as entry:
        watch = life.watched(house, contestant)
        if contestant.is_economy:
            life.billed = keep_economical(house, entry)
        # What is there by now stays: nobody needs to look through it for garbage.
        gc.freeze()
        await life.live(watch)
        life.audit(entry)
        return life.figures() | watch.figures()


class _Life:
    """The car's month, and what is counted of it."""

    def __init__(self, case: Case, cloud: FakeCloud) -> None:
        """Begin when everything is set up."""
        self.case = case
        self.cloud = cloud
        self.awake_before = 0.0
        self.free = 0
        self.billed: Callable[[], object] = str
        """Called, a moment later, when something was billed."""
        self.reasons: Counter[str] = Counter()
        self._watch: Watch | None = None
        self._last_snapshot: Any = None
        self._why: Callable[[], str] = str
        cloud.requests = _HeardLog()
        cloud.requests.heard = self._heard

    @property
    def car(self) -> Car:
        """Give the one car."""
        return next(iter(self.cloud.cars.values()))

    def watched(self, house: Home, contestant: Contestant) -> Watch:
        """Watch what a contestant shows, whenever it changes."""
        entities = Entities.found(
            house.hass, contestant.platform, self.car.vin, contestant.keys
        )
        watch = Watch(car=self.car, read=lambda: entities.read(house.hass), begin=BEGIN)
        names = frozenset(entities)

        @callback
        def changed(event: Event[Any]) -> None:
            """See at once what is shown now."""
            if event.data["entity_id"] in names:
                watch.look(self.cloud.clock.now())

        house.hass.bus.async_listen("state_changed", changed)
        if not contestant.is_core:
            vehicle = house.entry.runtime_data.account.vehicles[self.car.vin]
            self._why = lambda: str(vehicle.poll.reason)
        self._watch = watch
        return watch

    async def live(self, watch: Watch | None) -> None:
        """Let the days pass, a minute at a time."""
        end = BEGIN + timedelta(days=self.case.days)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, WarpLoop)
        moment = MOVE_IN
        while moment < end:
            moment += timedelta(seconds=SAMPLE)
            await asyncio.sleep((moment - loop.now).total_seconds())
            self._minute(moment, watch)

    def _minute(self, now: datetime, watch: Watch | None) -> None:
        """Do what is done every minute."""
        car = self.car
        car.advance(now)
        if MONTHS[self.case.month].has_sentry:
            switch_sentry(car, now)
        if now == BEGIN:
            self.awake_before = car.awake_seconds
        if watch is not None:
            watch.sample(now)

    def _heard(self, request: Request) -> None:
        """Count a request, and know what the car said in its answer."""
        watch, car = self._watch, self.car
        is_data = request.path.endswith("/vehicle_data") and request.status == 200
        if request.at >= BEGIN:
            self.free += request.category == "free"
            if request.billed:
                self.reasons[self._why() or str(request.category)] += 1
        if request.billed:
            asyncio.get_running_loop().call_soon(self.billed)
        if watch is None or request.status != 200:
            return
        snapshot = car.product()["cached_data"]
        if is_data or (snapshot is not None and snapshot is not self._last_snapshot):
            watch.heard()
        self._last_snapshot = snapshot

    def audit(self, entry: ConfigEntry) -> None:
        """Refuse a month with a wake, or one that our ledger counts differently."""
        counts = self.cloud.bill.counts(BEGIN)
        assert counts["wake"] == self.car.wake_requests == 0, counts
        if CONTESTANTS[self.case.contestant].is_core:
            return
        ledger = entry.runtime_data.account.journal.ledger.billed(BEGIN.date())
        ours = {str(category): count for category, count in ledger.items()}
        assert ours["data"] == counts["data"], (ours, counts)
        assert ours["command"] == counts["command"], (ours, counts)
        assert ours["wake"] == 0, ours
        cost = entry.runtime_data.account.journal.ledger.cost(BEGIN.date(), "USD")
        assert cost == self.cloud.bill.total(BEGIN), (cost, counts)

    def figures(self) -> dict[str, Any]:
        """Give what the month cost."""
        counts = self.cloud.bill.counts(BEGIN)
        awake = (self.car.awake_seconds - self.awake_before) / 60
        return {
            "data": counts["data"],
            "command": counts["command"],
            "wake": counts["wake"],
            "free": self.free,
            "usd": float(exact_cost(self.cloud, BEGIN)),
            "awake_min": round(awake, 1),
            "reasons": dict(self.reasons.most_common()),
        }
