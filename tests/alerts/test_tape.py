"""Days of a car's life, and exactly the episodes that somebody would name who saw it.

Each day says what happens to the car, and what an owner is to hear of it; most of what
happens to a car is nothing that anybody should hear of.
"""

from datetime import timedelta
import os
from typing import Final

import pytest

from custom_components.fleet_pulse.alerts.news import Act, NewsKind

from .bench import MINUTE
from .tape import TOLD, Changes, Day, clock, played

IS_LONG: Final = "FLEET_PULSE_PROVE_RUNS" in os.environ
# A poll is ten minutes after the one before.
_SOON: Final = 11 * MINUTE
_OPEN: Final = {"door_driver_front": True}
_SHUT: Final = {"door_driver_front": False}


def _door(*spans: tuple[str, str]) -> dict[str, dict[str, bool]]:
    """Return a door that is open between some times."""
    return {
        time: words
        for begin, end in spans
        for time, words in ((begin, _OPEN), (end, _SHUT))
    }


_NO_CABLE: Final[Changes] = {
    "17:38": {"cable_connected": False, "charging_state": "disconnected"},
    "21:00": {"cable_connected": True, "charging_state": "stopped"},
}
_FREE: Final = {"charging_state": "disconnected", "cable_connected": False}

WEEK_1: Final = (
    # A window stays open at work; the car falls asleep over it.
    Day(
        changes={
            "08:02": {
                "user_present": False,
                "locked": True,
                "window_driver_front": True,
            },
            "17:00": {
                "user_present": True,
                "locked": False,
                "window_driver_front": False,
            },
        },
        episodes=(("left_open", "08:07"),),
    ),
    # The cable is forgotten until nine.
    Day(changes=_NO_CABLE, episodes=(("not_plugged_in", "20:10"),)),
    # The wallbox trips for an hour.
    Day(
        changes={
            "22:20": {"charging_state": "no_power", "charger_power": 0},
            "23:20": {"charging_state": "charging", "charger_power": 11},
            "23:30": None,
            "23:55": {
                "charging_state": "complete",
                "charger_power": 0,
                "soc": 80.5,
                "target_soc": None,
            },
        },
        episodes=(("charging_stopped", "22:30"),),
    ),
    # Preheating, a bag out of the boot, a garage without reception: all of it usual.
    # And half of the budget is gone.
    Day(
        changes={
            "07:05": {"is_climate_on": True},
            "07:31": {"is_climate_on": False},
            "12:00": {"trunk": True, "locked": False, "spent_share": 50},
            "12:03": {"trunk": False, "locked": True},
        },
        late={"13:30": {"13:04": _OPEN, "13:06": _SHUT}},
        episodes=(("budget", "12:00"),),
    ),
    # Sentry watches at work, and there is an update in the evening.
    Day(
        changes={
            "08:03": {"sentry_mode": True},
            "16:59": {"sentry_mode": False},
            "18:00": {
                "software_update_status": "available",
                "software_update_version": "2026.44.2",
            },
        },
        episodes=(("sentry_left_on", "12:03"), ("update_available", "18:00")),
    ),
)
LATER: Final = (
    # Saturday: it stands without its cable, and loses four percent in nine hours.
    Day(
        is_work=False,
        changes={
            "09:00": _FREE,
            "10:00": {"locked": False},
            "10:12": {"locked": True},
            "12:00": {"soc": 79.5},
            "15:00": {"soc": 78.3},
            "18:00": {"soc": 76.4},
        },
        episodes=(("battery_dropped", "18:00"),),
    ),
    # Sunday: the update is installed at night; the cable is in before eight.
    Day(
        is_work=False,
        changes={
            "03:00": {"software_update_status": "installing"},
            "03:30": {"software_update_status": "none", "car_version": "2026.44.2"},
            "19:00": {"cable_connected": True, "charging_state": "stopped"},
        },
        episodes=(("update_installed", "03:30"),),
    ),
    # A long way home.
    Day(
        changes={
            "17:35": {
                "shift_state": "p",
                "drives": 250,
                "zones": ("zone.home",),
                "soc": 18.2,
            }
        },
        episodes=(("low_battery", "17:40"),),
    ),
    # A battery that trembles between 21 and 22 % is neither low nor does it drain.
    Day(
        changes={
            "17:35": {
                "shift_state": "p",
                "drives": 240,
                "zones": ("zone.home",),
                "soc": 22.0,
            },
            "18:00": {"kept_awake": True},
            "20:30": {"kept_awake": False},
        }
    ),
    # The charge will end too late, until somebody raises the current.
    Day(
        changes={
            "22:01": {"estimate": timedelta(minutes=45)},
            "22:50": {"estimate": timedelta(minutes=-60)},
            "23:31": {"estimate": None},
        },
        episodes=(("will_not_be_ready", "22:11"),),
    ),
    # A tyre is flat when it is cold; warm from the road nobody could tell.
    Day(
        changes={
            "08:01": {"tpms_pressure_rl": 2.35},
            "08:02": {
                "tpms_pressure_rl": 2.9,
                "user_present": False,
                "locked": True,
            },
            "22:01": {"tpms_pressure_rl": 2.3},
        },
        episodes=(("tyre_pressure", "22:02"),),
    ),
    Day(changes={"12:00": {"tpms_pressure_rl": 2.9}}),
    # Saturday: something keeps it awake for hours.
    Day(
        is_work=False,
        changes={"10:00": {"kept_awake": True}, "15:00": {"kept_awake": False}},
        episodes=(("awake_idle", "13:00"),),
    ),
    Day(is_work=False),
    # The key is not where Tesla looks for it.
    Day(
        changes={"10:00": {"troubles": ("key_changed",)}, "11:00": {"troubles": ()}},
        episodes=(("account_trouble", "10:00"),),
    ),
    # Telemetry says nothing of the way home.
    Day(
        changes={
            "17:00": {
                "user_present": True,
                "locked": False,
                "telemetry_at": clock(15, "17:00"),
            },
            "17:40": {"telemetry_at": None},
        },
        episodes=(("telemetry_silent", "17:20"),),
    ),
    # A door is left open again and again: told once, and then no more for hours.
    Day(
        changes=_door(
            ("12:00", "12:06"),
            ("12:10", "12:16"),
            ("12:20", "12:26"),
            ("12:30", "12:36"),
        ),
        late={"16:00": {"13:50": _OPEN, "14:00": _OPEN, "14:10": _SHUT}},
        episodes=(("left_open", "12:05"),),
    ),
    Day(changes={"09:00": {"spent_share": 80}}, episodes=(("budget", "09:00"),)),
    # The climate runs on in the car park.
    Day(
        changes={"08:03": {"is_climate_on": True}, "09:30": {"is_climate_on": False}},
        episodes=(("climate_left_on", "08:33"),),
    ),
    Day(is_work=False, changes=_door(("11:00", "11:40"))),
    Day(is_work=False),
    # Two things in one evening: no cable, and little in the battery.
    Day(
        changes={
            **_NO_CABLE,
            "17:35": {
                "shift_state": "p",
                "drives": 250,
                "zones": ("zone.home",),
                "soc": 15.2,
            },
        },
        episodes=(("low_battery", "17:40"), ("not_plugged_in", "20:10")),
    ),
    # Charging by hand at noon is nobody's business.
    Day(
        changes={
            "12:00": {"charging_state": "charging", "cable_connected": True},
            "12:40": _FREE,
        }
    ),
    # A wallbox that trips for nine minutes has not tripped.
    Day(
        changes={
            "22:20": {"charging_state": "no_power", "charger_power": 0},
            "22:29": {"charging_state": "charging", "charger_power": 11},
        }
    ),
    Day(changes={"09:00": {"spent_share": 101}}, episodes=(("budget", "09:00"),)),
    # Unlocked in front of the baker's, and nobody in it.
    Day(
        changes={
            "17:20": {"shift_state": "p", "zones": ("zone.town",)},
            "17:21": {"user_present": False},
            "17:29": {"user_present": True},
            "17:30": {"shift_state": "d", "zones": ()},
        },
        episodes=(("left_open", "17:26"),),
    ),
    Day(is_work=False),
    # The next update, and Sentry at home without a cable over Sunday.
    Day(
        is_work=False,
        changes={
            "09:00": {**_FREE, "sentry_mode": True},
            "12:59": {"sentry_mode": False},
            "18:00": {
                "software_update_status": "available",
                "software_update_version": "2026.48.1",
            },
            "19:00": {"cable_connected": True, "charging_state": "stopped"},
        },
        episodes=(("update_available", "18:00"),),
    ),
    Day(),
    # The first of December: the budget was whole again, for some hours.
    Day(
        changes={"01:00": {"spent_share": 5}, "09:00": {"spent_share": 55}},
        episodes=(("budget", "09:00"),),
    ),
)
DAYS: Final = WEEK_1 + LATER if IS_LONG else WEEK_1
SEEDS: Final = range(20 if IS_LONG else 2)


def test_the_long_tape_is_of_thirty_days() -> None:
    """And has every kind raised that it is asked for."""
    assert len(WEEK_1 + LATER) == 30
    named = {kind for day in WEEK_1 + LATER for kind, _ in day.episodes}
    assert named == TOLD


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
def test_a_life_raises_exactly_what_somebody_would_name(seed: int) -> None:
    """No less and no more, each in time, and told of within the limits."""
    car = played(DAYS, seed)
    expected = [
        (kind, clock(number, time))
        for number, day in enumerate(DAYS)
        for kind, time in day.episodes
    ]
    raised = [
        (one.episode.kind, at) for at, one in car.news if one.kind is NewsKind.RAISED
    ]
    assert [kind for kind, _ in raised] == [kind for kind, _ in expected]
    lags = [at - named for (_, at), (_, named) in zip(raised, expected, strict=True)]
    assert all(timedelta() <= lag <= _SOON for lag in lags)
    told = [at for at, one in car.messages if one.act is not Act.RETRACT]
    assert all(b - a >= 60 * MINUTE for a, b in zip(told, told[3:], strict=False))
    assert len(told) <= 10 * len(DAYS)
    active = {one.kind for one in car.last.active}
    assert active <= {"update_available", "budget"}
