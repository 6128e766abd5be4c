"""A restart, or a crash, at any moment of a night: nothing is repeated or forgotten."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.fleet.errors import NotSaved
from custom_components.fleet_pulse.rules.memory import OneOff
from tests.fake_fleet.car import Car
from tests.lengths import IS_LONG

from .household import Household
from .rules import NIGHT, add_rule, runner, sent

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Leave Home Assistant its real files: a crash is made of them."""
    return {}


@pytest.fixture
async def car(home: Household) -> Car:
    """Give the old car, plugged in at 40 % in the evening, with a rule for nights."""
    car = home.old_car
    car.parts.battery.soc = 40
    await home.pass_time(11 * HOUR, 10 * MINUTE)
    await add_rule(home, "Night", NIGHT, car=car)
    car.plug("ac")
    await home.pass_time(20 * MINUTE, MINUTE)
    return car


async def restart(home: Household) -> None:
    """Have the account's entry start anew."""
    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.settle()


def remembered(home: Household, car: Car, part: str = "memory") -> dict[str, Any]:
    """Give what a crash at this moment would leave of what rules remember of a car."""
    folder = Path(home.hass.config.path(".storage"))
    (path,) = folder.glob("fleet_pulse.rules.*")
    found: dict[str, Any] = json.loads(path.read_text())["cars"][car.vin][part]
    return found


@pytest.mark.long
@pytest.mark.parametrize(
    "every",
    [
        # A hundred starts take a minute: the long proofs have it.
        *([pytest.param(7, id="every seven minutes")] if IS_LONG else []),
        pytest.param(20, id="every twenty minutes"),
        pytest.param(61, id="every hour"),
    ],
)
async def test_restarts_repeat_nothing(home: Household, car: Car, every: int) -> None:
    """However often it starts anew, a night is one stop and one start.

    At its target the car may be told to stop, though it would by itself. And the
    night is one session that teaches what it would have without them.
    """
    kwh = car.spec.capacity_kwh
    for _ in range(int(12 * 60 / every)):
        await restart(home)
        await home.pass_time(every * MINUTE, 2 * MINUTE)
    assert sent(home, car)[:2] == ["charge_stop", "charge_start"]
    assert sent(home, car).count("charge_start") == 1
    assert car.soc == pytest.approx(80, abs=1)
    learned = remembered(home, car, "learned")
    assert learned["capacities"] == [pytest.approx(kwh, rel=0.1)]
    (place,) = learned["places"].values()
    assert place["efficiencies"] == [pytest.approx(0.9, abs=0.06)]
    # It began to charge when it was plugged in, too.
    assert place["kws"] == [pytest.approx(11, abs=0.3)] * 2
    assert remembered(home, car, "session") is None


async def test_a_limit_raised_for_once_comes_back(home: Household, car: Car) -> None:
    """Also when it starts anew in between, and the car is what it was before."""
    assert car.limit == 80
    await runner(home).async_apply_once(car.vin, OneOff(id="trip", target_soc=90))
    await home.pass_time(5 * MINUTE, MINUTE)
    assert car.limit == 90
    kept = remembered(home, car)["raised"]
    assert (kept["to"], kept["restore"]) == (90, 80)
    await restart(home)
    await home.pass_time(9 * HOUR, 2 * MINUTE)
    assert car.soc == pytest.approx(90, abs=1)
    assert car.limit == 80
    assert remembered(home, car)["raised"] is None


async def test_nothing_is_raised_that_is_not_written_down(
    home: Household, car: Car, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a full disk the limit stays: a crash would leave it raised for ever."""
    before = sent(home, car)

    def full(*_: object) -> None:
        raise NotSaved("no space")

    with monkeypatch.context() as patch:
        patch.setattr("custom_components.fleet_pulse.rule_store.disk.write", full)
        with pytest.raises(NotSaved):
            await runner(home).async_apply_once(
                car.vin, OneOff(id="trip", target_soc=90)
            )
        await home.pass_time(20 * MINUTE, MINUTE)
    assert sent(home, car) == before
    await home.settle()


async def test_a_command_is_on_disk_before_it_leaves(
    home: Household, car: Car, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash right behind it cannot make our own doing look like somebody else's."""
    known: list[list[str]] = []
    answer = Car._answer

    def spied(self: Car, command: str, params: dict[str, Any]) -> Any:
        known.append([one["command"] for one in remembered(home, car)["sent"]])
        return answer(self, command, params)

    monkeypatch.setattr(Car, "_answer", spied)
    await home.pass_time(4 * HOUR, 2 * MINUTE)
    assert known == [["charge_stop", "charge_start"]]
