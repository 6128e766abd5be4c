"""What many rows of the command table share: shapes of messages, parameters, reasons."""

from typing import Any, Final

from . import params
from .command import Param


def action(name: str, **parts: Any) -> dict[str, Any]:
    """Make the template of an infotainment action."""
    return {"vehicleAction": {name: parts}}


def key_fob(button: str) -> dict[str, Any]:
    """Make the template of what a key fob does."""
    return {"RKEAction": f"RKE_ACTION_{button}"}


def closure(part: Any, move: Any) -> dict[str, Any]:
    """Make the template of a closure's movement."""
    return {"closureMoveRequest": {part: move}}


MOVE: Final = "CLOSURE_MOVE_TYPE_MOVE"
OPEN: Final = "CLOSURE_MOVE_TYPE_OPEN"
CLOSE: Final = "CLOSURE_MOVE_TYPE_CLOSE"
STOP: Final = "CLOSURE_MOVE_TYPE_STOP"

ENABLE: Final = Param(name="enable", read=params.flag)
LATITUDE: Final = Param(name="lat", read=params.decimal(-90, 90), private=True)
LIMIT_MPH: Final = Param(name="limit_mph", read=params.decimal(50, 120))
LONGITUDE: Final = Param(name="lon", read=params.decimal(-180, 180), private=True)
MINUTES: Final = params.whole(0, 24 * 60 - 1)
ON: Final = Param(name="on", read=params.flag)
OVERRIDE: Final = Param(name="manual_override", read=params.flag, default=False)
PASSWORD: Final = Param(name="password", read=params.pin, required=False, secret=True)
PIN: Final = Param(name="pin", read=params.pin, secret=True)

ALREADY_CLOSED: Final = frozenset({"already closed", "already_closed"})
ALREADY_OPEN: Final = frozenset({"already open", "already_open"})
ALREADY_SET: Final = frozenset({"already_set"})
