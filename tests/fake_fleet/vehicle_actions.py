"""TABLE: which REST command, with which parameters, each signed payload stands for.

Names on the left of a field are Tesla's REST parameters, on the right the protobuf's
own (as its JSON form spells them). Tables only; `decode.py` reads them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

type Fields = dict[str, Any]
"""The fields of one protobuf message, as its JSON form shows them."""


class Unreadable(ValueError):
    """A payload says nothing that a car understands; carries the fault's short name."""

    def __init__(self, fault: str, why: str) -> None:
        """Keep the fault that the car answers."""
        super().__init__(f"{fault}: {why}")
        self.fault = fault


def same(value: Any) -> Any:
    """Leave a value as it is."""
    return value


def one_of(meanings: Mapping[str, object]) -> Callable[[Any], object]:
    """Make a reader of an enumeration that refuses what is not in it."""

    def read(value: Any) -> object:
        if value not in meanings:
            raise Unreadable("BAD_PARAMETER", f"{value} is not of {list(meanings)}")
        return meanings[value]

    return read


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One parameter: its REST name, the field it travels in, how that is read."""

    name: str
    field: str
    read: Callable[[Any], object] = same
    is_optional: bool = False
    """Left out where the protobuf holds its default, as a REST client would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One command, told from others of the same action by the fields it must have."""

    command: str
    params: tuple[Param, ...] = ()
    having: Mapping[str, object] = field(default_factory=dict)
    fixed: Mapping[str, object] = field(default_factory=dict)
    """Parameters that follow from what the row must have."""

    each: str | None = None
    """A list in the action, every entry of which is one command."""

    read: Callable[[Fields], dict[str, object]] | None = None
    """Reads a shape that no list of fields can describe, instead of `params`."""


DAYS: Final = (
    ("Monday", 2),
    ("Tuesday", 4),
    ("Wednesday", 8),
    ("Thursday", 16),
    ("Friday", 32),
    ("Saturday", 64),
    ("Sunday", 1),
)
EVERY_DAY: Final = 127

CLIMATE_KEEPER_MODES: Final = {
    "ClimateKeeperAction_Off": 0,
    "ClimateKeeperAction_On": 1,
    "ClimateKeeperAction_Dog": 2,
    "ClimateKeeperAction_Camp": 3,
}
COOLER_LEVELS: Final = {
    "HvacSeatCoolerLevel_Off": 1,
    "HvacSeatCoolerLevel_Low": 2,
    "HvacSeatCoolerLevel_Med": 3,
    "HvacSeatCoolerLevel_High": 4,
}
COOLER_SEATS: Final = {
    "HvacSeatCoolerPosition_FrontLeft": 1,
    "HvacSeatCoolerPosition_FrontRight": 2,
}
AUTO_SEATS: Final = {
    "AutoSeatPosition_FrontLeft": 1,
    "AutoSeatPosition_FrontRight": 2,
}
# Tesla's REST documentation says 0, 1, 2 for low, medium, high; its proxy sends the
# number as it is, which is off by one. A car knows only what the enumeration says.
COP_TEMPS: Final = {
    "CopActivationTempLow": 0,
    "CopActivationTempMedium": 1,
    "CopActivationTempHigh": 2,
}
HEATER_LEVELS: Final = {
    "SEATHEATEROFF": 0,
    "SEATHEATERLOW": 1,
    "SEATHEATERMED": 2,
    "SEATHEATERHIGH": 3,
}
HEATER_SEATS: Final = {
    "CARSEATFRONTLEFT": 0,
    "CARSEATFRONTRIGHT": 1,
    "CARSEATREARLEFT": 2,
    "CARSEATREARLEFTBACK": 3,
    "CARSEATREARCENTER": 4,
    "CARSEATREARRIGHT": 5,
    "CARSEATREARRIGHTBACK": 6,
    "CARSEATTHIRDROWLEFT": 7,
    "CARSEATTHIRDROWRIGHT": 8,
}
STEERING_WHEEL_LEVELS: Final = {
    "StwHeatLevel_Off": 0,
    "StwHeatLevel_Low": 1,
    "StwHeatLevel_High": 3,
}
TRIP_ORDERS: Final = {
    "REMOTE_NAV_TRIP_ORDER_UNKNOWN": 0,
    "REMOTE_NAV_TRIP_ORDER_REPLACE": 1,
    "REMOTE_NAV_TRIP_ORDER_PREPEND": 2,
    "REMOTE_NAV_TRIP_ORDER_APPEND": 3,
}


def days(mask: Any) -> str:
    """Spell a mask of days as Tesla's REST interface does."""
    if mask == EVERY_DAY:
        return "All"
    return ",".join(name for name, bit in DAYS if mask & bit)


