"""What makes a cabin comfortable, as commands."""

from typing import Final

from ..model import commands
from ..model.command import Call
from .departure import SEATS, Extras
from .lead import is_frosty

START: Final = commands.AUTO_CONDITIONING_START.call()
STOP: Final = commands.AUTO_CONDITIONING_STOP.call()


def warmth(celsius: float) -> Call:
    """Return the setting of both sides."""
    rounded = round(celsius, 1)
    return commands.SET_TEMPS.call(driver_temp=rounded, passenger_temp=rounded)


def wished(celsius: float | None) -> tuple[Call, ...]:
    """Return what makes it as warm as is wished; nothing where nobody says."""
    return () if celsius is None else (warmth(celsius),)


def seat_heat(seat: str, level: int) -> Call:
    """Return what heats a seat."""
    row = commands.REMOTE_SEAT_HEATER_REQUEST
    return row.call(seat_position=SEATS[seat], level=level)


def wheel_heat(*, on: bool) -> Call:
    """Return what heats the steering wheel."""
    return commands.REMOTE_STEERING_WHEEL_HEATER_REQUEST.call(on=on)


def defrost(*, on: bool) -> Call:
    """Return what clears the windows, or ends that."""
    return commands.SET_PRECONDITIONING_MAX.call(on=on)


def extras_calls(
    extras: Extras, temperature: float | None, outside: float | None
) -> tuple[Call, ...]:
    """Return what follows a start, in order: windows only where they may be frozen."""
    return (
        *wished(temperature),
        *(seat_heat(seat, extras.seat_heat) for seat in extras.seats),
        *((wheel_heat(on=True),) if extras.steering_wheel else ()),
        *((defrost(on=True),) if extras.defrost and is_frosty(outside) else ()),
    )
