"""The rows of the command table that lock, open, close, and draw attention."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from . import equipment, params, vehicle_fields as fields
from .command import Command, Domain, Expect, InvalidCall, Kind, Param, Risk, Slot
from .command_forms import (
    ALREADY_CLOSED,
    ALREADY_OPEN,
    CLOSE,
    LATITUDE,
    LONGITUDE,
    MOVE,
    OPEN,
    STOP,
    action,
    closure,
    key_fob,
)

_IS_OPENED: Final = Slot("move", {"close": False, "open": True})


def _check_trunk(given: Mapping[str, Any]) -> None:
    """Refuse to close what no motor closes."""
    if given["which_trunk"] == "front" and given.get("move") == "close":
        raise InvalidCall("move", "cannot be close for the front trunk")


def _trunk_move(given: Mapping[str, Any]) -> str:
    """Return how a trunk is moved: either way, unless it is said which."""
    return {"close": CLOSE, "open": OPEN}.get(given.get("move", ""), MOVE)


ACTUATE_TRUNK: Final = Command(
    key="actuate_trunk",
    domain=Domain.VCSEC,
    params=(
        # Tesla's REST form moves a trunk either way; the signed one can say which.
        Param(name="move", read=params.one_of("close", "open"), required=False),
        Param(name="which_trunk", read=params.one_of("front", "rear")),
    ),
    check=_check_trunk,
    rest={"which_trunk": Slot("which_trunk")},
    kind=Kind.TOGGLE,
    explicit="move",
    risk=Risk.OPENS,
    expects=(
        Expect(fields.FRUNK, _IS_OPENED, when=("which_trunk", "front")),
        Expect(fields.TRUNK, _IS_OPENED, when=("which_trunk", "rear")),
    ),
    needs_fresh_look=True,
    identity=("which_trunk",),
    harmless_when={"move": "close"},
    needs=equipment.ACTUATED_TRUNKS,
    message=closure(
        Slot("which_trunk", {"front": "frontTrunk", "rear": "rearTrunk"}), _trunk_move
    ),
)
CLOSE_TONNEAU: Final = Command(
    key="close_tonneau",
    domain=Domain.VCSEC,
    expects=(Expect(fields.TONNEAU, False),),
    needs_fresh_look=True,
    opposites=("open_tonneau",),
    benign=ALREADY_CLOSED,
    always_allowed=True,
    needs=equipment.TONNEAU,
    message=closure("tonneau", CLOSE),
)
DOOR_LOCK: Final = Command(
    key="door_lock",
    domain=Domain.VCSEC,
    expects=(Expect(fields.LOCKED, True),),
    needs_fresh_look=True,
    opposites=("door_unlock",),
    always_allowed=True,
    message=key_fob("LOCK"),
)
DOOR_UNLOCK: Final = Command(
    key="door_unlock",
    domain=Domain.VCSEC,
    risk=Risk.OPENS,
    expects=(Expect(fields.LOCKED, False),),
    needs_fresh_look=True,
    opposites=("door_lock",),
    message=key_fob("UNLOCK"),
)
FLASH_LIGHTS: Final = Command(
    key="flash_lights",
    kind=Kind.PULSE,
    wakes=False,
    message=action("vehicleControlFlashLightsAction"),
)
HONK_HORN: Final = Command(
    key="honk_horn",
    kind=Kind.PULSE,
    wakes=False,
    message=action("vehicleControlHonkHornAction"),
)
OPEN_TONNEAU: Final = Command(
    key="open_tonneau",
    domain=Domain.VCSEC,
    risk=Risk.OPENS,
    expects=(Expect(fields.TONNEAU, True),),
    needs_fresh_look=True,
    opposites=("close_tonneau",),
    benign=ALREADY_OPEN,
    needs=equipment.TONNEAU,
    message=closure("tonneau", OPEN),
)
REMOTE_BOOMBOX: Final = Command(
    key="remote_boombox",
    params=(Param(name="sound", read=params.whole(0, 9999), default=0),),
    kind=Kind.PULSE,
    wakes=False,
    message=None,
)
REMOTE_START_DRIVE: Final = Command(
    key="remote_start_drive",
    domain=Domain.VCSEC,
    kind=Kind.PULSE,
    risk=Risk.DRIVES,
    message=key_fob("REMOTE_DRIVE"),
)
STOP_TONNEAU: Final = Command(
    key="stop_tonneau",
    domain=Domain.VCSEC,
    always_allowed=True,
    wakes=False,
    needs=equipment.TONNEAU,
    message=closure("tonneau", STOP),
)
SUN_ROOF_CONTROL: Final = Command(
    key="sun_roof_control",
    params=(Param(name="state", read=params.one_of("close", "open", "vent")),),
    risk=Risk.OPENS,
    expects=(
        Expect(
            fields.SUN_ROOF_STATE,
            Slot("state", {"close": "closed", "open": "open", "vent": "vent"}),
        ),
    ),
    needs_fresh_look=True,
    harmless_when={"state": "close"},
    needs=equipment.SUNROOF,
    message={
        "vehicleAction": {
            "vehicleControlSunroofOpenCloseAction": {
                Slot("state", {"close": "close", "open": "open", "vent": "vent"}): {}
            }
        }
    },
)
TRIGGER_HOMELINK: Final = Command(
    key="trigger_homelink",
    params=(LATITUDE, LONGITUDE),
    kind=Kind.TOGGLE,
    risk=Risk.OPENS,
    wakes=False,
    needs=equipment.HOMELINK,
    message=action(
        "vehicleControlTriggerHomelinkAction",
        location={
            "latitude": Slot("lat"),
            "longitude": Slot("lon"),
        },
    ),
)
WINDOW_CONTROL: Final = Command(
    key="window_control",
    params=(
        Param(name="command", read=params.one_of("close", "vent")),
        # Cars without signed commands close only where the caller stands beside them.
        replace(LATITUDE, required=False, default=0),
        replace(LONGITUDE, required=False, default=0),
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
