"""The rows of the command table that charge, now."""

from typing import Final

from . import equipment, params, vehicle_fields as fields
from .command import Command, Expect, Param, Risk, Scope, Slot
from .command_forms import (
    ALREADY_CLOSED,
    ALREADY_OPEN,
    ALREADY_SET,
    LATITUDE,
    LONGITUDE,
    MINUTES,
    action,
)

CHARGE_MAX_RANGE: Final = Command(
    key="charge_max_range",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    benign=ALREADY_SET | {"already_max_range"},
    message=action("chargingStartStopAction", startMaxRange={}),
)
CHARGE_PORT_DOOR_CLOSE: Final = Command(
    key="charge_port_door_close",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    expects=(Expect(fields.CHARGE_PORT_DOOR_OPEN, False),),
    needs_fresh_look=True,
    needs=equipment.MOTORIZED_CHARGE_PORT,
    opposites=("charge_port_door_open",),
    benign=ALREADY_CLOSED,
    always_allowed=True,
    message=action("chargePortDoorClose"),
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
    benign=ALREADY_OPEN,
    message=action("chargePortDoorOpen"),
)
CHARGE_STANDARD: Final = Command(
    key="charge_standard",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    benign=ALREADY_SET | {"already_standard"},
    message=action("chargingStartStopAction", startStandard={}),
)
CHARGE_START: Final = Command(
    key="charge_start",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    expects=(Expect(fields.CHARGING_STATE, "charging", also=("starting",)),),
    opposites=("charge_stop",),
    benign=frozenset({"charging", "complete", "is_charging", "requested"}),
    requires_plug=True,
    message=action("chargingStartStopAction", start={}),
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
    message=action("chargingStartStopAction", stop={}),
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
    benign=ALREADY_SET,
    message=action("chargingSetLimitAction", percent=Slot("percent")),
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
    benign=ALREADY_SET,
    requires_plug=True,
    message=action("setChargingAmpsAction", chargingAmps=Slot("charging_amps")),
)

SET_MANAGED_CHARGE_CURRENT_REQUEST: Final = Command(
    key="set_managed_charge_current_request",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    params=(Param(name="charging_amps", read=params.whole(0, 80)),),
    message=None,
)
SET_MANAGED_CHARGER_LOCATION: Final = Command(
    key="set_managed_charger_location",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    params=(LATITUDE, LONGITUDE),
    rest={"location": {"lat": Slot("lat"), "lon": Slot("lon")}},
    message=None,
)
SET_MANAGED_SCHEDULED_CHARGING_TIME: Final = Command(
    key="set_managed_scheduled_charging_time",
    scope=Scope.VEHICLE_CHARGING_CMDS,
    params=(Param(name="time", read=MINUTES),),
    message=None,
)
