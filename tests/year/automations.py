"""The wishes as automations on Home Assistant's own integration for Tesla.

They are what a careful owner writes: stop a cable that was put in from charging at
once, begin in time by what is known of the level, warm the cabin at ten past seven.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import date
import json
from pathlib import Path
from typing import Any, Final, override

from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component

from tests.benchmark.home import Home
from tests.conformance import core
from tests.fake_fleet.car import Car

from .programs import Program, Wishes
from .wishes import HOLIDAYS

NIGHT: Final = "Weekday night"
KEYS: Final = {
    "cable": ("binary_sensor", "charge_state_conn_charge_cable"),
    "charge": ("switch", "charge_state_user_charge_enable_request"),
    "climate": ("climate", "driver_temp"),
    "level": ("sensor", "charge_state_battery_level"),
    "limit": ("number", "charge_state_charge_limit_soc"),
    "place": ("device_tracker", "location"),
    "wake": ("button", "wake"),
}
WEEKDAYS: Final = ["mon", "tue", "wed", "thu", "fri"]
WEEKEND: Final = ["sat", "sun"]
IN_TIME: Final = """
{%% set morning = today_at('07:30') %%}
{%% if now() >= morning %%}{%% set morning = morning + timedelta(days=1) %%}{%% endif %%}
{%% set missing = 80 - states('%s') | float(80) %%}
{%% set needed = missing * 0.75 / 2.9 + 1 %%}
{{ missing >= 1 and morning.weekday() < 5
   and morning.date() | string not in [%s]
   and now() > morning - timedelta(hours=needed) }}
"""
"""Whether it is time: 75 kWh at 2.9 kW, and an hour for the cold."""
ONCE: Final = """
{{ this.attributes.last_triggered is none
   or now() - this.attributes.last_triggered > timedelta(hours=12) }}
"""
"""Once a night: who stopped it since then had a reason."""

type Names = dict[str, str]
type Step = dict[str, Any]


def automations(names: Names) -> list[Step]:
    """Write the automations for a car's entities."""
    days = ", ".join(f"'{day}'" for day in sorted(map(str, HOLIDAYS)))
    works = _says(f"{{{{ now().date() | string not in [{days}] }}}}")
    home, cable = _is(names["place"], "home"), _is(names["cable"], "on")
    weekdays = {"condition": "time", "weekday": WEEKDAYS}
    weekend = {"condition": "time", "weekday": WEEKEND}
    once = _says(ONCE)
    window = {"condition": "time", "after": "10:00:00", "before": "16:00:00"}
    stop = _act("switch.turn_off", names["charge"])
    return [
        _automation(
            NIGHT,
            {"trigger": "time_pattern", "minutes": "/15"},
            [_says(IN_TIME % (names["level"], days)), home, cable, once],
            _charge(names, 80),
        ),
        _automation(
            "Weekend",
            _at("10:00:00"),
            [weekend, home, cable, _is_below(names["level"], 60)],
            _charge(names, 60),
        ),
        _automation(
            "Weekend is over",
            _at("16:00:00"),
            [weekend, home, _is(names["charge"], "on")],
            [stop],
        ),
        _automation(
            "Plugged in",
            # A moment later, when all entities say what the same look found.
            {
                "trigger": "state",
                "entity_id": names["cable"],
                "to": "on",
                "for": "00:01:00",
            },
            [home],
            [
                {
                    "choose": [
                        {
                            "conditions": [weekend, window],
                            "sequence": _charge(names, 60),
                        }
                    ],
                    "default": [stop],
                }
            ],
        ),
        _automation(
            "Off to work",
            _at("07:10:00"),
            [weekdays, works, home],
            [*_wake(names), _act("climate.turn_on", names["climate"])],
        ),
        _automation(
            "Did not go",
            _at("08:10:00"),
            [home, _is(names["climate"], "heat_cool")],
            [_act("climate.turn_off", names["climate"])],
        ),
    ]


def _automation(alias: str, trigger: Step, conditions: list[Step], do: Any) -> Step:
    """Write one automation."""
    return {
        "id": alias.lower().replace(" ", "_"),
        "alias": alias,
        "triggers": [trigger],
        "conditions": conditions,
        "actions": do,
    }


