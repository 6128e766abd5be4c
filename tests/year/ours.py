"""The wishes as rules of this integration."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final, override

from homeassistant.helpers import entity_registry as er

from tests.benchmark.home import Home
from tests.fake_fleet.car import Car
from tests.glue.rule_forms import RuleMaker

from .programs import Program, Wishes
from .wishes import HOLIDAYS, WARM

STORAGE: Final = ".storage"
OWN: Final = "fleet_pulse*"


class Rules(Wishes):
    """Two charge rules and a departure of one car."""

    def __init__(self, house: Home, car: Car) -> None:
        """Have none yet."""
        self._house = house
        self._weekday = ""
        # Who has one car is not asked for which.
        device = RuleMaker(house).device_id(car.vin)
        self._car = {"car": device} if len(house.cloud.cars) > 1 else {}

    async def begin(self) -> None:
        """Make them all."""
        await self.make()
        await RuleMaker(self._house).make(
            "window",
            days=["weekend"],
            start="10:00:00",
            end="16:00:00",
            target_soc=60,
            **self._car,
        )
        departures = RuleMaker(self._house, "departure")
        await departures.make("weekly", temperature=WARM, **self._car)

    @override
    async def switch(self, *, on: bool) -> None:
        """Switch the weekday's rule, on the page of its device."""
        (switch,) = (
            entity.entity_id
            for entity in er.async_get(self._house.hass).entities.values()
            if entity.config_subentry_id == self._weekday and entity.domain == "switch"
        )
        await self._house.hass.services.async_call(
            "switch",
            "turn_on" if on else "turn_off",
            {"entity_id": switch},
            blocking=True,
        )

    @override
    async def skip(self, day: date) -> None:
        """Leave out a day of the weekday's rule."""
        await self._house.entry.runtime_data.runner.async_skip(self._weekday, day)

    @override
    async def unskip(self) -> None:
        """Do nothing: a rule knows by itself which day it is."""

    @override
    async def delete(self) -> None:
        """Delete the weekday's rule."""
        entries = self._house.hass.config_entries
        entries.async_remove_subentry(self._house.entry, self._weekday)
        await self._house.settle()

    @override
    async def make(self) -> None:
        """Make the weekday's rule: what is proposed, and no holidays."""
        maker = RuleMaker(self._house)
        form = await maker.choose(await maker.first("ready_by", **self._car), "when")
        overview = await maker.submit(form, skip_dates=sorted(map(str, HOLIDAYS)))
        assert (await maker.choose(overview, "save"))["type"] == "create_entry"
        await self._house.settle()
        self._weekday = maker.rules[-1].subentry_id


class Ours(Program):
    """This integration with its rules."""

    @override
    @asynccontextmanager
    async def running(self, house: Home) -> AsyncIterator[None]:
        """Set it up by its own flow, and make the rules of every car."""
        self.house = house
        await house.set_up()
        self.entry = house.entry
        self._rules = {car.vin: Rules(house, car) for car in house.cloud.cars.values()}
        for rules in self._rules.values():
            await rules.begin()
        yield

    @override
    def wishes(self, car: Car) -> Wishes:
        """Give the rules of a car."""
        return self._rules[car.vin]

    @override
    async def end(self, *, cut: bool) -> None:
        """End; where the electricity fails, nothing is written any more."""
        before = await self._run(_read) if cut else None
        await self.house.hass.config_entries.async_unload(self.entry.entry_id)
        if before is not None:
            await self._run(_restore, before)

    @override
    async def begin(self) -> None:
        """Begin again."""
        await self.house.hass.config_entries.async_setup(self.entry.entry_id)

    async def _run(self, do: Any, *more: Any) -> Any:
        """Do something to the folder in a thread."""
        folder = Path(self.house.hass.config.path(STORAGE))
        return await self.house.hass.async_add_executor_job(do, folder, *more)

    @override
    def audit(self, months: Iterable[date]) -> None:
        """Refuse a year that our ledger counts otherwise than the cloud."""
        ledger = self.entry.runtime_data.account.journal.ledger
        for month in months:
            ours = {str(name): count for name, count in ledger.billed(month).items()}
            for name, count in self.house.cloud.bill.counts(month).items():
                assert ours.get(name, 0) == count, (month, name, ours, count)


def _read(folder: Path) -> dict[Path, bytes]:
    """Read what is on disk."""
    return {path: path.read_bytes() for path in folder.glob(OWN)}


def _restore(folder: Path, before: Mapping[Path, bytes]) -> None:
    """Have on disk what was there before, and nothing else."""
    for path in folder.glob(OWN):
        if path not in before:
            path.unlink()
    for path, content in before.items():
        path.write_bytes(content)
