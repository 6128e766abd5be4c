"""What people do to a car with their own hands."""

from typing import Final

from . import physics
from .chargers import Charger
from .geography import ROAD_FACTOR, Place, bearing, beside, distance_km
from .parts import Parts, Trip

LEAVING: Final = 60.0
"""How long someone stays in the car after a drive."""
WANDER_KMH: Final = 35.0
STARTING: Final = 5.0
"""How long car and charging point talk before current flows."""


def depart(parts: Parts, to: Place, minutes: float) -> None:
    """Get in and drive off; a cable is taken out first."""
    if parts.charging.charger is not None:
        unplug(parts)
    motion = parts.motion
    km = distance_km(motion.place, to) * ROAD_FACTOR
    motion.trip = Trip(
        start=motion.place,
        to=to,
        km=km,
        begins=parts.seconds,
        ends=parts.seconds + max(1.0, minutes * 60),
    )
    motion.heading = bearing(motion.place, to)
    parts.closures.is_locked = False
    parts.closures.doors = dict.fromkeys(parts.closures.doors, False)
    parts.cabin.is_on = True
    parts.cabin.is_preconditioning = False
    parts.media.is_playing = True


def somewhere(parts: Parts, minutes: float, direction: int) -> Place:
    """Choose a place that can be reached in the time."""
    km = WANDER_KMH * minutes / 60 / ROAD_FACTOR
    return beside(parts.motion.place, km, direction)


def arrive(parts: Parts) -> None:
    """Come to a halt; the driver stays for a moment."""
    motion = parts.motion
    motion.trip = None
    motion.destination = None
    motion.speed_kmh = motion.power_kw = 0
    motion.moved_at = parts.now
    motion.present_until = parts.seconds + LEAVING
    motion.is_leaving = True
    parts.cabin.is_on = parts.cabin.keeper > 0
    parts.media.is_playing = False


def leave(parts: Parts) -> None:
    """Walk away; the car locks itself if everything is shut."""
    parts.motion.is_leaving = False
    if not any(parts.closures.doors.values()):
        parts.closures.is_locked = True


def plug(parts: Parts, charger: Charger) -> None:
    """Put the cable in. Whether it charges at once, a schedule may decide."""
    charging = parts.charging
    charging.charger = charger
    charging.is_powered = True
    charging.port_open = True
    charging.wanted = True
    charging.session_kwh = 0
    charging.is_full = parts.battery.soc >= charging.limit
    charging.starting_until = parts.seconds + STARTING


def unplug(parts: Parts) -> None:
    """Take the cable out and shut the flap."""
    charging = parts.charging
    charging.charger = None
    charging.port_open = False
    charging.is_full = False
    charging.wanted = True
    charging.pack_kw = charging.wall_kw = 0
    charging.starts_at = None


def start_charging(parts: Parts) -> None:
    """Begin to charge, as far as cable and limit allow."""
    charging = parts.charging
    charging.wanted = True
    charging.is_full = parts.battery.soc >= charging.limit
    charging.starting_until = parts.seconds + STARTING
    charging.starts_at = None


def hours_to_full(parts: Parts) -> float:
    """Predict how long charging to the limit takes with what is plugged in."""
    charging, battery = parts.charging, parts.battery
    if charging.charger is None or not charging.is_powered:
        return 0.0
    used = physics.AWAKE_KW + parts.cabin.hvac_kw
    offered = physics.offered_kw(parts.spec, charging.charger, charging.amps) - used
    return physics.hours_to_charge(
        parts.spec,
        soc=battery.soc,
        to=charging.limit,
        temperature=battery.temperature,
        offered=offered,
    )
