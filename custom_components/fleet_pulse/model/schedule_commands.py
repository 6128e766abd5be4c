"""The rows of the command table that write the car's own schedules."""

from collections.abc import Mapping
from typing import Any, Final

from . import params, vehicle_fields as fields
from .car_schedule import Keeping, ScheduleKind
from .command import Command, Expect, InvalidCall, Param, Scope, Slot
from .command_forms import ENABLE, LATITUDE, LONGITUDE, MINUTES, action

_DAYS: Final = Param(name="days_of_week", read=params.days)
_ENABLED: Final = Param(name="enabled", read=params.flag, default=True)
_HOME: Final = Param(name="home", read=params.flag, default=False)
_ID: Final = Param(name="id", read=params.whole(1, 2**53))
_ONE_TIME: Final = Param(name="one_time", read=params.flag, default=False)
_OTHER: Final = Param(name="other", read=params.flag, default=False)
_WORK: Final = Param(name="work", read=params.flag, default=False)
_ID_SLOT: Final = Slot("id", convert=str)
_DAYS_SLOT: Final = Slot("days_of_week", convert=params.day_mask)
_GONE: Final = frozenset({"schedule not found", "schedule_not_found"})
_SCHEDULE_FIRMWARE: Final = "2024.26"


def _check_bounds(given: Mapping[str, Any]) -> None:
    """Refuse a charge schedule with neither a start nor an end."""
    if not given["start_enabled"] and not given["end_enabled"]:
        raise InvalidCall("start_enabled", "or end_enabled must be true")


def _policy(given: Mapping[str, Any], what: str) -> dict[str, Any] | None:
    """Return on which days something is done; None on none."""
    if given[f"{what}_weekdays_only"]:
        return {"weekdays": {}}
    return {"allWeek": {}} if given[f"{what}_enabled"] else None


