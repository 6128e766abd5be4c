"""What the tests of departures say of cars, calendars and days."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field, Reading, Source as Spoke
from custom_components.fleet_pulse.model.state import State
from custom_components.fleet_pulse.rules.climate_memory import ClimateMemory
from custom_components.fleet_pulse.rules.climate_run import Followed, followed
from custom_components.fleet_pulse.rules.departure import Departure, Source
from custom_components.fleet_pulse.rules.departures import Leaving
from custom_components.fleet_pulse.rules.lead import Forecast
from custom_components.fleet_pulse.rules.memory import Memory
from custom_components.fleet_pulse.rules.precondition import (
    Around,
    Climate,
    precondition,
)
from custom_components.fleet_pulse.rules.reason import DepartureWhy
from custom_components.fleet_pulse.rules.situation import Situation

VIN: Final = "5YJ3E1EA7KF000001"
BERLIN: Final = ZoneInfo("Europe/Berlin")
AT: Final = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
"""A Tuesday, 07:30 in Berlin."""
MINUTE: Final = timedelta(minutes=1)
WEATHER: Final = "weather.home"
WEEKLY: Final = Departure(
    id="work",
    name="Work",
    vin=VIN,
    source=Source.WEEKLY,
    days=frozenset(range(5)),
    at=time(7, 30),
    temperature=21,
    weather=WEATHER,
)
LEAVING: Final = Leaving(departure=WEEKLY, day=AT.astimezone(BERLIN).date(), at=AT)
COLD: Final = (
    Forecast(at=AT - timedelta(hours=9), temperature=-4),
    Forecast(at=AT - timedelta(minutes=30), temperature=5),
    Forecast(at=AT + timedelta(minutes=30), temperature=6),
)
NO_MEMORY: Final = Memory()
NOTHING_YET: Final = ClimateMemory()
PARKED: Final[Mapping[Field[Any], Any]] = {
    fields.BATTERY_LEVEL: 62,
    fields.CABLE_CONNECTED: True,
    fields.CLIMATE_KEEPER_MODE: "off",
    fields.IS_CLIMATE_ON: False,
    fields.IS_PRECONDITIONING: False,
    fields.IN_SERVICE: False,
    fields.SHIFT_STATE: None,
    fields.USER_PRESENT: False,
}


def leaving(at: datetime = AT, rule: Departure = WEEKLY, **changes: Any) -> Leaving:
    """Give a departure at another time, or by another rule."""
    day = at.astimezone(BERLIN).date()
    return Leaving(departure=rule, day=day, at=at, **changes)


def car(
    said: Mapping[Field[Any], Any] | None = None, *, at: datetime = AT - 25 * MINUTE
) -> State:
    """Give a car that is parked and plugged in, but for what it says else."""
    words = {**PARKED, **(said or {})}
    return State().merged(
        Reading(field=field, value=value, at=at, source=Spoke.POLL)
        for field, value in words.items()
    )


def situation(before: int = 20, state: State | None = None, **more: Any) -> Situation:
    """Give what is known so many minutes before the departure, of a car at home."""
    known: dict[str, Any] = {"zones": frozenset({"zone.home"}), "is_online": True}
    return Situation(
        now=AT - before * MINUTE,
        zone=BERLIN,
        state=car() if state is None else state,
        **{**known, **more},
    )


def around(**more: Any) -> Around:
    """Give a cold morning on which nobody says who is home."""
    return Around(**{"forecasts": {WEATHER: COLD}, **more})


def decide(
    *leavings: Leaving,
    rules: tuple[Departure, ...] = (WEEKLY,),
    memory: Memory = NO_MEMORY,
    climate: ClimateMemory = NOTHING_YET,
    here: Situation | None = None,
    outside: Around | None = None,
) -> Climate:
    """Decide about departures."""
    return precondition(
        rules,
        leavings or (LEAVING,),
        memory,
        climate,
        situation=here or situation(),
        around=outside or around(),
    )


def why(climate: Climate, rule: str = "work") -> DepartureWhy:
    """Give the reason of a rule."""
    found = climate.reasons[rule].why
    assert isinstance(found, DepartureWhy)
    return found


def running(before: int = 20, **changes: Any) -> ClimateMemory:
    """Give what is remembered of preconditioning begun some minutes before."""
    moment = AT - before * MINUTE
    begun = ClimateMemory().begun(LEAVING, moment).taken(moment)
    assert begun.run is not None
    return replace(begun, run=replace(begun.run, **changes))


def warm(at: datetime, **said: Any) -> State:
    """Give a car whose climate runs, by its word at a moment."""
    words = {getattr(fields, name): value for name, value in said.items()}
    return car({fields.IS_CLIMATE_ON: True, **words}, at=at)


def follow(
    climate: ClimateMemory,
    here: Situation,
    *leavings: Leaving,
    stored: frozenset[str] = frozenset(),
) -> Followed:
    """Look at what became of what runs."""
    return followed(climate, leavings, here, stored)