def _wake(names: Names) -> list[Step]:
    """Wake the car; core gives up after half a minute, many cars take a whole one."""
    return [_act("button.press", names["wake"]), {"delay": "00:01:00"}]


def _charge(names: Names, percent: int) -> list[Step]:
    """Wake the car, set the limit where it differs, and charge."""
    differs = _says(f"{{{{ states('{names['limit']}') | int(0) != {percent} }}}}")
    limit = _act("number.set_value", names["limit"], value=percent)
    return [
        *_wake(names),
        {"if": [differs], "then": [limit]},
        _act("switch.turn_on", names["charge"]),
    ]


def _at(time: str) -> Step:
    """Trigger at a time of the wall clock."""
    return {"trigger": "time", "at": time}


def _is(entity: str, state: str) -> Step:
    """Demand a state."""
    return {"condition": "state", "entity_id": entity, "state": state}


def _is_below(entity: str, level: int) -> Step:
    """Demand a number below another."""
    return {"condition": "numeric_state", "entity_id": entity, "below": level}


def _says(template: str) -> Step:
    """Demand a template."""
    return {"condition": "template", "value_template": template}


def _act(action: str, entity: str, **data: Any) -> Step:
    """Call an action; what a car refuses does not end the automation."""
    return {
        "action": action,
        "target": {"entity_id": entity},
        "data": data,
        "continue_on_error": True,
    }


class Automations(Program, Wishes):
    """Core's integration and its automations."""

    @override
    @asynccontextmanager
    async def running(self, house: Home) -> AsyncIterator[None]:
        """Set core up, pair its key, and write the automations."""
        self.house = house
        with core.at_the_cloud(house.cloud):
            async with core.key_site() as site:
                await core.prepare(house)
                self.entry = await core.set_up(house, site)
                key = house.cloud.key_of(core.HOST)
                assert key is not None
                house.car.pair(key)
                await self._write(self._wanted())
                assert await async_setup_component(
                    house.hass, "automation", {"automation": self._wanted()}
                )
                yield

    @override
    def wishes(self, car: Car) -> Wishes:
        """Give itself: there is one car."""
        assert car is self.house.car
        return self

    def _wanted(self) -> list[Step]:
        """Write the automations for the car's entities as they are called."""
        entities, names = er.async_get(self.house.hass), {}
        for name, (domain, key) in KEYS.items():
            unique_id = f"{self.house.car.vin}-{key}"
            found = entities.async_get_entity_id(domain, core.CORE, unique_id)
            assert found is not None, unique_id
            names[name] = found
        return automations(names)

    async def _write(self, wanted: list[Step]) -> None:
        """Have them in the configuration, where a reload finds them."""
        # JSON is YAML.
        text = json.dumps({"automation": wanted})
        path = Path(self.house.hass.config.path("configuration.yaml"))
        await self.house.hass.async_add_executor_job(path.write_text, text, "utf-8")

    @override
    async def switch(self, *, on: bool) -> None:
        """Switch the night's automation."""
        await self.house.hass.services.async_call(
            "automation",
            "turn_on" if on else "turn_off",
            {"entity_id": f"automation.{NIGHT.lower().replace(' ', '_')}"},
            blocking=True,
        )

    @override
    async def skip(self, day: date) -> None:
        """Switch it off: there is nothing for one day."""
        await self.switch(on=False)

    @override
    async def unskip(self) -> None:
        """Switch it on again."""
        await self.switch(on=True)

    @override
    async def delete(self) -> None:
        """Switch it off, which comes to the same."""
        await self.switch(on=False)

    @override
    async def make(self) -> None:
        """Switch it on."""
        await self.switch(on=True)

    @override
    def audit(self, months: Iterable[date]) -> None:
        """Accept it: core counts nothing."""

    @override
    async def end(self, *, cut: bool) -> None:
        """End core's integration, and have no automation."""
        await self._reload([])
        await self.house.hass.config_entries.async_unload(self.entry.entry_id)

    @override
    async def begin(self) -> None:
        """Begin again."""
        await self.house.hass.config_entries.async_setup(self.entry.entry_id)
        await self._reload(self._wanted())

    async def _reload(self, wanted: list[Step]) -> None:
        """Have these automations and no other."""
        await self._write(wanted)
        await self.house.hass.services.async_call("automation", "reload", blocking=True)
