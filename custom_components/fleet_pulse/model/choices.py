"""Tesla's closed lists of words, and how this project spells them.

The poll says "Charging", the stream "DetailedChargeStateCharging": one table reads both.
"""

from typing import Final

from .values import choice

ACCESS: Final = choice({"OWNER": "owner", "DRIVER": "driver"})
BMS: Final = choice(
    {
        "Standby": "standby",
        "Drive": "drive",
        "Support": "support",
        "Charge": "charge",
        "FEIM": "feim",
        "ClearFault": "clear_fault",
        "Fault": "fault",
        "Weld": "weld",
        "Test": "test",
    },
    "BMSState",
)
CABLE: Final = choice(
    {"IEC": "iec", "SAE": "sae", "GB_AC": "gb_ac", "GB_DC": "gb_dc"}, "CableType"
)
CHARGING: Final = choice(
    {
        "Disconnected": "disconnected",
        "NoPower": "no_power",
        "Starting": "starting",
        "Charging": "charging",
        "Complete": "complete",
        "Stopped": "stopped",
        "Calibrating": "calibrating",
    },
    "DetailedChargeState",
)
# The stream calls camp mode by its inner name.
KEEPER: Final = choice(
    {"Off": "off", "On": "on", "Dog": "dog", "Camp": "camp", "Party": "camp"},
    "ClimateKeeperModeState",
)
COOLING_POINT: Final = choice(
    {"Low": "low", "Medium": "medium", "High": "high"},
    "ClimateOverheatProtectionTempLimit",
)
DASHCAM: Final = choice(
    {
        "Unavailable": "unavailable",
        "Available": "available",
        "Recording": "recording",
        "Saved": "saved",
        "Saving": "saving",
    }
)
# The poll counts the modes or names them, depending on the firmware.
DEFROST: Final = choice(
    {
        "Off": "off",
        "Normal": "normal",
        "Max": "max",
        "AutoDefog": "auto_defog",
        "0": "off",
        "1": "normal",
        "2": "max",
        "3": "auto_defog",
    },
    "DefrostModeState",
)
DISPLAY: Final = choice(
    {
        "Off": "off",
        "Dim": "dim",
        "Accessory": "accessory",
        "On": "on",
        "Driving": "driving",
        "Charging": "charging",
        "Lock": "lock",
        "Sentry": "sentry",
        "Dog": "dog",
        "Entertainment": "entertainment",
        "0": "off",
        "1": "dim",
        "2": "accessory",
        "3": "on",
        "4": "driving",
        "5": "charging",
        "6": "lock",
        "7": "sentry",
        "8": "dog",
        "9": "entertainment",
    },
    "DisplayState",
)
FAST_CHARGER: Final = choice(
    {
        "Supercharger": "supercharger",
        "Tesla": "supercharger",
        "CHAdeMO": "chademo",
        "GB": "gb",
        "ACSingleWireCAN": "ac_single_wire_can",
        "Combo": "combo",
        "MCSingleWireCAN": "mc_single_wire_can",
        "Other": "other",
    },
    "FastCharger",
)
_GEARS: Final = {"P": "p", "R": "r", "N": "n", "D": "d"}
# A car that answers a poll without a gear stands; the stream's "invalid" is no answer.
GEAR: Final = choice(_GEARS, null="p")
STREAMED_GEAR: Final = choice(_GEARS, "ShiftState")
CACHED_GEAR: Final = choice({**_GEARS, "<invalid>": "p"})
HVAC_AUTO: Final = choice({"On": "on", "Override": "override"}, "HvacAutoModeState")
HVAC_ON: Final = choice(
    {"Off": False, "On": True, "Precondition": True, "OverheatProtect": True},
    "HvacPowerState",
)
HVAC_PRECONDITIONS: Final = choice(
    {"Off": False, "On": False, "Precondition": True, "OverheatProtect": False},
    "HvacPowerState",
)
HVAC_PROTECTS: Final = choice(
    {"Off": False, "On": False, "Precondition": False, "OverheatProtect": True},
    "HvacPowerState",
)
LATCH: Final = choice(
    {"Engaged": "engaged", "Disengaged": "disengaged", "Blocking": "blocking"},
    "ChargePortLatch",
)
OVERHEAT: Final = choice(
    {"Off": "off", "On": "on", "FanOnly": "fan_only", "Fan Only": "fan_only"},
    "CabinOverheatProtectionModeState",
)
PLAYBACK: Final = choice(
    {"Stopped": "stopped", "Playing": "playing", "Paused": "paused"}, "MediaStatus"
)
SCHEDULED: Final = choice(
    {"Off": "off", "StartAt": "start_at", "DepartBy": "depart_by"},
    "ScheduledChargingMode",
)
SENTRY: Final = choice(
    {
        "Off": "off",
        "Idle": "idle",
        "Armed": "armed",
        "Aware": "aware",
        "Panic": "panic",
        "Quiet": "quiet",
    },
    "SentryModeState",
)
SENTRY_ON: Final = choice(
    {
        "Off": False,
        "Quiet": False,
        "Idle": True,
        "Armed": True,
        "Aware": True,
        "Panic": True,
    },
    "SentryModeState",
)
SIGNING: Final = choice({"required": "required", "allowed": "allowed", "off": "off"})
STATE: Final = choice({"online": "online", "asleep": "asleep", "offline": "offline"})
SUNROOF: Final = choice(
    {
        "closed": "closed",
        "vent": "vent",
        "open": "open",
        "moving": "moving",
        "calibrating": "calibrating",
    }
)
TONNEAU: Final = choice(
    {"Closed": False, "PartiallyOpen": True, "FullyOpen": True},
    "TonneauPositionState",
)
# An empty status means that there is nothing to install.
UPDATE: Final = choice(
    {
        "": "none",
        "available": "available",
        "downloading": "downloading",
        "downloading_wifi_wait": "waiting_for_wifi",
        "DownloadingWifiWait": "waiting_for_wifi",
        "wifi_wait": "waiting_for_wifi",
        "scheduled": "scheduled",
        "installing": "installing",
    }
)
# The poll counts the levels, the snapshot names them.
WHEEL_HEAT: Final = choice({"Off": 0, "Low": 1, "High": 3})
