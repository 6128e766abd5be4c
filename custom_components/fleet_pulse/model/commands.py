"""The commands a car takes: one row each.

A row says everything that differs: Tesla's name, the signed form, the parameters, and
how dangerous, repeatable and urgent it is. The REST form follows from the parameters.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from . import params, vehicle_fields as fields
from .command import (
    Call,
    Command,
    Domain,
    Expect,
    InvalidCall,
    Kind,
    Param,
    Risk,
    Scope,
    Slot,
)

__all__ = [
    "COMMANDS",
    "Call",
    "Command",
    "Domain",
    "Expect",
    "InvalidCall",
    "Kind",
    "Param",
    "Risk",
    "Scope",
    "Slot",
]


def _action(name: str, **parts: Any) -> dict[str, Any]:
    """Make the template of an infotainment action."""
    return {"vehicleAction": {name: parts}}


def _key(action: str) -> dict[str, Any]:
    """Make the template of what a key fob does."""
    return {"RKEAction": f"RKE_ACTION_{action}"}


def _closure(part: Any, move: str) -> dict[str, Any]:
    """Make the template of a closure's movement."""
    return {"closureMoveRequest": {part: f"CLOSURE_MOVE_TYPE_{move}"}}


_ENABLE: Final = Param(name="enable", read=params.flag)
_ENABLED: Final = Param(name="enabled", read=params.flag, default=True)
_HOME: Final = Param(name="home", read=params.flag, default=False)
_ID: Final = Param(name="id", read=params.whole(1, 2**53))
_LATITUDE: Final = Param(name="lat", read=params.decimal(-90, 90))
_LONGITUDE: Final = Param(name="lon", read=params.decimal(-180, 180))
_MINUTES: Final = params.whole(0, 24 * 60 - 1)
_ON: Final = Param(name="on", read=params.flag)
_ONE_TIME: Final = Param(name="one_time", read=params.flag, default=False)
_OTHER: Final = Param(name="other", read=params.flag, default=False)
_OVERRIDE: Final = Param(name="manual_override", read=params.flag, default=False)
_PIN: Final = Param(name="pin", read=params.pin, secret=True)
_PASSWORD: Final = Param(name="password", read=params.pin, required=False, secret=True)
_WORK: Final = Param(name="work", read=params.flag, default=False)
_DAYS: Final = Param(name="days_of_week", read=params.days)
_ID_SLOT: Final = Slot("id", convert=str)
_DAYS_SLOT: Final = Slot("days_of_week", convert=params.day_mask)
_SCHEDULE_FIRMWARE: Final = "2024.26"

_HEAT_LEVELS: Final = {
    0: "SEATHEATEROFF",
    1: "SEATHEATERLOW",
    2: "SEATHEATERMED",
    3: "SEATHEATERHIGH",
}
# In the order of Tesla's seat numbers.
_HEATED_SEATS: Final = {
    "CARSEATFRONTLEFT": fields.SEAT_HEATER_LEFT,
    "CARSEATFRONTRIGHT": fields.SEAT_HEATER_RIGHT,
    "CARSEATREARLEFT": fields.SEAT_HEATER_REAR_LEFT,
    "CARSEATREARLEFTBACK": fields.SEAT_HEATER_REAR_LEFT_BACK,
    "CARSEATREARCENTER": fields.SEAT_HEATER_REAR_CENTER,
    "CARSEATREARRIGHT": fields.SEAT_HEATER_REAR_RIGHT,
    "CARSEATREARRIGHTBACK": fields.SEAT_HEATER_REAR_RIGHT_BACK,
    "CARSEATTHIRDROWLEFT": fields.SEAT_HEATER_THIRD_ROW_LEFT,
    "CARSEATTHIRDROWRIGHT": fields.SEAT_HEATER_THIRD_ROW_RIGHT,
}


def _check_bounds(given: Mapping[str, Any]) -> None:
    """Refuse a charge schedule with neither a start nor an end."""
    if not given["start_enabled"] and not given["end_enabled"]:
        raise InvalidCall("start_enabled", "or end_enabled must be true")


def _overheat_protection(given: Mapping[str, Any]) -> str:
    """Return the mode that two switches make."""
    if not given["on"]:
        return "off"
    return "fan_only" if given["fan_only"] else "on"


_CLOSED: Final = frozenset({"already closed", "already_closed"})
_OPEN: Final = frozenset({"already open", "already_open"})
_SET: Final = frozenset({"already_set"})

# Charging

