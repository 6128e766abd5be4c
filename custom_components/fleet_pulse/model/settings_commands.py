"""The rows of the command table that guard the car, and change what it is set to."""

from collections.abc import Mapping
from typing import Any, Final

from . import equipment, params, vehicle_fields as fields
from .command import Command, Expect, InvalidCall, Kind, Param, Risk, Slot
from .command_forms import ALREADY_SET, ENABLE, LIMIT_MPH, ON, PASSWORD, PIN, action
from .values import mph

# As Tesla's REST interface and its protocol both spell them.
_PARENTAL_SETTINGS: Final = {
    name: name
    for name in (
        "Acceleration",
        "ArcadeBlocked",
        "BrowserBlocked",
        "Curfew",
        "SafetyFeatures",
        "SpeedLimit",
        "TheaterBlocked",
    )
}


def _check_pin_to_drive(given: Mapping[str, Any]) -> None:
    """Refuse to ask drivers for a PIN that nobody gave."""
    if given["on"] and "password" not in given:
        raise InvalidCall("password", "is missing")


CANCEL_SOFTWARE_UPDATE: Final = Command(
    key="cancel_software_update",
    expects=(Expect(fields.SOFTWARE_UPDATE_STATUS, "available", also=("none",)),),
    opposites=("schedule_software_update",),
    benign=frozenset({"no_update"}),
    message=action("vehicleControlCancelSoftwareUpdateAction"),
)
CLEAR_PIN_TO_DRIVE_ADMIN: Final = Command(
    key="clear_pin_to_drive_admin",
    risk=Risk.ERASES,
    message=action("vehicleControlResetPinToDriveAdminAction"),
)
ERASE_USER_DATA: Final = Command(
    key="erase_user_data",
    kind=Kind.PULSE,
    risk=Risk.ERASES,
    message=action("eraseUserDataAction"),
)
GUEST_MODE: Final = Command(
    key="guest_mode",
    params=(ENABLE,),
    benign=ALREADY_SET,
    message=action("guestModeAction", GuestModeActive=Slot("enable")),
)
KEEP_ACCESSORY_POWER_MODE: Final = Command(
    key="keep_accessory_power_mode",
    params=(ENABLE,),
    benign=ALREADY_SET,
    message=action(
        "setKeepAccessoryPowerModeAction", keepAccessoryPowerMode=Slot("enable")
    ),
)
PARENTAL_CONTROLS_ACTIVATE: Final = Command(
    key="parental_controls_activate",
    params=(PIN,),
    opposites=("parental_controls_deactivate",),
    benign=ALREADY_SET,
    message=action("parentalControlsAction", activate=True, pin=Slot("pin")),
)
PARENTAL_CONTROLS_CLEAR_PIN_ADMIN: Final = Command(
    key="parental_controls_clear_pin_admin",
    risk=Risk.ERASES,
    message=action("parentalControlsClearPinAdminAction"),
)
PARENTAL_CONTROLS_DEACTIVATE: Final = Command(
    key="parental_controls_deactivate",
    params=(PIN,),
    opposites=("parental_controls_activate",),
    benign=ALREADY_SET,
    message=action("parentalControlsAction", pin=Slot("pin")),
)
PARENTAL_CONTROLS_ENABLE_SETTING: Final = Command(
    key="parental_controls_enable_setting",
    params=(ENABLE, Param(name="setting", read=params.one_of(*_PARENTAL_SETTINGS))),
    identity=("setting",),
    message=action(
        "parentalControlsEnableSettingsAction",
        setting=Slot("setting", _PARENTAL_SETTINGS),
        enable=Slot("enable"),
    ),
)
PARENTAL_CONTROLS_SET_SPEED_LIMIT: Final = Command(
    key="parental_controls_set_speed_limit",
    params=(LIMIT_MPH,),
    slider=True,
    message=action("parentalControlsSetSpeedLimitAction", limitMph=Slot("limit_mph")),
)
RESET_PIN_TO_DRIVE_PIN: Final = Command(
    key="reset_pin_to_drive_pin",
    risk=Risk.ERASES,
    message=action("vehicleControlResetPinToDriveAction"),
)
RESET_VALET_PIN: Final = Command(
    key="reset_valet_pin",
    risk=Risk.ERASES,
    message=action("vehicleControlResetValetPinAction"),
)
SCHEDULE_SOFTWARE_UPDATE: Final = Command(
    key="schedule_software_update",
    params=(Param(name="offset_sec", read=params.whole(0, 7 * 24 * 3600)),),
    expects=(Expect(fields.SOFTWARE_UPDATE_STATUS, "scheduled", also=("installing",)),),
    # Scheduled for which moment, the car does not say exactly enough.
    already_when=(Expect(fields.SOFTWARE_UPDATE_STATUS, "installing"),),
    opposites=("cancel_software_update",),
    message=action(
        "vehicleControlScheduleSoftwareUpdateAction", offsetSec=Slot("offset_sec")
    ),
)
SET_LOW_POWER_MODE: Final = Command(
    key="set_low_power_mode",
    params=(ENABLE,),
    benign=ALREADY_SET,
    message=action("setLowPowerModeAction", lowPowerMode=Slot("enable")),
)
SET_PIN_TO_DRIVE: Final = Command(
    key="set_pin_to_drive",
    params=(ON, PASSWORD),
    check=_check_pin_to_drive,
    message=action(
        "vehicleControlSetPinToDriveAction", on=Slot("on"), password=Slot("password")
    ),
)
SET_SENTRY_MODE: Final = Command(
    key="set_sentry_mode",
    params=(ON,),
    expects=(Expect(fields.SENTRY_MODE, Slot("on")),),
    needs_fresh_look=True,
    needs=equipment.SENTRY_MODE,
    benign=ALREADY_SET,
    message=action("vehicleControlSetSentryModeAction", on=Slot("on")),
)
SET_VALET_MODE: Final = Command(
    key="set_valet_mode",
    params=(ON, PASSWORD),
    expects=(Expect(fields.VALET_MODE, Slot("on")),),
    benign=ALREADY_SET,
    message=action(
        "vehicleControlSetValetModeAction", on=Slot("on"), password=Slot("password")
    ),
)
SET_VEHICLE_NAME: Final = Command(
    key="set_vehicle_name",
    params=(Param(name="vehicle_name", read=params.text(1, 50), private=True),),
    expects=(Expect(fields.VEHICLE_NAME, Slot("vehicle_name")),),
    message=action("setVehicleNameAction", vehicleName=Slot("vehicle_name")),
)
SPEED_LIMIT_ACTIVATE: Final = Command(
    key="speed_limit_activate",
    params=(PIN,),
    expects=(Expect(fields.SPEED_LIMIT_ACTIVE, True),),
    opposites=("speed_limit_deactivate",),
    benign=ALREADY_SET,
    message=action("drivingSpeedLimitAction", activate=True, pin=Slot("pin")),
)
SPEED_LIMIT_CLEAR_PIN: Final = Command(
    key="speed_limit_clear_pin",
    params=(PIN,),
    risk=Risk.ERASES,
    message=action("drivingClearSpeedLimitPinAction", pin=Slot("pin")),
)
SPEED_LIMIT_CLEAR_PIN_ADMIN: Final = Command(
    key="speed_limit_clear_pin_admin",
    risk=Risk.ERASES,
    message=action("drivingClearSpeedLimitPinAdminAction"),
)
SPEED_LIMIT_DEACTIVATE: Final = Command(
    key="speed_limit_deactivate",
    params=(PIN,),
    expects=(Expect(fields.SPEED_LIMIT_ACTIVE, False),),
    opposites=("speed_limit_activate",),
    benign=ALREADY_SET,
    message=action("drivingSpeedLimitAction", pin=Slot("pin")),
)
SPEED_LIMIT_SET_LIMIT: Final = Command(
    key="speed_limit_set_limit",
    params=(LIMIT_MPH,),
    slider=True,
    expects=(Expect(fields.SPEED_LIMIT, Slot("limit_mph", convert=mph)),),
    message=action("drivingSetSpeedLimitAction", limitMph=Slot("limit_mph")),
)
