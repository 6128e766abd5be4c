"""Lives a year, or some weeks of it, with one contestant."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
import gc
from typing import Any, Final, override

from tests.benchmark.contestants import exact_cost
from tests.benchmark.home import Home, home
from tests.benchmark.warp import WarpLoop
from tests.fake_fleet.car import HOME, Car
from tests.fake_fleet.cloud import FakeCloud

from .automations import Automations
from .deeds import SILENCE, Deed, Kind, deeds
from .judge import Judge
from .ours import Ours
from .programs import Program, Wishes
from .town import MODELS, SEED, SETTING_UP, built
from .will import Will
from .wishes import ZONE, at

SAMPLE: Final = timedelta(minutes=1)
PATIENCE: Final = timedelta(hours=11)
"""How long an owner waits for the car to charge, to stop it."""
NOON: Final = time(12, 5)
"""Of the next day; the car is at work then."""
ENOUGH: Final = timedelta(minutes=30)
"""How long it has charged when the owner stops it."""
A_DAY: Final = timedelta(days=1)
PROGRAMS: Final[dict[str, Callable[[], Program]]] = {
    "ours": Ours,
    "tesla_fleet_automations": Automations,
}
SHOWN: Final = "%a %d %b %H:%M"
BILLED: Final = ("command", "data", "wake")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One contestant's year."""

    program: str
    models: tuple[str, ...]
    """Which kinds of cars there are, one of each, in one household."""
    begin: datetime
    days: int

    @override
    def __str__(self) -> str:
        """Name it in the progress."""
        return f"rules {self.days} d {' '.join(self.models)} {self.program}"

    @property
    def end(self) -> datetime:
        """Say when it is over."""
        return self.begin + self.days * A_DAY


def run(case: Case) -> dict[str, dict[str, Any]]:
    """Live it, and give the figures of each kind of car.

    A year takes a process for a quarter of an hour.
    """
    start = case.begin - SETTING_UP
    with asyncio.Runner(loop_factory=lambda: WarpLoop(start)) as runner:
        return runner.run(_lived(case))