CHARGE_MAX_RANGE: Final = Command(
    key="charge_max_range",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    benign=_SET | {"already_max_range"},
    message=_action("chargingStartStopAction", startMaxRange={}),
)
CHARGE_PORT_DOOR_CLOSE: Final = Command(
    key="charge_port_door_close",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    expects=(Expect(fields.CHARGE_PORT_DOOR_OPEN, False),),
    needs_fresh_look=True,
    opposites=("charge_port_door_open",),
    benign=_CLOSED,
    always_allowed=True,
    message=_action("chargePortDoorClose"),
)
CHARGE_PORT_DOOR_OPEN: Final = Command(
    key="charge_port_door_open",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    risk=Risk.OPENS,
    expects=(Expect(fields.CHARGE_PORT_DOOR_OPEN, True),),
    # With the door open the same command releases the cable, for a few seconds.
    already_when=(Expect(fields.CHARGE_PORT_LATCH, "disengaged"),),
    needs_fresh_look=True,
    opposites=("charge_port_door_close",),
    benign=_OPEN,
    message=_action("chargePortDoorOpen"),
)
CHARGE_STANDARD: Final = Command(
    key="charge_standard",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    benign=_SET | {"already_standard"},
    message=_action("chargingStartStopAction", startStandard={}),
)
CHARGE_START: Final = Command(
    key="charge_start",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    expects=(Expect(fields.CHARGING_STATE, "charging", also=("starting",)),),
    opposites=("charge_stop",),
    benign=frozenset({"charging", "complete", "is_charging", "requested"}),
    requires_plug=True,
    message=_action("chargingStartStopAction", start={}),
)
CHARGE_STOP: Final = Command(
    key="charge_stop",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    expects=(
        Expect(
            fields.CHARGING_STATE,
            "stopped",
            also=("complete", "disconnected", "no_power"),
        ),
    ),
    opposites=("charge_start",),
    benign=frozenset({"not_charging"}),
    always_allowed=True,
    requires_plug=True,
    message=_action("chargingStartStopAction", stop={}),
)
SET_CHARGE_LIMIT: Final = Command(
    key="set_charge_limit",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    params=(
        Param(
            name="percent",
            read=params.whole(0, 100),
            at_least=fields.CHARGE_LIMIT_SOC_MIN,
            at_most=fields.CHARGE_LIMIT_SOC_MAX,
        ),
    ),
    slider=True,
    expects=(Expect(fields.CHARGE_LIMIT_SOC, Slot("percent")),),
    benign=_SET,
    message=_action("chargingSetLimitAction", percent=Slot("percent")),
)
SET_CHARGING_AMPS: Final = Command(
    key="set_charging_amps",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    params=(
        Param(
            name="charging_amps",
            read=params.whole(0, 80),
            at_most=fields.CHARGE_CURRENT_REQUEST_MAX,
        ),
    ),
    slider=True,
    expects=(Expect(fields.CHARGE_CURRENT_REQUEST, Slot("charging_amps")),),
    benign=_SET,
    requires_plug=True,
    message=_action("setChargingAmpsAction", chargingAmps=Slot("charging_amps")),
)

# Schedules in the car

