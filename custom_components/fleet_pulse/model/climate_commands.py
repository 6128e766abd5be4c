"""The rows of the command table that heat, cool and air."""

from collections.abc import Mapping
from typing import Any, Final

from . import equipment, params, vehicle_fields as fields
from .command import Command, Expect, Param, Slot
from .command_forms import ON, OVERRIDE, action

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
_COOLER_LEVELS: Final = {
    1: "HvacSeatCoolerLevel_Off",
    2: "HvacSeatCoolerLevel_Low",
    3: "HvacSeatCoolerLevel_Med",
    4: "HvacSeatCoolerLevel_High",
}
_COOLER_LEVEL_SHOWN: Final = Slot("seat_cooler_level", {1: 0, 2: 1, 3: 2, 4: 3})
_COOLED_SEATS: Final = {
    1: "HvacSeatCoolerPosition_FrontLeft",
    2: "HvacSeatCoolerPosition_FrontRight",
}
# Off is zero, which the protocol leaves out.
_WHEEL_LEVELS: Final = {1: "StwHeatLevel_Low", 3: "StwHeatLevel_High"}


def _overheat_protection(given: Mapping[str, Any]) -> str:
    """Return the mode that two switches make."""
    if not given["on"]:
        return "off"
    return "fan_only" if given["fan_only"] else "on"


