"""What climate commands do to a car."""

from typing import Final, Literal

from .answer import DONE, ActResult, refused
from .params import BadParameter, Params
from .parts import Parts

TEMP_MIN: Final = 15.0
TEMP_MAX: Final = 28.0
MIN_SOC: Final = 20.0
"""Below, Tesla refuses to condition a car that is not plugged in."""
DOG, CAMP = 2, 3


def _has_energy(parts: Parts) -> bool:
    """Whether the car may spend energy on comfort."""
    powered = parts.charging.charger is not None and parts.charging.is_powered
    return powered or parts.battery.soc >= MIN_SOC


def auto_conditioning_start(parts: Parts, params: Params) -> ActResult:
    """Switch the climate on."""
    if not _has_energy(parts):
        return refused("low_soc")
    parts.cabin.is_on = True
    parts.cabin.is_preconditioning = not parts.is_user_present
    return DONE


def auto_conditioning_stop(parts: Parts, params: Params) -> ActResult:
    """Switch the climate off, with all that depends on it."""
    cabin = parts.cabin
    cabin.is_on = cabin.is_preconditioning = False
    cabin.is_max_defrost = cabin.is_bioweapon = False
    cabin.keeper = 0
    return DONE


def set_temps(parts: Parts, params: Params) -> ActResult:
    """Set the temperatures wished for; a side that is not named stays."""
    if "driver_temp" not in params and "passenger_temp" not in params:
        raise BadParameter("no temperature")
    if "driver_temp" in params:
        parts.cabin.driver_temp = params.number("driver_temp", TEMP_MIN, TEMP_MAX)
    if "passenger_temp" in params:
        wanted = params.number("passenger_temp", TEMP_MIN, TEMP_MAX)
        parts.cabin.passenger_temp = wanted
    return DONE


def set_preconditioning_max(parts: Parts, params: Params) -> ActResult:
    """Defrost with all it has."""
    on = params.boolean("on")
    if on and not _has_energy(parts):
        return refused("low_soc")
    parts.cabin.is_max_defrost = on
    parts.cabin.is_on = parts.cabin.is_preconditioning = on
    return DONE


def set_climate_keeper_mode(parts: Parts, params: Params) -> ActResult:
    """Keep the climate after the driver has left: keep, dog or camp."""
    mode = params.integer("climate_keeper_mode", 0, CAMP)
    if mode and not _has_energy(parts):
        return refused("low_soc")
    parts.cabin.keeper = mode
    parts.cabin.is_on = mode > 0
    return DONE


def set_bioweapon_mode(parts: Parts, params: Params) -> ActResult:
    """Filter the air."""
    parts.cabin.is_bioweapon = params.boolean("on")
    parts.cabin.is_on |= parts.cabin.is_bioweapon
    return DONE


def set_cabin_overheat_protection(parts: Parts, params: Params) -> ActResult:
    """Keep a parked cabin from becoming too hot."""
    mode: Literal["Off", "On", "FanOnly"] = "Off"
    if params.boolean("on"):
        mode = "FanOnly" if params.boolean("fan_only", default=False) else "On"
    parts.cabin.overheat_protection = mode
    return DONE


def set_cop_temp(parts: Parts, params: Params) -> ActResult:
    """Say what too hot is: low, medium, high."""
    parts.cabin.overheat_level = params.integer("cop_temp", 0, 2)
    return DONE


def remote_seat_heater_request(parts: Parts, params: Params) -> ActResult:
    """Heat a seat; it does so only while the climate is on."""
    name = "seat_position" if "seat_position" in params else "heater"
    seat = params.integer(name, 0, 8)
    level = params.integer("level", 0, 3)
    if seat not in parts.spec.seat_heaters:
        return refused("invalid_command")
    if level and not parts.cabin.is_on:
        return refused("cabin comfort remote settings not enabled")
    parts.cabin.seat_heaters[seat] = level
    return DONE


def remote_seat_cooler_request(parts: Parts, params: Params) -> ActResult:
    """Cool a front seat; level 1 is off."""
    seat = params.integer("seat_position", 1, 2)
    level = params.integer("seat_cooler_level", 1, 4)
    if not parts.spec.has_seat_cooling:
        return refused("invalid_command")
    parts.cabin.seat_coolers[seat] = level - 1
    return DONE


def remote_auto_seat_climate_request(parts: Parts, params: Params) -> ActResult:
    """Let a front seat look after itself."""
    seat = params.integer("auto_seat_position", 1, 2)
    parts.cabin.auto_seats[seat] = params.boolean("auto_climate_on")
    return DONE


def remote_steering_wheel_heater_request(parts: Parts, params: Params) -> ActResult:
    """Heat the steering wheel."""
    on = params.boolean("on")
    if on and not parts.cabin.is_on:
        return refused("cabin comfort remote settings not enabled")
    parts.cabin.wheel_heat = 3 if on else 0
    return DONE


def remote_steering_wheel_heat_level_request(parts: Parts, params: Params) -> ActResult:
    """Heat the steering wheel so much: 0 off, 1 low, 3 high."""
    parts.cabin.wheel_heat = params.integer("level", 0, 3)
    return DONE


def remote_auto_steering_wheel_heat_climate_request(
    parts: Parts, params: Params
) -> ActResult:
    """Let the steering wheel look after itself."""
    parts.cabin.auto_wheel_heat = params.boolean("on")
    return DONE
