"""Looking at many entities of a car at once, and at what they write."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, State, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util

from custom_components.fleet_pulse.const import DOMAIN
from tests.fake_fleet.car import Car
from tests.fake_fleet.faults import Fault

from .household import Household

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE

type Entry = er.RegistryEntry


def device(home: Household, car: Car) -> dr.DeviceEntry | None:
    """Give the device of a car, if there is one."""
    devices = dr.async_get(home.hass)
    return devices.async_get_device_by_identifier(
        (DOMAIN, car.vin), home.entry.entry_id
    )


def entries(home: Household, car: Car, platform: str = "") -> list[Entry]:
    """Give the registry entries of a car's entities (of one platform)."""
    found = er.async_entries_for_config_entry(
        er.async_get(home.hass), home.entry.entry_id
    )
    return [
        entry
        for entry in found
        if entry.unique_id.startswith(car.vin) and entry.domain.startswith(platform)
    ]


def shown(home: Household, car: Car, platform: str) -> dict[str, Any]:
    """Give everything a platform shows of a car, as it is, for a snapshot."""
    found = sorted(entries(home, car, platform), key=lambda entry: entry.entity_id)
    return {
        entry.entity_id: {
            "entry": entry,
            "state": home.hass.states.get(entry.entity_id),
        }
        for entry in found
    }


def street_shown(home: Household, platform: str) -> dict[str, dict[str, str]]:
    """Give what a platform shows of every car, by model, in short, for a snapshot."""
    return {
        car.spec.key: {
            key: f"{state.state} {state.attributes.get('unit_of_measurement', '')}"
            for key, state in sorted(states(home, car).items())
            if key.startswith(f"{platform}.")
        }
        for car in home.cloud.cars.values()
    }


def states(home: Household, car: Car) -> dict[str, State]:
    """Give the states of all enabled entities of a car, by platform and key."""
    return {
        f"{entry.domain}.{entry.unique_id.removeprefix(f'{car.vin}-')}": state
        for entry in entries(home, car)
        if (state := home.hass.states.get(entry.entity_id)) is not None
    }


def values(home: Household, car: Car) -> dict[str, str]:
    """Give what all enabled entities of a car show, by platform and key."""
    return {key: state.state for key, state in states(home, car).items()}


def said_at(state: State) -> datetime:
    """Give when the car said what an entity shows."""
    said = dt_util.parse_datetime(state.attributes["last_updated"])
    assert said is not None
    return said


async def read(home: Household) -> None:
    """Wake the sleeping car, and wait until both cars were looked at."""
    home.car.request_wake()
    await home.until(lambda: values(home, home.car)["lock.doors"] != "unknown")
    await home.pass_time(MINUTE)


async def look(home: Household) -> None:
    """Look at the car as a person who asks for it."""
    await home.hass.services.async_call(
        DOMAIN,
        "refresh",
        {"entity_id": home.entity_id("sensor", "state"), "fetch": True},
        blocking=True,
    )
    await home.pass_time(MINUTE)


async def guard(home: Household) -> dict[str, Any]:
    """Have the car keep itself awake, and give what it says from then on."""
    home.car.act("set_sentry_mode", {"on": True})
    await look(home)
    return home.car.vehicle_data(None, location=True)


async def look_unchanged(home: Household, body: dict[str, Any], times: int) -> None:
    """Wait for looks, thrice an hour, at a car that says the same, and says it now."""
    for _ in range(times):
        now = int(home.cloud.clock.now().timestamp() * 1000)
        again = {name: _said(part, now) for name, part in body.items()}
        answer = home.cloud.fail(
            f"*/{home.car.vin}/vehicle_data", status=200, body={"response": again}
        )
        await home.pass_time(15 * MINUTE, 5 * MINUTE)
        await home.until(partial(_is_given, answer))


def _is_given(answer: Fault) -> bool:
    """Say whether a prepared answer was given."""
    return answer.hits > 0


def _said(part: Any, now: int) -> Any:
    """Give a section of a body as if it was said at a moment."""
    return part | {"timestamp": now} if isinstance(part, dict) else part


@dataclass
class Rows:
    """What the recorder gets to write, by platform and key of the car's entities."""

    home: Household
    car: Car
    written: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Begin to count."""
        names = {
            entry.entity_id: entry.unique_id.removeprefix(f"{self.car.vin}-")
            for entry in entries(self.home, self.car)
        }

        @callback
        def changed(event: Event[EventStateChangedData]) -> None:
            entity_id = event.data["entity_id"]
            if entity_id in names:
                platform = entity_id.partition(".")[0]
                self.written[f"{platform}.{names[entity_id]}"] += 1

        self.stop: Callable[[], None] = self.home.hass.bus.async_listen(
            EVENT_STATE_CHANGED, changed
        )


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """An entity right after a command, and after the look that verifies it."""

    at_once: State
    verified: State


async def confirmed(
    home: Household,
    domain: str,
    service: str,
    key: str,
    car: Car | None = None,
    **data: Any,
) -> Confirmed:
    """Send a command through an entity, and wait for the look that verifies it."""
    await home.act(domain, service, domain, key, car=car, **data)
    at_once = home.state(domain, key, car)
    await home.pass_time(40)
    return Confirmed(at_once=at_once, verified=home.state(domain, key, car))