AUTO_CONDITIONING_START: Final = Command(
    key="auto_conditioning_start",
    expects=(Expect(fields.IS_CLIMATE_ON, True),),
    opposites=("auto_conditioning_stop",),
    message=action("hvacAutoAction", powerOn=True),
)
AUTO_CONDITIONING_STOP: Final = Command(
    key="auto_conditioning_stop",
    expects=(Expect(fields.IS_CLIMATE_ON, False),),
    opposites=("auto_conditioning_start",),
    always_allowed=True,
    message=action("hvacAutoAction"),
)
REMOTE_AUTO_SEAT_CLIMATE_REQUEST: Final = Command(
    key="remote_auto_seat_climate_request",
    params=(
        Param(name="auto_climate_on", read=params.flag),
        Param(name="auto_seat_position", read=params.whole(1, 2)),
    ),
    expects=(
        Expect(
            fields.AUTO_SEAT_CLIMATE_LEFT,
            Slot("auto_climate_on"),
            when=("auto_seat_position", 1),
        ),
        Expect(
            fields.AUTO_SEAT_CLIMATE_RIGHT,
            Slot("auto_climate_on"),
            when=("auto_seat_position", 2),
        ),
    ),
    identity=("auto_seat_position",),
    message=action(
        "autoSeatClimateAction",
        carseat=[
            {
                "on": Slot("auto_climate_on"),
                "seatPosition": Slot(
                    "auto_seat_position",
                    {1: "AutoSeatPosition_FrontLeft", 2: "AutoSeatPosition_FrontRight"},
                ),
            }
        ],
    ),
)
REMOTE_AUTO_STEERING_WHEEL_HEAT_CLIMATE_REQUEST: Final = Command(
    key="remote_auto_steering_wheel_heat_climate_request",
    params=(ON,),
    expects=(Expect(fields.AUTO_STEERING_WHEEL_HEAT, Slot("on")),),
    needs=equipment.STEERING_WHEEL_HEATER,
    message=action("autoStwHeatAction", on=Slot("on")),
)
REMOTE_SEAT_COOLER_REQUEST: Final = Command(
    key="remote_seat_cooler_request",
    params=(
        # Tesla counts from 1, which is off.
        Param(name="seat_cooler_level", read=params.whole(1, 4)),
        Param(name="seat_position", read=params.whole(1, 2)),
    ),
    slider=True,
    expects=(
        Expect(
            fields.SEAT_FAN_FRONT_LEFT, _COOLER_LEVEL_SHOWN, when=("seat_position", 1)
        ),
        Expect(
            fields.SEAT_FAN_FRONT_RIGHT, _COOLER_LEVEL_SHOWN, when=("seat_position", 2)
        ),
    ),
    identity=("seat_position",),
    needs=equipment.SEAT_COOLING,
    harmless_when={"seat_cooler_level": 1},
    first=AUTO_CONDITIONING_START,
    message=action(
        "hvacSeatCoolerActions",
        hvacSeatCoolerAction=[
            {
                "seatCoolerLevel": Slot("seat_cooler_level", _COOLER_LEVELS),
                "seatPosition": Slot("seat_position", _COOLED_SEATS),
            }
        ],
    ),
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
    needs_by=(
        "seat_position",
        {
            **dict.fromkeys((2, 3, 4, 5, 6), equipment.REAR_SEAT_HEATERS),
            **dict.fromkeys((7, 8), equipment.THIRD_ROW_SEATS),
        },
    ),
    harmless_when={"level": 0},
    first=AUTO_CONDITIONING_START,
    message=action(
        "hvacSeatHeaterActions",
        hvacSeatHeaterAction=[
            {
                Slot("level", _HEAT_LEVELS): {},
                Slot("seat_position", dict(enumerate(_HEATED_SEATS))): {},
            }
        ],
    ),
)
REMOTE_STEERING_WHEEL_HEAT_LEVEL_REQUEST: Final = Command(
    key="remote_steering_wheel_heat_level_request",
    # No steering wheel has a medium level.
    params=(Param(name="level", read=params.one_number_of(0, 1, 3)),),
    slider=True,
    expects=(Expect(fields.STEERING_WHEEL_HEAT_LEVEL, Slot("level")),),
    needs=equipment.STEERING_WHEEL_HEATER,
    harmless_when={"level": 0},
    first=AUTO_CONDITIONING_START,
    message=action("stwHeatLevelAction", stwHeatLevel=Slot("level", _WHEEL_LEVELS)),
)
REMOTE_STEERING_WHEEL_HEATER_REQUEST: Final = Command(
    key="remote_steering_wheel_heater_request",
    params=(ON,),
    expects=(Expect(fields.STEERING_WHEEL_HEATER, Slot("on")),),
    needs=equipment.STEERING_WHEEL_HEATER,
    harmless_when={"on": False},
    first=AUTO_CONDITIONING_START,
    message=action("hvacSteeringWheelHeaterAction", powerOn=Slot("on")),
)
SET_BIOWEAPON_MODE: Final = Command(
    key="set_bioweapon_mode",
    params=(OVERRIDE, ON),
    expects=(Expect(fields.BIOWEAPON_MODE, Slot("on")),),
    message=action(
        "hvacBioweaponModeAction", on=Slot("on"), manualOverride=Slot("manual_override")
    ),
)
SET_CABIN_OVERHEAT_PROTECTION: Final = Command(
    key="set_cabin_overheat_protection",
    needs=equipment.OVERHEAT_PROTECTION,
    needs_by=("fan_only", {True: equipment.FAN_ONLY_OVERHEAT_PROTECTION}),
    params=(Param(name="fan_only", read=params.flag, default=False), ON),
    expects=(Expect(fields.CABIN_OVERHEAT_PROTECTION, _overheat_protection),),
    message=action(
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
    message=action(
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
    needs=equipment.OVERHEAT_TEMPERATURE,
    params=(Param(name="cop_temp", read=params.whole(0, 2)),),
    expects=(
        Expect(
            fields.COP_ACTIVATION_TEMPERATURE,
            Slot("cop_temp", {0: "low", 1: "medium", 2: "high"}),
        ),
    ),
    # Tesla's own proxy passes the number on unshifted, against its documentation.
    message=action(
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
    params=(Param(name="manual_override", read=params.flag, default=False), ON),
    expects=(Expect(fields.DEFROST_MODE, Slot("on", {True: "max", False: "off"})),),
    message=action(
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
    message=action(
        "hvacTemperatureAdjustmentAction",
        driverTempCelsius=Slot("driver_temp"),
        passengerTempCelsius=Slot("passenger_temp"),
        level={"TEMPMAX": {}},
    ),
)