async def _lived(case: Case) -> dict[str, dict[str, Any]]:
    """Live it in the running loop."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, WarpLoop)
    cloud = built(MODELS[model] for model in case.models)
    program = PROGRAMS[case.program]()
    async with home(cloud, loop) as house:
        await _move_in(house)
        async with program.running(house):
            # What is there by now stays: nobody needs to look through it for garbage.
            gc.freeze()
            year = _Year(case, house.cloud, program)
            await year.live(loop)
            program.audit(year.months())
            return year.figures()


async def _move_in(house: Home) -> None:
    """Have Home Assistant know where home is."""
    latitude, longitude = HOME
    await house.hass.config.async_update(
        latitude=latitude, longitude=longitude, radius=100
    )


class _Year:
    """The days as they pass, and what happens to the whole household."""

    def __init__(self, case: Case, cloud: FakeCloud, program: Program) -> None:
        """Begin when everything is set up."""
        self.case = case
        self.cloud = cloud
        self.program = program
        self.desk = asyncio.Lock()
        """There is one, at which one thing is done after the other."""
        self.drivers = [
            _Driver(self, car, program.wishes(car)) for car in cloud.cars.values()
        ]
        self._deeds = list(deeds(case.begin.date(), case.days, SEED))
        self._under_way: set[asyncio.Task[None]] = set()
        self._before: dict[str, int] = {}
        self._paid_before = Decimal(0)

    async def live(self, loop: WarpLoop) -> None:
        """Let the days pass, a minute at a time."""
        moment = loop.now.replace(second=0, microsecond=0)
        while moment < self.case.end:
            moment += SAMPLE
            await asyncio.sleep((moment - loop.now).total_seconds())
            self._minute(moment)
        for task in self._under_way:
            task.cancel()

    def _minute(self, now: datetime) -> None:
        """Do what is done every minute."""
        for driver in self.drivers:
            driver.car.advance(now)
        if now == self.case.begin:
            self._before = self.cloud.bill.counts(now)
            self._paid_before = exact_cost(self.cloud, now.date())
        for driver in self.drivers:
            driver.judge.sample(now)
        while self._deeds and self._deeds[0].at <= now:
            self._start(self._deeds.pop(0))
        for task in [task for task in self._under_way if task.done()]:
            self._under_way.remove(task)
            task.result()

    def _start(self, deed: Deed) -> None:
        """Begin with a deed; some last for days."""
        if deed.kind in (Kind.RESTART, Kind.POWER_CUT):
            doing = [self._restart(deed)]
        else:
            doing = [driver.do(deed) for driver in self.drivers]
        self._under_way |= {asyncio.create_task(one) for one in doing}

    async def _restart(self, deed: Deed) -> None:
        """End Home Assistant, and start it after a while."""
        back = deed.at + timedelta(minutes=deed.value)
        for driver in self.drivers:
            driver.judge.deaf(back)
        async with self.desk:
            await self.program.end(cut=deed.kind is Kind.POWER_CUT)
            await asyncio.sleep(deed.value * 60)
            await self.program.begin()

    # ---- summing up

    def months(self) -> Iterator[date]:
        """List the months that are billed."""
        month = self.case.begin.date().replace(day=1)
        while month < self.case.end.date():
            yield month
            month = (month + timedelta(days=32)).replace(day=1)

    def figures(self) -> dict[str, dict[str, Any]]:
        """Say what it cost all together, and what became of the wishes of each."""
        months = list(self.months())
        bills = [self.cloud.bill.counts(month) for month in months]
        counts = {name: sum(bill[name] for bill in bills) for name in BILLED}
        usd = sum((exact_cost(self.cloud, month) for month in months), Decimal(0))
        billed = {
            "commands": counts["command"] - self._before["command"],
            "looks": counts["data"] - self._before["data"],
            "usd": float(usd - self._paid_before),
        }
        return {
            model: billed | driver.figures()
            for model, driver in zip(self.case.models, self.drivers, strict=True)
        }


class _Driver:
    """The owner of one car, and what is done with it by hand."""

    def __init__(self, year: _Year, car: Car, wishes: Wishes) -> None:
        """Want the wishes."""
        self.car = car
        self.will = Will()
        self.judge = Judge(
            car=car, will=self.will, begin=year.case.begin, end=year.case.end
        )
        self._desk = year.desk
        self._wishes = wishes

    async def do(self, deed: Deed) -> None:
        """Do what is done."""
        match deed.kind:
            case Kind.SILENCE:
                self.car.reachable = False
                await asyncio.sleep(SILENCE.total_seconds())
                self.car.reachable = True
            case Kind.LIMIT:
                self.will.set_limit(deed.value, deed.at)
                self.car.operate("set_charge_limit", percent=deed.value)
            case Kind.START:
                if self.car.charging_state == "Stopped":
                    self.car.operate("charge_start")
            case Kind.STOP:
                await self._stop(deed)
            case _:
                await self._have_second_thoughts(deed)

    async def _stop(self, deed: Deed) -> None:
        """Wait for the car to have charged for a while, then stop it on its screen."""
        now, charged = deed.at, timedelta()
        while now < deed.at + PATIENCE:
            await asyncio.sleep(SAMPLE.total_seconds())
            now += SAMPLE
            is_charging = self.car.charging_state == "Charging"
            charged = charged + SAMPLE if is_charging else timedelta()
            if charged >= ENOUGH:
                self.will.stop(now)
                self.car.operate("charge_stop")
                return

    async def _have_second_thoughts(self, deed: Deed) -> None:
        """Do something in Home Assistant, and undo it at the next day's noon."""
        noon = at(deed.at.astimezone(ZONE).date() + A_DAY, NOON)
        async with self._desk:
            await self._change(deed)
        await asyncio.sleep((noon - deed.at).total_seconds())
        async with self._desk:
            await self._change_back(deed.kind)
        if deed.kind is not Kind.SKIP:
            self.will.switch(noon, on=True)

    async def _change(self, deed: Deed) -> None:
        """Want the next morning no more."""
        if deed.kind is Kind.SKIP:
            await self._wishes.skip(self.will.skip(deed.at))
            return
        self.will.switch(deed.at, on=False)
        if deed.kind is Kind.DISABLE:
            await self._wishes.switch(on=False)
        else:
            await self._wishes.delete()

    async def _change_back(self, kind: Kind) -> None:
        """Want all mornings again."""
        match kind:
            case Kind.SKIP:
                await self._wishes.unskip()
            case Kind.DISABLE:
                await self._wishes.switch(on=True)
            case _:
                await self._wishes.make()

    def figures(self) -> dict[str, Any]:
        """Say what became of the wishes."""
        return {
            **self.judge.figures(),
            "found": [
                f"{when.astimezone(ZONE):{SHOWN}} {what}"
                for when, what in self.judge.found
            ],
            "woken": [f"{when:{SHOWN}}" for when in self.judge.wakes()],
        }
