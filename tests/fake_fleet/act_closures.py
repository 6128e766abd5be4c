"""What commands do to locks, lids, windows, lights and horn."""

from typing import Final

from .answer import DONE, ActResult, refused
from .params import BadParameter, Params
from .parts import Parts

KEYLESS: Final = 120.0
"""How long one may drive off without a key after `remote_start_drive`."""


def door_lock(parts: Parts, params: Params) -> ActResult:
    """Lock. A locked car says yes too."""
    parts.closures.is_locked = True
    return DONE


def door_unlock(parts: Parts, params: Params) -> ActResult:
    """Unlock. An unlocked car says yes too."""
    parts.closures.is_locked = False
    return DONE


def actuate_trunk(parts: Parts, params: Params) -> ActResult:
    """Move a trunk: the frunk only opens, a liftgate without motor too.

    `move` is what signed messages can say and REST cannot: `open`, `close`.
    """
    which, move = params.text("which_trunk"), params.text("move", "move")
    if which not in ("front", "rear") or move not in ("move", "open", "close"):
        raise BadParameter("no such trunk or movement")
    lid = {"front": "ft", "rear": "rt"}[which]
    is_open = parts.closures.doors[lid]
    opens = move == "open" or (move == "move" and not is_open)
    if opens == is_open:
        return refused("already open" if is_open else "already closed")
    if not opens and (which == "front" or not parts.spec.has_power_liftgate):
        return refused("invalid_command")
    parts.closures.doors[lid] = opens
    return DONE


def window_control(parts: Parts, params: Params) -> ActResult:
    """Vent all windows, or close them."""
    command = params.text("command")
    if command not in ("vent", "close"):
        raise BadParameter("neither vent nor close")
    windows = parts.closures.windows
    parts.closures.windows = dict.fromkeys(windows, command == "vent")
    return DONE


def sun_roof_control(parts: Parts, params: Params) -> ActResult:
    """Move the sunroof."""
    if not parts.spec.has_sun_roof:
        return refused("invalid_command")
    states = {"close": 0, "vent": 15, "open": 100, "stop": parts.closures.sun_roof}
    if (state := params.text("state")) not in states:
        raise BadParameter("no such state")
    parts.closures.sun_roof = states[state]
    return DONE


def _tonneau(parts: Parts, percent: int) -> ActResult:
    """Move the tonneau."""
    if not parts.spec.has_tonneau:
        return refused("invalid_command")
    parts.closures.tonneau = percent
    return DONE


def open_tonneau(parts: Parts, params: Params) -> ActResult:
    """Open the tonneau."""
    return _tonneau(parts, 100)


def close_tonneau(parts: Parts, params: Params) -> ActResult:
    """Close the tonneau."""
    return _tonneau(parts, 0)


def stop_tonneau(parts: Parts, params: Params) -> ActResult:
    """Halt the tonneau where it is."""
    return _tonneau(parts, parts.closures.tonneau)


def remote_start_drive(parts: Parts, params: Params) -> ActResult:
    """Let whoever sits in the car drive off without a key, for two minutes."""
    parts.settings.keyless_until = parts.seconds + KEYLESS
    return DONE


def flash_lights(parts: Parts, params: Params) -> ActResult:
    """Flash; not while driving."""
    return _signal(parts, "flash")


def honk_horn(parts: Parts, params: Params) -> ActResult:
    """Honk; not while driving."""
    return _signal(parts, "honk")


def remote_boombox(parts: Parts, params: Params) -> ActResult:
    """Make a noise outside."""
    return _signal(parts, "boombox")


def trigger_homelink(parts: Parts, params: Params) -> ActResult:
    """Open or close the garage."""
    return _signal(parts, "homelink")


def _signal(parts: Parts, what: str) -> ActResult:
    """Do something that leaves nothing behind, and count it."""
    if parts.motion.trip is not None:
        return refused("vehicle_in_drive")
    parts.counts[what] += 1
    return DONE
