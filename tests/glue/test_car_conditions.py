"""Conditions on what a car is, in automations that run or do not."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components import automation
from homeassistant.core import Event, callback
from homeassistant.setup import async_setup_component
import pytest

from tests.fake_fleet.car import HOME
from tests.fake_fleet.geography import beside

from .actions import device_of
from .entities import HOUR, MINUTE, look, read
from .household import Household
from .rule_devices import device_of_rule
from .rules import MORNING, add_rule, live_here

WORK: Final = beside(HOME, 5, 90)
ASKED: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "alert": ("alert_active", {}),
    "alert of another kind": ("alert_active", {"kind": ["left_open"]}),
    "awake": ("car_awake", {}),
    "below 40": ("soc_below", {"below": 40}),
    "below 41": ("soc_below", {"below": 41}),
    "below 41 within two hours": ("soc_below", {"below": 41, "max_age": "02:00:00"}),
    "at home": ("plugged_in_at_home", {}),
    "at work": ("plugged_in_at_home", {"zone": "zone.work"}),
}
"""What the automations are called, and what each one tests."""


class Answers:
    """Automations that each note that their condition holds."""

    def __init__(self, home: Household) -> None:
        """Nothing holds yet."""
        self.home = home
        self.noted: list[str] = []

        @callback
        def note(event: Event) -> None:
            self.noted.append(event.data["name"])

        home.hass.bus.async_listen("holds", note)

    async def begin(self, **target: Any) -> None:
        """Switch the automations on."""
        written = [
            {
                "alias": name,
                "triggers": {"trigger": "event", "event_type": "go"},
                "conditions": {
                    "condition": f"fleet_pulse.{key}",
                    "target": target,
                    "options": options,
                },
                "actions": {"event": "holds", "event_data": {"name": name}},
            }
            for name, (key, options) in ASKED.items()
        ]
        ours = {automation.DOMAIN: written}
        assert await async_setup_component(self.home.hass, automation.DOMAIN, ours)
        await self.home.settle()

    async def now(self) -> set[str]:
        """Give what holds now."""
        self.noted.clear()
        self.home.hass.bus.async_fire("go")
        await self.home.settle()
        return set(self.noted)


@pytest.fixture
async def answers(home: Household) -> Answers:
    """Give a home whose car was never looked at, and somebody who asks for it."""
    home.car._sleep.self_wakes = False
    home.car.parts.battery.soc = 40.2
    await live_here(home)
    place = {"latitude": WORK[0], "longitude": WORK[1], "radius": 100}
    home.hass.states.async_set("zone.work", "0", place)
    answers = Answers(home)
    await answers.begin(device_id=device_of(home, home.car))
    return answers


LOW: Final = {"below 41", "below 41 within two hours"}


async def test_a_condition_holds_as_long_as_it_is_known_to_be_so(
    answers: Answers,
) -> None:
    """Through a day of the car: unknown, at home, asleep, too long ago, elsewhere."""
    home, car = answers.home, answers.home.car
    assert await answers.now() == set()

    await read(home)
    assert await answers.now() == {"awake", *LOW}

    car.plug()
    car.operate("charge_stop")
    await look(home)
    assert await answers.now() == {"awake", "at home", *LOW}

    car.sleep_now()
    await home.pass_time(3 * MINUTE, MINUTE)
    assert await answers.now() == {"at home", *LOW}

    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.settle()
    assert await answers.now() == {"at home", *LOW}

    asked = len(home.cloud.requests.billed)
    await home.pass_time(3 * HOUR, HOUR / 2)
    assert await answers.now() == {"at home", "below 41"}
    await home.pass_time(22 * HOUR, HOUR)
    assert await answers.now() == {"at home"}
    assert len(home.cloud.requests.billed) == asked

    car.drive(20, WORK)
    await home.pass_time(25 * MINUTE, MINUTE)
    car.plug()
    await look(home)
    assert await answers.now() == {"awake", "at work", "below 40", *LOW}


async def test_an_alert_is_active_until_it_is_over(answers: Answers) -> None:
    """Only while an episode goes on, and only of the kinds that were chosen."""
    home = answers.home
    watched = {"cars": [home.car.vin], "kinds": ["low_battery"]}
    data = {**watched, "thresholds": {"low_battery": 45}}
    await add_rule(home, "Battery", data, matter="alert")
    await read(home)
    assert "alert" not in await answers.now()
    await home.pass_time(10 * MINUTE, MINUTE)
    await look(home)
    assert await answers.now() >= {"alert"}
    assert "alert of another kind" not in await answers.now()


async def test_a_rule_stands_for_its_car(home: Household) -> None:
    """Whoever chose a rule tests its car, and no other one."""
    rule = await add_rule(home, "Weekdays", MORNING, car=home.old_car)
    await home.pass_time(MINUTE)
    answers = Answers(home)
    await answers.begin(device_id=device_of_rule(home, rule).id)
    assert home.state("sensor", "state").state == "asleep"
    assert "awake" in await answers.now()
