"""What the tests of a car's own schedules say of rules, cars and weeks."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.car_schedule import (
    CarSchedule,
    ScheduleKind,
    Standing,
)
from custom_components.fleet_pulse.model.field import Field, Location, Reading, Source
from custom_components.fleet_pulse.model.schedule_id import rule_ids
from custom_components.fleet_pulse.model.state import State
from custom_components.fleet_pulse.planner.learned import Learned, Session
from custom_components.fleet_pulse.rules.charge_rule import ChargeRule, WallWindow
from custom_components.fleet_pulse.rules.departures import Leaving
from custom_components.fleet_pulse.rules.memory import Memory
from custom_components.fleet_pulse.rules.native import Compiled, compiled
from custom_components.fleet_pulse.rules.situation import Situation

VIN: Final = "5YJ3E1EA7KF000001"
BERLIN: Final = ZoneInfo("Europe/Berlin")
HOME: Final = (48.1, 11.5)
WORK: Final = (48.2, 11.7)
PLACES: Final = {"zone.home": HOME, "zone.work": WORK}
LEARNED: Final = Learned().learned(Session(zone="zone.home", kw=3.68))
"""It has charged at home before."""
WEEKDAYS: Final = frozenset(range(5))
NIGHT: Final = WallWindow(start=time(23), end=time(6))
TUESDAY: Final = datetime(2026, 11, 24, 17, tzinfo=UTC)
"""18:00 in Berlin."""
FRIDAY_NIGHT: Final = date(2026, 11, 27)
PARKED: Final[dict[Field[Any], Any]] = {
    fields.BATTERY_LEVEL: 50,
    fields.CHARGING_STATE: "stopped",
    fields.CABLE_CONNECTED: True,
    fields.LOCATION: Location(*HOME),
    fields.CHARGE_CURRENT_REQUEST: 16,
}
BITS: Final = {
    name: 1 << bit
    for bit, name in enumerate(("su", "mo", "tu", "we", "th", "fr", "sa"))
}


def rule(**given: Any) -> ChargeRule:
    """Return a rule for the nights of weekdays, but for what is given."""
    usual: dict[str, Any] = {
        "id": "nights",
        "name": "Nights",
        "vin": VIN,
        "target_soc": 80,
        "days": WEEKDAYS,
        "windows": () if "ready_by" in given else (NIGHT,),
    }
    return ChargeRule(**(usual | given))


def state(*kept: CarSchedule, at: datetime = TUESDAY, **said: Any) -> State:
    """Return what a car said, and the schedules that it keeps."""
    known = PARKED | {getattr(fields, name.upper()): v for name, v in said.items()}
    for kind, field in (
        (ScheduleKind.CHARGE, fields.CHARGE_SCHEDULES),
        (ScheduleKind.PRECONDITION, fields.PRECONDITION_SCHEDULES),
    ):
        known[field] = tuple(one for one in kept if one.kind is kind)
    return State().merged(
        Reading(field=field, value=value, at=at, source=Source.POLL)
        for field, value in known.items()
    )


def situation(
    *kept: CarSchedule,
    now: datetime = TUESDAY,
    said: dict[str, Any] | None = None,
    **given: Any,
) -> Situation:
    """Return the situation of a car that is plugged in at home."""
    usual: dict[str, Any] = {
        "now": now,
        "zone": BERLIN,
        "state": state(*kept, at=now, **(said or {})),
        "places": PLACES,
        "zones": frozenset({"zone.home"}),
    }
    return Situation(**(usual | given))


def compile_all(
    *rules: ChargeRule,
    leavings: Iterable[Leaving] = (),
    memory: Memory | None = None,
    around: Situation | None = None,
) -> tuple[Compiled, ...]:
    """Return the schedules of rules."""
    return compiled(
        rules, tuple(leavings), memory or Memory(), around or situation(), LEARNED
    )


def shown(one: CarSchedule | Compiled) -> str:
    """Return a schedule as people write it: its days, start and end."""
    schedule = one.schedule if isinstance(one, Compiled) else one
    days = " ".join(name for name, bit in BITS.items() if schedule.days & bit)
    ends = "-".join(
        "" if m is None else _clock(m) for m in (schedule.start, schedule.end)
    )
    once = " once" if schedule.one_time else ""
    return f"{days} {ends}{once}"


def kept(
    owner: str = "nights",
    part: int = 0,
    *,
    place: tuple[float, float] = HOME,
    **given: Any,
) -> CarSchedule:
    """Return a schedule that a car keeps of a rule: the nights of weekdays."""
    usual: dict[str, Any] = {
        "kind": ScheduleKind.CHARGE,
        "id": rule_ids(owner)[part],
        "days": 62,
        "latitude": place[0],
        "longitude": place[1],
        "start": 23 * 60,
        "end": 6 * 60,
        "standing": Standing.READ,
    }
    return CarSchedule(**(usual | given))


def _clock(minute: int) -> str:
    """Return a minute of the day as a clock shows it."""
    return f"{minute // 60:02}:{minute % 60:02}"