def seat_heater(fields: Fields) -> dict[str, object]:
    """Read a seat and its level, each of which is the name of an empty message."""
    levels = [HEATER_LEVELS[name] for name in fields if name in HEATER_LEVELS]
    seats = [HEATER_SEATS[name] for name in fields if name in HEATER_SEATS]
    if len(levels) != 1 or len(seats) != 1:
        raise Unreadable("BAD_PARAMETER", f"no known seat and level in {list(fields)}")
    return {"level": levels[0], "seat_position": seats[0]}


def departure(fields: Fields) -> dict[str, object]:
    """Read a scheduled departure, whose two policies are there or not there."""
    if not fields["enabled"]:
        return {"enable": False}
    charging = fields.get("offPeakChargingTimes", {})
    climate = fields.get("preconditioningTimes", {})
    return {
        "enable": True,
        "departure_time": fields["departureTime"],
        "end_off_peak_time": fields["offPeakHoursEndTime"],
        "off_peak_charging_enabled": bool(charging),
        "off_peak_charging_weekdays_only": "weekdays" in charging,
        "preconditioning_enabled": bool(climate),
        "preconditioning_weekdays_only": "weekdays" in climate,
    }


def homelink(fields: Fields) -> dict[str, object]:
    """Read where the car is said to be when it opens the garage."""
    place = fields.get("location", {})
    return {"lat": place.get("latitude", 0.0), "lon": place.get("longitude", 0.0)}


ON: Final = Param(name="on", field="on")
ID: Final = Param(name="id", field="id", read=int)
LAT: Final = Param(name="lat", field="latitude")
LON: Final = Param(name="lon", field="longitude")
PIN: Final = Param(name="pin", field="pin")
ENABLED: Final = Param(name="enabled", field="enabled")
LIMIT_MPH: Final = Param(name="limit_mph", field="limitMph")
DAYS_OF_WEEK: Final = Param(name="days_of_week", field="daysOfWeek", read=days)
ONE_TIME: Final = Param(name="one_time", field="oneTime", is_optional=True)
NAME: Final = Param(name="name", field="name", is_optional=True)
OVERRIDE: Final = Param(name="manual_override", field="manualOverride")
HOME: Final = Param(name="home", field="home")
OTHER: Final = Param(name="other", field="other")
WORK: Final = Param(name="work", field="work")
PASSWORD: Final = Param(name="password", field="password", is_optional=True)

