"""What raises each kind, what clears it, and the numbers that the spec names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from custom_components.fleet_pulse.alerts.facts import Upcoming

from .bench import BEGIN, MINUTE, Bench, Words, alert

HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
ONCE: Final = None
_DEADLINE: Final = BEGIN + 11 * HOUR
_PLAN: Final = Upcoming(rule="r", name="Work", deadline=_DEADLINE, target_soc=80)
_LATE: Final = Upcoming(
    rule="r", name="Work", deadline=_DEADLINE, estimated_ready=_DEADLINE + 30 * MINUTE
)
_IN_TIME: Final = Upcoming(
    rule="r", name="Work", deadline=_DEADLINE, estimated_ready=_DEADLINE - 30 * MINUTE
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What raises a kind, what clears it, and the numbers that the spec names."""

    hold: timedelta
    cooldown: timedelta | None
    max_age: timedelta
    raises: tuple[Words, ...] = ({},)
    """Said a minute apart; it is so from the last on."""
    clears: tuple[Words, ...] = ({},)
    around: Mapping[str, Any] = field(default_factory=dict)
    around_raised: Mapping[str, Any] = field(default_factory=dict)
    around_cleared: Mapping[str, Any] = field(default_factory=dict)
    clears_after: timedelta = MINUTE
    is_of_car: bool = True
    """Else it is seen without the car saying anything, and cannot be stale."""


_SHUT: Final = {"door_driver_front": False}
_OPEN: Final = {"door_driver_front": True}
_PLUGGED: Final = {"cable_connected": True, "charging_state": "stopped"}
_CHARGING: Final = {
    "cable_connected": True,
    "charging_state": "charging",
    "charger_power": 11,
}
_STOPPED: Final = {"charging_state": "stopped", "charger_power": 0}

CASES: Final[Mapping[str, Case]] = {
    "account_trouble": Case(
        hold=0 * MINUTE,
        cooldown=0 * MINUTE,
        max_age=DAY,
        around_raised={"troubles": ("key_changed",)},
        around_cleared={"troubles": ()},
        is_of_car=False,
    ),
    "awake_idle": Case(
        hold=3 * HOUR,
        cooldown=DAY,
        max_age=30 * MINUTE,
        around_raised={"online_since": BEGIN},
        around_cleared={"online_since": None},
        is_of_car=False,
    ),
    "battery_dropped": Case(
        hold=0 * MINUTE,
        cooldown=DAY,
        max_age=DAY,
        raises=({"charging_state": "stopped"}, {"battery_level": 66}),
        clears=({**_CHARGING, "battery_level": 70},),
    ),
    "budget": Case(
        hold=0 * MINUTE,
        cooldown=ONCE,
        max_age=DAY,
        around={"month": date(2026, 11, 1)},
        around_raised={"spent_share": 85},
        around_cleared={"spent_share": 10},
        is_of_car=False,
    ),
    "charging_stopped": Case(
        hold=10 * MINUTE,
        cooldown=2 * HOUR,
        max_age=DAY,
        around={"target_soc": 80},
        raises=(_CHARGING, _STOPPED),
        clears=(_CHARGING,),
    ),
    "climate_left_on": Case(
        hold=30 * MINUTE,
        cooldown=12 * HOUR,
        max_age=2 * HOUR,
        raises=({"is_climate_on": True},),
        clears=({"is_climate_on": False},),
    ),
    "left_open": Case(
        hold=5 * MINUTE,
        cooldown=HOUR,
        max_age=30 * MINUTE,
        raises=(_OPEN,),
        clears=(_SHUT,),
    ),
    "left_open_at_home": Case(
        hold=15 * MINUTE,
        cooldown=HOUR,
        max_age=30 * MINUTE,
        around={"zones": ("zone.home",)},
        raises=({"locked": False},),
        clears=({"locked": True},),
    ),
    "low_battery": Case(
        hold=5 * MINUTE,
        cooldown=12 * HOUR,
        max_age=DAY,
        raises=({"battery_level": 19},),
        clears=({"battery_level": 26},),
    ),
    "not_plugged_in": Case(
        hold=10 * MINUTE,
        cooldown=ONCE,
        max_age=DAY,
        around={"zones": ("zone.home",)},
        around_raised={"upcoming": (_PLAN,)},
        clears=(_PLUGGED,),
        raises=({"cable_connected": False, "charging_state": "disconnected"},),
    ),
    "sentry_left_on": Case(
        hold=4 * HOUR,
        cooldown=12 * HOUR,
        max_age=6 * HOUR,
        raises=({"sentry_mode": True},),
        clears=({"sentry_mode": False},),
    ),
    "telemetry_silent": Case(
        hold=15 * MINUTE,
        cooldown=12 * HOUR,
        max_age=30 * MINUTE,
        around={"telemetry_at": BEGIN, "online_since": BEGIN},
        raises=({"shift_state": "d"},),
        clears=({"shift_state": "p"},),
        is_of_car=False,
    ),
    "tyre_pressure": Case(
        hold=0 * MINUTE,
        cooldown=DAY,
        max_age=DAY,
        raises=({"tpms_pressure_rl": 2.3}, {"tpms_pressure_rl": 2.3}),
        clears=({"tpms_pressure_rl": 2.9},),
    ),
    "update_available": Case(
        hold=0 * MINUTE,
        cooldown=ONCE,
        max_age=DAY,
        raises=(
            {
                "software_update_status": "available",
                "software_update_version": "2026.44.2",
            },
        ),
        clears=({"software_update_status": "none"},),
    ),
    "update_installed": Case(
        hold=0 * MINUTE,
        cooldown=ONCE,
        max_age=DAY,
        raises=({"car_version": "2026.44.2"},),
        clears_after=DAY,
    ),
    "will_not_be_ready": Case(
        hold=10 * MINUTE,
        cooldown=ONCE,
        max_age=DAY,
        around_raised={"upcoming": (_LATE,)},
        around_cleared={"upcoming": (_IN_TIME,)},
    ),
}


def bench(key: str) -> Bench:
    """Return a car of which one kind is told."""
    found = Bench(alert(key))
    found.around |= CASES[key].around
    return found


def raise_it(bench: Bench, key: str) -> None:
    """Have it be so."""
    case = CASES[key]
    for count, words in enumerate(case.raises):
        bench.now += MINUTE * bool(count)
        bench.say(words, **case.around_raised)


def clear_it(bench: Bench, key: str) -> None:
    """Have it be so no more."""
    case = CASES[key]
    for words in case.clears:
        bench.say(words, **case.around_cleared)
    bench.wait(case.clears_after)
