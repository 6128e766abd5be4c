"""Lets time act on the parts of a car: energy, temperatures, movement.

Energy is never lost: what the pack holds is what it held, plus `charged_kwh`, minus
`used_kwh`; what the wall gave is what arrived inside over the efficiency.
"""

from datetime import datetime

from . import physics
from .geography import bearing, between
from .parts import Parts


def elapse(parts: Parts, until: float, local: datetime, mean_outside: float) -> None:
    """Let the car live from its own moment to `until`, without an event between."""
    span = until - parts.seconds
    if span > 0:
        hours = span / 3600
        use_kw = _move(parts, until, hours) + _climate(
            parts, hours, local, mean_outside
        )
        _energy(parts, hours, use_kw)
        if parts.is_awake:
            parts.awake_seconds += span
    parts.seconds = until
    _notice_full(parts)


def _move(parts: Parts, until: float, hours: float) -> float:
    """Follow the trip; answer what driving takes in kW."""
    motion, trip = parts.motion, parts.motion.trip
    if trip is None:
        return 0.0
    before = _progress(parts.seconds, trip.begins, trip.ends)
    after = _progress(until, trip.begins, trip.ends)
    km = trip.km * (after - before)
    motion.odometer_km += km
    motion.place = between(trip.start, trip.to, after)
    motion.heading = bearing(motion.place, trip.to) if after < 1 else motion.heading
    motion.speed_kmh = km / hours
    motion.power_kw = (
        physics.driving_kwh(
            parts.spec,
            km=km,
            speed_kmh=motion.speed_kmh,
            outside=parts.cabin.outside,
        )
        / hours
    )
    return motion.power_kw


def _progress(seconds: float, begins: float, ends: float) -> float:
    """Say which share of a trip is done: gently off, gently to a halt."""
    part = min(1.0, max(0.0, (seconds - begins) / (ends - begins)))
    return part * part * (3 - 2 * part)


def _climate(parts: Parts, hours: float, local: datetime, mean: float) -> float:
    """Warm and cool cabin and pack; answer what that and being awake take in kW."""
    cabin, battery = parts.cabin, parts.battery
    hour = local.hour + local.minute / 60 + local.second / 3600
    cabin.outside = physics.outside_temperature(mean, hour)
    battery.temperature = physics.relaxed(
        battery.temperature, cabin.outside, hours, physics.PACK_TAU_H
    )
    use = physics.AWAKE_KW if parts.is_awake else physics.ASLEEP_KW
    if parts.settings.sentry and parts.is_awake:
        use += physics.SENTRY_KW
    if not cabin.is_on:
        cabin.hvac_kw = 0
        target = physics.soaked(cabin.outside, hour)
        cabin.inside = physics.relaxed(cabin.inside, target, hours, physics.CABIN_TAU_H)
        return use
    cabin.hvac_kw = physics.hvac_kw(cabin.inside, cabin.outside, cabin.driver_temp)
    cabin.inside = physics.relaxed(
        cabin.inside, cabin.driver_temp, hours, physics.CABIN_CLIMATE_TAU_H
    )
    return use + cabin.hvac_kw


def _energy(parts: Parts, hours: float, use_kw: float) -> None:
    """Move energy between wall, pack and use."""
    battery, charging, spec = parts.battery, parts.charging, parts.spec
    charging.pack_kw = charging.wall_kw = 0
    battery.heater_on = False
    charger = charging.charger
    if charger is not None and charging.is_powered:
        offered = physics.offered_kw(spec, charger, charging.amps)
        if parts.charging_state == "Charging":
            use_kw += _heat_pack(parts, offered, hours)
            charging.pack_kw = _into_pack(parts, offered - use_kw, hours)
        # The wall also feeds the climate of a car that does not charge.
        feeds = charging.pack_kw > 0 or parts.cabin.is_on
        from_wall = min(offered, charging.pack_kw + use_kw) if feeds else 0.0
        charging.wall_kw = physics.wall_kw(charger, from_wall)
        charging.wall_kwh += charging.wall_kw * hours
        use_kw = max(0.0, use_kw - (from_wall - charging.pack_kw))
    gained = charging.pack_kw * hours
    spent = min(use_kw * hours, battery.soc / 100 * spec.capacity_kwh + gained)
    charging.session_kwh += gained
    battery.charged_kwh += gained
    battery.used_kwh += spent
    battery.soc += (gained - spent) / spec.capacity_kwh * 100
    battery.soc = min(100.0, max(0.0, battery.soc))


def _heat_pack(parts: Parts, offered: float, hours: float) -> float:
    """Warm a cold pack from the plug; answer what that takes in kW."""
    battery = parts.battery
    if battery.temperature >= 10 or parts.charging_state != "Charging":
        return 0.0
    power = min(physics.HEATER_KW, offered / 2)
    battery.heater_on = True
    battery.temperature += power * hours / physics.PACK_KWH_PER_K
    return power


def _into_pack(parts: Parts, available: float, hours: float) -> float:
    """Say what goes into the pack in kW: no more than it takes or still needs."""
    battery, spec = parts.battery, parts.spec
    taken = physics.acceptance_kw(spec, battery.soc, battery.temperature)
    missing = (parts.charging.limit - battery.soc) / 100 * spec.capacity_kwh
    return max(0.0, min(available, taken, missing / hours))


def _notice_full(parts: Parts) -> None:
    """Latch being full, and forget it once well below the limit again."""
    charging, soc = parts.charging, parts.battery.soc
    if charging.charger is None or not charging.is_powered:
        charging.is_full = False
    elif soc >= charging.limit - 1e-6:
        charging.is_full = True
    elif soc < charging.limit - physics.FULL_HYSTERESIS:
        charging.is_full = False
    if charging.is_full:
        charging.pack_kw = 0
        charging.wall_kw = charging.wall_kw if parts.cabin.is_on else 0