ACTIONS: Final[Mapping[str, tuple[Row, ...]]] = {
    "addChargeScheduleAction": (
        Row(
            command="add_charge_schedule",
            params=(
                ID,
                NAME,
                DAYS_OF_WEEK,
                Param(name="start_enabled", field="startEnabled"),
                Param(name="start_time", field="startTime"),
                Param(name="end_enabled", field="endEnabled"),
                Param(name="end_time", field="endTime"),
                ONE_TIME,
                ENABLED,
                LAT,
                LON,
            ),
        ),
    ),
    "addPreconditionScheduleAction": (
        Row(
            command="add_precondition_schedule",
            params=(
                ID,
                NAME,
                DAYS_OF_WEEK,
                Param(name="precondition_time", field="preconditionTime"),
                ONE_TIME,
                ENABLED,
                LAT,
                LON,
            ),
        ),
    ),
    "autoSeatClimateAction": (
        Row(
            command="remote_auto_seat_climate_request",
            each="carseat",
            params=(
                Param(name="auto_climate_on", field="on"),
                Param(
                    name="auto_seat_position",
                    field="seatPosition",
                    read=one_of(AUTO_SEATS),
                ),
            ),
        ),
    ),
    "autoStwHeatAction": (
        Row(command="remote_auto_steering_wheel_heat_climate_request", params=(ON,)),
    ),
    "batchRemoveChargeSchedulesAction": (
        Row(command="batch_remove_charge_schedules", params=(HOME, WORK, OTHER)),
    ),
    "batchRemovePreconditionSchedulesAction": (
        Row(command="batch_remove_precondition_schedules", params=(HOME, WORK, OTHER)),
    ),
    "chargePortDoorClose": (Row(command="charge_port_door_close"),),
    "chargePortDoorOpen": (Row(command="charge_port_door_open"),),
    "chargingSetLimitAction": (
        Row(
            command="set_charge_limit",
            params=(Param(name="percent", field="percent"),),
        ),
    ),
    "chargingStartStopAction": (
        Row(command="charge_max_range", having={"startMaxRange": {}}),
        Row(command="charge_standard", having={"startStandard": {}}),
        Row(command="charge_start", having={"start": {}}),
        Row(command="charge_stop", having={"stop": {}}),
    ),
    "drivingClearSpeedLimitPinAction": (
        Row(command="speed_limit_clear_pin", params=(PIN,)),
    ),
    "drivingClearSpeedLimitPinAdminAction": (
        Row(command="speed_limit_clear_pin_admin"),
    ),
    "drivingSetSpeedLimitAction": (
        Row(command="speed_limit_set_limit", params=(LIMIT_MPH,)),
    ),
    "drivingSpeedLimitAction": (
        Row(command="speed_limit_activate", having={"activate": True}, params=(PIN,)),
        Row(
            command="speed_limit_deactivate", having={"activate": False}, params=(PIN,)
        ),
    ),
    "eraseUserDataAction": (Row(command="erase_user_data"),),
    "guestModeAction": (
        Row(
            command="guest_mode",
            params=(Param(name="enable", field="GuestModeActive"),),
        ),
    ),
    "hvacAutoAction": (
        Row(command="auto_conditioning_start", having={"powerOn": True}),
        Row(command="auto_conditioning_stop", having={"powerOn": False}),
    ),
    "hvacBioweaponModeAction": (
        Row(command="set_bioweapon_mode", params=(ON, OVERRIDE)),
    ),
    "hvacClimateKeeperAction": (
        Row(
            command="set_climate_keeper_mode",
            params=(
                Param(
                    name="climate_keeper_mode",
                    field="ClimateKeeperAction",
                    read=one_of(CLIMATE_KEEPER_MODES),
                ),
                Param(name="manual_override", field="manualOverride", is_optional=True),
            ),
        ),
    ),
    "hvacSeatCoolerActions": (
        Row(
            command="remote_seat_cooler_request",
            each="hvacSeatCoolerAction",
            params=(
                Param(
                    name="seat_cooler_level",
                    field="seatCoolerLevel",
                    read=one_of(COOLER_LEVELS),
                ),
                Param(
                    name="seat_position",
                    field="seatPosition",
                    read=one_of(COOLER_SEATS),
                ),
            ),
        ),
    ),
    "hvacSeatHeaterActions": (
        Row(
            command="remote_seat_heater_request",
            each="hvacSeatHeaterAction",
            read=seat_heater,
        ),
    ),
    "hvacSetPreconditioningMaxAction": (
        Row(command="set_preconditioning_max", params=(ON, OVERRIDE)),
    ),
    "hvacSteeringWheelHeaterAction": (
        Row(
            command="remote_steering_wheel_heater_request",
            params=(Param(name="on", field="powerOn"),),
        ),
    ),
    "hvacTemperatureAdjustmentAction": (
        Row(
            command="set_temps",
            params=(
                Param(name="driver_temp", field="driverTempCelsius", is_optional=True),
                Param(
                    name="passenger_temp",
                    field="passengerTempCelsius",
                    is_optional=True,
                ),
            ),
        ),
    ),
    "mediaNextFavorite": (Row(command="media_next_fav"),),
    "mediaNextTrack": (Row(command="media_next_track"),),
    "mediaPlayAction": (Row(command="media_toggle_playback"),),
    "mediaPreviousFavorite": (Row(command="media_prev_fav"),),
    "mediaPreviousTrack": (Row(command="media_prev_track"),),
    "mediaUpdateVolume": (
        Row(command="media_volume_down", having={"volumeDelta": -1}),
        Row(command="media_volume_up", having={"volumeDelta": 1}),
        Row(
            command="adjust_volume",
            params=(Param(name="volume", field="volumeAbsoluteFloat"),),
        ),
    ),
    "navigationGpsRequest": (
        Row(
            command="navigation_gps_request",
            params=(
                Param(name="lat", field="lat"),
                Param(name="lon", field="lon"),
                Param(name="order", field="order", read=one_of(TRIP_ORDERS)),
            ),
        ),
    ),
    "navigationSuperchargerRequest": (
        Row(
            command="navigation_sc_request",
            params=(
                ID,
                Param(
                    name="order", field="remoteNavTripOrder", read=one_of(TRIP_ORDERS)
                ),
            ),
        ),
    ),
    "navigationWaypointsRequest": (
        Row(
            command="navigation_waypoints_request",
            params=(Param(name="waypoints", field="waypoints"),),
        ),
    ),
    "parentalControlsAction": (
        Row(
            command="parental_controls_activate",
            having={"activate": True},
            params=(PIN,),
        ),
        Row(
            command="parental_controls_deactivate",
            having={"activate": False},
            params=(PIN,),
        ),
    ),
    "parentalControlsClearPinAdminAction": (
        Row(command="parental_controls_clear_pin_admin"),
    ),
    "parentalControlsEnableSettingsAction": (
        Row(
            command="parental_controls_enable_setting",
            params=(
                Param(name="setting", field="setting"),
                Param(name="enable", field="enable"),
            ),
        ),
    ),
    "parentalControlsSetSpeedLimitAction": (
        Row(command="parental_controls_set_speed_limit", params=(LIMIT_MPH,)),
    ),
    "removeChargeScheduleAction": (
        Row(command="remove_charge_schedule", params=(ID,)),
    ),
    "removePreconditionScheduleAction": (
        Row(command="remove_precondition_schedule", params=(ID,)),
    ),
    "scheduledChargingAction": (
        Row(
            command="set_scheduled_charging",
            params=(
                Param(name="enable", field="enabled"),
                Param(name="time", field="chargingTime"),
            ),
        ),
    ),
    "scheduledDepartureAction": (
        Row(command="set_scheduled_departure", read=departure),
    ),
    "setCabinOverheatProtectionAction": (
        Row(
            command="set_cabin_overheat_protection",
            params=(ON, Param(name="fan_only", field="fanOnly")),
        ),
    ),
    "setChargingAmpsAction": (
        Row(
            command="set_charging_amps",
            params=(Param(name="charging_amps", field="chargingAmps"),),
        ),
    ),
    "setCopTempAction": (
        Row(
            command="set_cop_temp",
            params=(
                Param(
                    name="cop_temp", field="copActivationTemp", read=one_of(COP_TEMPS)
                ),
            ),
        ),
    ),
    "setKeepAccessoryPowerModeAction": (
        Row(
            command="keep_accessory_power_mode",
            params=(Param(name="enable", field="keepAccessoryPowerMode"),),
        ),
    ),
    "setLowPowerModeAction": (
        Row(
            command="set_low_power_mode",
            params=(Param(name="enable", field="lowPowerMode"),),
        ),
    ),
    "setVehicleNameAction": (
        Row(
            command="set_vehicle_name",
            params=(Param(name="vehicle_name", field="vehicleName"),),
        ),
    ),
    "stwHeatLevelAction": (
        Row(
            command="remote_steering_wheel_heat_level_request",
            params=(
                Param(
                    name="level",
                    field="stwHeatLevel",
                    read=one_of(STEERING_WHEEL_LEVELS),
                ),
            ),
        ),
    ),
    "uiSetUpcomingCalendarEntries": (
        Row(
            command="upcoming_calendar_entries",
            params=(Param(name="calendar_data", field="calendarData"),),
        ),
    ),
    "vehicleControlCancelSoftwareUpdateAction": (
        Row(command="cancel_software_update"),
    ),
    "vehicleControlFlashLightsAction": (Row(command="flash_lights"),),
    "vehicleControlHonkHornAction": (Row(command="honk_horn"),),
    "vehicleControlResetPinToDriveAction": (Row(command="reset_pin_to_drive_pin"),),
    "vehicleControlResetPinToDriveAdminAction": (
        Row(command="clear_pin_to_drive_admin"),
    ),
    "vehicleControlResetValetPinAction": (Row(command="reset_valet_pin"),),
    "vehicleControlScheduleSoftwareUpdateAction": (
        Row(
            command="schedule_software_update",
            params=(Param(name="offset_sec", field="offsetSec"),),
        ),
    ),
    "vehicleControlSetPinToDriveAction": (
        Row(command="set_pin_to_drive", params=(ON, PASSWORD)),
    ),
    "vehicleControlSetSentryModeAction": (
        Row(command="set_sentry_mode", params=(ON,)),
    ),
    "vehicleControlSetValetModeAction": (
        Row(command="set_valet_mode", params=(ON, PASSWORD)),
    ),
    "vehicleControlSunroofOpenCloseAction": (
        Row(command="sun_roof_control", having={"close": {}}, fixed={"state": "close"}),
        Row(command="sun_roof_control", having={"open": {}}, fixed={"state": "open"}),
        Row(command="sun_roof_control", having={"vent": {}}, fixed={"state": "vent"}),
    ),
    "vehicleControlTriggerHomelinkAction": (
        Row(command="trigger_homelink", read=homelink),
    ),
    "vehicleControlWindowAction": (
        Row(command="window_control", having={"close": {}}, fixed={"command": "close"}),
        Row(command="window_control", having={"vent": {}}, fixed={"command": "vent"}),
    ),
}
"""Infotainment: the one action of a `VehicleAction`, by its field."""