ADD_CHARGE_SCHEDULE: Final = Command(
    key="add_charge_schedule",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    params=(
        _DAYS,
        _ENABLED,
        Param(name="end_enabled", read=params.flag),
        Param(name="end_time", read=_MINUTES, default=0),
        _ID,
        _LATITUDE,
        _LONGITUDE,
        _ONE_TIME,
        Param(name="start_enabled", read=params.flag),
        Param(name="start_time", read=_MINUTES, default=0),
    ),
    check=_check_bounds,
    identity=("id",),
    opposites=("remove_charge_schedule",),
    min_firmware=_SCHEDULE_FIRMWARE,
    message=_action(
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
        _LATITUDE,
        _LONGITUDE,
        _ONE_TIME,
        Param(name="precondition_time", read=_MINUTES),
    ),
    identity=("id",),
    opposites=("remove_precondition_schedule",),
    min_firmware=_SCHEDULE_FIRMWARE,
    message=_action(
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
    message=_action(
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
    message=_action(
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
    identity=("id",),
    opposites=("add_charge_schedule",),
    min_firmware=_SCHEDULE_FIRMWARE,
    message=_action("removeChargeScheduleAction", id=_ID_SLOT),
)
REMOVE_PRECONDITION_SCHEDULE: Final = Command(
    key="remove_precondition_schedule",
    params=(_ID,),
    identity=("id",),
    opposites=("add_precondition_schedule",),
    min_firmware=_SCHEDULE_FIRMWARE,
    message=_action("removePreconditionScheduleAction", id=_ID_SLOT),
)

# Climate

AUTO_CONDITIONING_START: Final = Command(
    key="auto_conditioning_start",
    expects=(Expect(fields.IS_CLIMATE_ON, True),),
    opposites=("auto_conditioning_stop",),
    message=_action("hvacAutoAction", powerOn=True),
)
AUTO_CONDITIONING_STOP: Final = Command(
    key="auto_conditioning_stop",
    expects=(Expect(fields.IS_CLIMATE_ON, False),),
    opposites=("auto_conditioning_start",),
    always_allowed=True,
    message=_action("hvacAutoAction"),
)
REMOTE_SEAT_HEATER_REQUEST: Final = Command(
    key="remote_seat_heater_request",
    params=(
        Param(name="level", read=params.whole(0, 3)),
        Param(name="seat_position", read=params.whole(0, 8)),
    ),
    slider=True,
    expects=tuple(
        Expect(field, Slot("level"), when=("seat_position", seat))
        for seat, field in enumerate(_HEATED_SEATS.values())
    ),
    identity=("seat_position",),
    message=_action(
        "hvacSeatHeaterActions",
        hvacSeatHeaterAction=[
            {
                Slot("level", _HEAT_LEVELS): {},
                Slot("seat_position", dict(enumerate(_HEATED_SEATS))): {},
            }
        ],
    ),
)
REMOTE_STEERING_WHEEL_HEATER_REQUEST: Final = Command(
    key="remote_steering_wheel_heater_request",
    params=(_ON,),
    expects=(Expect(fields.STEERING_WHEEL_HEATER, Slot("on")),),
    message=_action("hvacSteeringWheelHeaterAction", powerOn=Slot("on")),
)
SET_BIOWEAPON_MODE: Final = Command(
    key="set_bioweapon_mode",
    params=(_OVERRIDE, _ON),
    expects=(Expect(fields.BIOWEAPON_MODE, Slot("on")),),
    message=_action(
        "hvacBioweaponModeAction", on=Slot("on"), manualOverride=Slot("manual_override")
    ),
)
SET_CABIN_OVERHEAT_PROTECTION: Final = Command(
    key="set_cabin_overheat_protection",
    params=(Param(name="fan_only", read=params.flag, default=False), _ON),
    expects=(Expect(fields.CABIN_OVERHEAT_PROTECTION, _overheat_protection),),
    message=_action(
        "setCabinOverheatProtectionAction", on=Slot("on"), fanOnly=Slot("fan_only")
    ),
)
SET_CLIMATE_KEEPER_MODE: Final = Command(
    key="set_climate_keeper_mode",
    params=(
        Param(name="climate_keeper_mode", read=params.whole(0, 3)),
        Param(name="manual_override", read=params.flag, required=False),
    ),
    expects=(
        Expect(
            fields.CLIMATE_KEEPER_MODE,
            Slot("climate_keeper_mode", {0: "off", 1: "on", 2: "dog", 3: "camp"}),
        ),
    ),
    message=_action(
        "hvacClimateKeeperAction",
        ClimateKeeperAction=Slot(
            "climate_keeper_mode",
            {
                1: "ClimateKeeperAction_On",
                2: "ClimateKeeperAction_Dog",
                3: "ClimateKeeperAction_Camp",
            },
        ),
        manualOverride=Slot("manual_override"),
    ),
)
SET_COP_TEMP: Final = Command(
    key="set_cop_temp",
    params=(Param(name="cop_temp", read=params.whole(0, 2)),),
    expects=(
        Expect(
            fields.COP_ACTIVATION_TEMPERATURE,
            Slot("cop_temp", {0: "low", 1: "medium", 2: "high"}),
        ),
    ),
    # Tesla's own proxy passes the number on unshifted, against its documentation.
    message=_action(
        "setCopTempAction",
        copActivationTemp=Slot(
            "cop_temp",
            {
                0: "CopActivationTempLow",
                1: "CopActivationTempMedium",
                2: "CopActivationTempHigh",
            },
        ),
    ),
)
SET_PRECONDITIONING_MAX: Final = Command(
    key="set_preconditioning_max",
    params=(Param(name="manual_override", read=params.flag, default=False), _ON),
    expects=(Expect(fields.DEFROST_MODE, Slot("on", {True: "max", False: "off"})),),
    message=_action(
        "hvacSetPreconditioningMaxAction",
        on=Slot("on"),
        manualOverride=Slot("manual_override"),
    ),
)
SET_TEMPS: Final = Command(
    key="set_temps",
    params=(
        Param(
            name="driver_temp",
            read=params.decimal(15, 30),
            at_least=fields.MIN_AVAIL_TEMP,
            at_most=fields.MAX_AVAIL_TEMP,
        ),
        Param(
            name="passenger_temp",
            read=params.decimal(15, 30),
            at_least=fields.MIN_AVAIL_TEMP,
            at_most=fields.MAX_AVAIL_TEMP,
        ),
    ),
    slider=True,
    expects=(
        Expect(fields.DRIVER_TEMP_SETTING, Slot("driver_temp")),
        Expect(fields.PASSENGER_TEMP_SETTING, Slot("passenger_temp")),
    ),
    # The level means nothing here, but Tesla's own proxy always sends it.
    message=_action(
        "hvacTemperatureAdjustmentAction",
        driverTempCelsius=Slot("driver_temp"),
        passengerTempCelsius=Slot("passenger_temp"),
        level={"TEMPMAX": {}},
    ),
)

# Locks, closures, security

ACTUATE_TRUNK: Final = Command(
    key="actuate_trunk",
    domain=Domain.VCSEC,
    params=(Param(name="which_trunk", read=params.one_of("front", "rear")),),
    kind=Kind.TOGGLE,
    risk=Risk.OPENS,
    identity=("which_trunk",),
    message=_closure(
        Slot("which_trunk", {"front": "frontTrunk", "rear": "rearTrunk"}), "MOVE"
    ),
)
DOOR_LOCK: Final = Command(
    key="door_lock",
    domain=Domain.VCSEC,
    expects=(Expect(fields.LOCKED, True),),
    needs_fresh_look=True,
    opposites=("door_unlock",),
    always_allowed=True,
    message=_key("LOCK"),
)
DOOR_UNLOCK: Final = Command(
    key="door_unlock",
    domain=Domain.VCSEC,
    risk=Risk.OPENS,
    expects=(Expect(fields.LOCKED, False),),
    needs_fresh_look=True,
    opposites=("door_lock",),
    message=_key("UNLOCK"),
)
FLASH_LIGHTS: Final = Command(
    key="flash_lights",
    kind=Kind.PULSE,
    wakes=False,
    message=_action("vehicleControlFlashLightsAction"),
)
HONK_HORN: Final = Command(
    key="honk_horn",
    kind=Kind.PULSE,
    wakes=False,
    message=_action("vehicleControlHonkHornAction"),
)
REMOTE_START_DRIVE: Final = Command(
    key="remote_start_drive",
    domain=Domain.VCSEC,
    kind=Kind.PULSE,
    risk=Risk.DRIVES,
    message=_key("REMOTE_DRIVE"),
)
SET_SENTRY_MODE: Final = Command(
    key="set_sentry_mode",
    params=(_ON,),
    expects=(Expect(fields.SENTRY_MODE, Slot("on")),),
    needs_fresh_look=True,
    message=_action("vehicleControlSetSentryModeAction", on=Slot("on")),
)
WINDOW_CONTROL: Final = Command(
    key="window_control",
    params=(
        Param(name="command", read=params.one_of("close", "vent")),
        # Cars without signed commands close only where the caller stands beside them.
        Param(name="lat", read=params.decimal(-90, 90), default=0),
        Param(name="lon", read=params.decimal(-180, 180), default=0),
    ),
    risk=Risk.OPENS,
    expects=tuple(
        Expect(window, Slot("command", {"close": False, "vent": True}))
        for window in (
            fields.WINDOW_DRIVER_FRONT,
            fields.WINDOW_DRIVER_REAR,
            fields.WINDOW_PASSENGER_FRONT,
            fields.WINDOW_PASSENGER_REAR,
        )
    ),
    needs_fresh_look=True,
    harmless_when={"command": "close"},
    message={
        "vehicleAction": {
            "vehicleControlWindowAction": {
                Slot("command", {"close": "close", "vent": "vent"}): {}
            }
        }
    },
)

# Every row above is in the table: adding a command is adding its row.
COMMANDS: Final[Mapping[str, Command]] = MappingProxyType(
    {
        row.key: row
        for row in sorted(
            (row for row in tuple(globals().values()) if isinstance(row, Command)),
            key=lambda row: row.key,
        )
    }
)