def _departure(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the message of a departure, which is empty where there is none."""
    if not given["enable"]:
        return action("scheduledDepartureAction")
    parts = {
        "enabled": True,
        "departureTime": given["departure_time"],
        "preconditioningTimes": _policy(given, "preconditioning"),
        "offPeakChargingTimes": _policy(given, "off_peak_charging"),
        "offPeakHoursEndTime": given["end_off_peak_time"],
    }
    return action(
        "scheduledDepartureAction",
        **{name: part for name, part in parts.items() if part},
    )


ADD_CHARGE_SCHEDULE: Final = Command(
    key="add_charge_schedule",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    params=(
        _DAYS,
        _ENABLED,
        Param(name="end_enabled", read=params.flag),
        Param(name="end_time", read=MINUTES, default=0),
        _ID,
        LATITUDE,
        LONGITUDE,
        _ONE_TIME,
        Param(name="start_enabled", read=params.flag),
        Param(name="start_time", read=MINUTES, default=0),
    ),
    check=_check_bounds,
    keeps=(
        fields.CHARGE_SCHEDULES,
        Keeping(kind=ScheduleKind.CHARGE, adds=True),
    ),
    identity=("id",),
    opposites=("remove_charge_schedule",),
    min_firmware=_SCHEDULE_FIRMWARE,
    message=action(
        "addChargeScheduleAction",
        id=_ID_SLOT,
        daysOfWeek=_DAYS_SLOT,
        startEnabled=Slot("start_enabled"),
        startTime=Slot("start_time"),
        endEnabled=Slot("end_enabled"),
        endTime=Slot("end_time"),
        oneTime=Slot("one_time"),
        enabled=Slot("enabled"),
        latitude=Slot("lat"),
        longitude=Slot("lon"),
    ),
)
ADD_PRECONDITION_SCHEDULE: Final = Command(
    key="add_precondition_schedule",
    params=(
        _DAYS,
        _ENABLED,
        _ID,
        LATITUDE,
        LONGITUDE,
        _ONE_TIME,
        Param(name="precondition_time", read=MINUTES),
    ),
    keeps=(
        fields.PRECONDITION_SCHEDULES,
        Keeping(kind=ScheduleKind.PRECONDITION, adds=True),
    ),
    identity=("id",),
    opposites=("remove_precondition_schedule",),
    min_firmware=_SCHEDULE_FIRMWARE,
    message=action(
        "addPreconditionScheduleAction",
        id=_ID_SLOT,
        daysOfWeek=_DAYS_SLOT,
        preconditionTime=Slot("precondition_time"),
        oneTime=Slot("one_time"),
        enabled=Slot("enabled"),
        latitude=Slot("lat"),
        longitude=Slot("lon"),
    ),
)
BATCH_REMOVE_CHARGE_SCHEDULES: Final = Command(
    key="batch_remove_charge_schedules",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    params=(_HOME, _OTHER, _WORK),
    identity=("home", "other", "work"),
    min_firmware=_SCHEDULE_FIRMWARE,
    message=action(
        "batchRemoveChargeSchedulesAction",
        home=Slot("home"),
        work=Slot("work"),
        other=Slot("other"),
    ),
)
BATCH_REMOVE_PRECONDITION_SCHEDULES: Final = Command(
    key="batch_remove_precondition_schedules",
    params=(_HOME, _OTHER, _WORK),
    identity=("home", "other", "work"),
    min_firmware=_SCHEDULE_FIRMWARE,
    message=action(
        "batchRemovePreconditionSchedulesAction",
        home=Slot("home"),
        work=Slot("work"),
        other=Slot("other"),
    ),
)
REMOVE_CHARGE_SCHEDULE: Final = Command(
    key="remove_charge_schedule",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    params=(_ID,),
    keeps=(
        fields.CHARGE_SCHEDULES,
        Keeping(kind=ScheduleKind.CHARGE, adds=False),
    ),
    identity=("id",),
    opposites=("add_charge_schedule",),
    benign=_GONE,
    min_firmware=_SCHEDULE_FIRMWARE,
    message=action("removeChargeScheduleAction", id=_ID_SLOT),
)
REMOVE_PRECONDITION_SCHEDULE: Final = Command(
    key="remove_precondition_schedule",
    params=(_ID,),
    keeps=(
        fields.PRECONDITION_SCHEDULES,
        Keeping(kind=ScheduleKind.PRECONDITION, adds=False),
    ),
    identity=("id",),
    opposites=("add_precondition_schedule",),
    benign=_GONE,
    min_firmware=_SCHEDULE_FIRMWARE,
    message=action("removePreconditionScheduleAction", id=_ID_SLOT),
)

SET_SCHEDULED_CHARGING: Final = Command(
    key="set_scheduled_charging",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    params=(ENABLE, Param(name="time", read=MINUTES, default=0)),
    expects=(
        Expect(
            fields.SCHEDULED_CHARGING_MODE,
            Slot("enable", {True: "start_at", False: "off"}),
        ),
        Expect(
            fields.SCHEDULED_CHARGING_START_MINUTE, Slot("time"), when=("enable", True)
        ),
    ),
    opposites=("set_scheduled_departure",),
    message=action(
        "scheduledChargingAction", enabled=Slot("enable"), chargingTime=Slot("time")
    ),
)
# The car does not say all that it was told here, so nothing is expected of it.
SET_SCHEDULED_DEPARTURE: Final = Command(
    key="set_scheduled_departure",
    params=(
        Param(name="departure_time", read=MINUTES, default=0),
        ENABLE,
        Param(name="end_off_peak_time", read=MINUTES, default=0),
        Param(name="off_peak_charging_enabled", read=params.flag, default=False),
        Param(name="off_peak_charging_weekdays_only", read=params.flag, default=False),
        Param(name="preconditioning_enabled", read=params.flag, default=False),
        Param(name="preconditioning_weekdays_only", read=params.flag, default=False),
    ),
    opposites=("set_scheduled_charging",),
    message=_departure,
)