CLOSURES: Final[Mapping[str, tuple[Row, ...]]] = {
    "chargePort": (
        Row(command="charge_port_door_close", having={"chargePort": "CLOSE"}),
        Row(command="charge_port_door_open", having={"chargePort": "OPEN"}),
    ),
    # Open and close, where a trunk is told which, have no name in REST: `move` says so.
    "frontTrunk": (
        Row(
            command="actuate_trunk",
            having={"frontTrunk": "MOVE"},
            fixed={"which_trunk": "front"},
        ),
        Row(
            command="actuate_trunk",
            having={"frontTrunk": "OPEN"},
            fixed={"which_trunk": "front", "move": "open"},
        ),
    ),
    "rearTrunk": (
        Row(
            command="actuate_trunk",
            having={"rearTrunk": "MOVE"},
            fixed={"which_trunk": "rear"},
        ),
        Row(
            command="actuate_trunk",
            having={"rearTrunk": "OPEN"},
            fixed={"which_trunk": "rear", "move": "open"},
        ),
        Row(
            command="actuate_trunk",
            having={"rearTrunk": "CLOSE"},
            fixed={"which_trunk": "rear", "move": "close"},
        ),
    ),
    "tonneau": (
        Row(command="close_tonneau", having={"tonneau": "CLOSE"}),
        Row(command="open_tonneau", having={"tonneau": "OPEN"}),
        Row(command="stop_tonneau", having={"tonneau": "STOP"}),
    ),
}
"""Vehicle security: what may move, by its field of a `ClosureMoveRequest`."""

KEYFOB: Final[Mapping[str, str]] = {
    "RKE_ACTION_LOCK": "door_lock",
    "RKE_ACTION_REMOTE_DRIVE": "remote_start_drive",
    "RKE_ACTION_UNLOCK": "door_unlock",
}
"""Vehicle security: what a keyfob's button does."""
