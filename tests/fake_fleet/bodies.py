"""Writes the sections of `vehicle_data`, in Tesla's spelling and units.

Distances are miles, speeds mph, pressures bar, temperatures °C; `timestamp` is ms of
the moment of the answer. Keys are those of recorded answers, old and new.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from . import act_charging, act_climate, driver, physics
from .parts import Parts
from .units import INVALID, KM_PER_MILE, Body, unix_ms

LOCATION: Final = "location_data"
SCHEDULES: Final = frozenset({"charge_schedule_data", "preconditioning_schedule_data"})
"""Sections that come only when they are asked for by name."""
KEEPERS: Final = ("off", "on", "dog", "camp")
OVERHEAT: Final = ("Low", "Medium", "High")
PORT_COLORS: Final[Mapping[str, str]] = {
    "Charging": "FlashingGreen",
    "Complete": "Green",
    "Disconnected": "White",
    "NoPower": "SolidRed",
    "Starting": "FlashingGreen",
    "Stopped": "White",
}


def charge_state(parts: Parts, now: datetime) -> Body:
    """Write how full it is and how charging stands."""
    charging, battery, spec = parts.charging, parts.battery, parts.spec
    state = parts.charging_state
    cable = charging.charger
    is_dc = cable is not None and cable.is_dc
    minutes = _minutes_to_full(parts)
    miles_per_kwh = spec.rated_range_km / spec.capacity_kwh / KM_PER_MILE
    added = charging.session_kwh * miles_per_kwh
    rated = battery.soc / 100 * spec.rated_range_km / KM_PER_MILE
    return {
        "battery_heater_on": battery.heater_on,
        "battery_level": round(battery.soc),
        "battery_range": round(rated, 2),
        "charge_amps": charging.amps,
        "charge_current_request": charging.amps,
        "charge_current_request_max": _amps_max(parts),
        "charge_enable_request": charging.wanted,
        "charge_energy_added": round(charging.session_kwh, 2),
        "charge_limit_soc": charging.limit,
        "charge_limit_soc_max": act_charging.LIMIT_MAX,
        "charge_limit_soc_min": act_charging.LIMIT_MIN,
        "charge_limit_soc_std": act_charging.LIMIT_STANDARD,
        "charge_miles_added_ideal": round(added * 1.25 * 2) / 2,
        "charge_miles_added_rated": round(added * 2) / 2,
        "charge_port_cold_weather_mode": False,
        "charge_port_color": PORT_COLORS[state] if charging.port_open else INVALID,
        "charge_port_door_open": charging.port_open,
        "charge_port_latch": "Engaged" if cable else "Disengaged",
        "charge_rate": round(charging.pack_kw * miles_per_kwh, 1),
        "charge_to_max_range": charging.limit == act_charging.LIMIT_MAX,
        "charger_power": round(charging.pack_kw if is_dc else charging.wall_kw),
        **_line(parts),
        "charging_state": state,
        "conn_charge_cable": _cable(parts),
        "est_battery_range": round(rated * 0.86, 2),
        "fast_charger_brand": "Tesla" if is_dc else INVALID,
        "fast_charger_present": is_dc,
        "fast_charger_type": _fast_charger(parts),
        "ideal_battery_range": round(rated * 1.25, 2),
        "managed_charging_active": False,
        "managed_charging_start_time": None,
        "managed_charging_user_canceled": False,
        "max_range_charge_counter": 0,
        "minutes_to_full_charge": minutes,
        "not_enough_power_to_heat": False,
        **_scheduled(parts, now),
        "supercharger_session_trip_planner": False,
        "time_to_full_charge": round(minutes / 60, 2),
        "timestamp": unix_ms(now),
        "trip_charging": False,
        "usable_battery_level": round(
            battery.soc - physics.cold_locked(battery.soc, battery.temperature)
        ),
        "user_charge_enable_request": None,
    }


def _amps_max(parts: Parts) -> int:
    """Say how many amps may be wished for: what car and cable allow."""
    cable = parts.charging.charger
    if cable is None or cable.is_dc:
        return parts.spec.ac_amps_max
    return min(cable.amps, parts.spec.ac_amps_max)


def _minutes_to_full(parts: Parts) -> int:
    """Say how long charging still takes, in steps of five minutes."""
    if not parts.is_charging:
        return 0
    return 5 * ceil(driver.hours_to_full(parts) * 12)


def _line(parts: Parts) -> Body:
    """Write what flows in the cable; a fast charger feeds past these meters."""
    charging, cable = parts.charging, parts.charging.charger
    pilot = cable.amps if cable else 0
    flows = charging.wall_kw > 0
    if cable is None or cable.is_dc or not flows:
        return {
            "charger_actual_current": 0,
            "charger_phases": None,
            "charger_pilot_current": pilot,
            "charger_voltage": 2 if cable else 0,
        }
    phases = physics.line_phases(parts.spec, cable)
    amps = charging.wall_kw * 1000 / cable.volts / phases
    return {
        "charger_actual_current": round(amps),
        # Tesla says 2 where all three phases are used.
        "charger_phases": 2 if phases == 3 else phases,
        "charger_pilot_current": pilot,
        "charger_voltage": cable.volts,
    }


def _cable(parts: Parts) -> str:
    """Name the cable that is in."""
    if parts.charging.charger is None:
        return INVALID
    return "IEC" if parts.spec.eu_vehicle else "SAE"


def _fast_charger(parts: Parts) -> str:
    """Name the kind of fast charger."""
    cable = parts.charging.charger
    if cable is None or not cable.is_dc:
        return INVALID
    return "Combo" if parts.spec.charge_port_type == "CCS" else "MCSingleWireCAN"


def _scheduled(parts: Parts, now: datetime) -> Body:
    """Write the older schedule, and when a waiting car begins."""
    schedules, starts_at = parts.schedules, parts.charging.starts_at
    departs = schedules.mode == "DepartBy"
    return {
        "off_peak_charging_enabled": departs and schedules.off_peak_enabled,
        "off_peak_charging_times": _times(schedules.off_peak_weekdays),
        "off_peak_hours_end_time": schedules.off_peak_end,
        "preconditioning_enabled": departs and schedules.precondition_enabled,
        "preconditioning_times": _times(schedules.precondition_weekdays),
        "scheduled_charging_mode": schedules.mode,
        "scheduled_charging_pending": starts_at is not None,
        "scheduled_charging_start_time": starts_at and int(starts_at.timestamp()),
        "scheduled_charging_start_time_app": schedules.start_time,
        "scheduled_departure_time": _departure(parts, now) if departs else None,
        "scheduled_departure_time_minutes": schedules.departure_time
        if departs
        else None,
    }


def _times(weekdays_only: bool) -> str:
    """Name the days of the older schedule."""
    return "weekdays" if weekdays_only else "all_week"


def _departure(parts: Parts, now: datetime) -> int:
    """Say when the older schedule's departure is next, in epoch seconds."""
    local = now.astimezone(parts.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    departure = midnight + timedelta(minutes=parts.schedules.departure_time)
    if departure <= local:
        departure += timedelta(days=1)
    return int(departure.timestamp())


def climate_state(parts: Parts, now: datetime) -> Body:
    """Write the climate and all heaters."""
    cabin = parts.cabin
    coolers = cabin.seat_coolers if parts.spec.has_seat_cooling else {}
    return {
        "allow_cabin_overheat_protection": True,
        "auto_seat_climate_left": cabin.auto_seats.get(1, False),
        "auto_seat_climate_right": cabin.auto_seats.get(2, False),
        "auto_steering_wheel_heat": cabin.auto_wheel_heat,
        "battery_heater": parts.battery.heater_on,
        "battery_heater_no_power": False,
        "bioweapon_mode": cabin.is_bioweapon,
        "cabin_overheat_protection": cabin.overheat_protection,
        "cabin_overheat_protection_actively_cooling": False,
        "climate_keeper_mode": KEEPERS[cabin.keeper],
        "cop_activation_temperature": OVERHEAT[cabin.overheat_level],
        "defrost_mode": 2 if cabin.is_max_defrost else 0,
        "driver_temp_setting": cabin.driver_temp,
        "fan_status": 3 if cabin.is_on else 0,
        "hvac_auto_request": "On",
        "inside_temp": round(cabin.inside, 1),
        "is_auto_conditioning_on": cabin.is_on,
        "is_climate_on": cabin.is_on,
        "is_front_defroster_on": cabin.is_max_defrost,
        "is_preconditioning": cabin.is_preconditioning,
        "is_rear_defroster_on": cabin.is_max_defrost,
        "left_temp_direction": 0,
        "max_avail_temp": act_climate.TEMP_MAX,
        "min_avail_temp": act_climate.TEMP_MIN,
        "outside_temp": round(cabin.outside * 2) / 2,
        "passenger_temp_setting": cabin.passenger_temp,
        "remote_heater_control_enabled": cabin.is_on,
        "right_temp_direction": 0,
        "seat_fan_front_left": coolers.get(1, 0),
        "seat_fan_front_right": coolers.get(2, 0),
        **_seats(parts),
        "side_mirror_heaters": cabin.is_max_defrost,
        "smart_preconditioning": False,
        "steering_wheel_heat_level": cabin.wheel_heat,
        "steering_wheel_heater": cabin.wheel_heat > 0,
        "supports_fan_only_cabin_overheat_protection": True,
        "timestamp": unix_ms(now),
        "wiper_blade_heater": False,
    }


def _seats(parts: Parts) -> Body:
    """Write the level of every seat heater that old and new cars speak of."""
    heat = parts.cabin.seat_heaters
    return {
        "seat_heater_left": heat.get(0, 0),
        "seat_heater_rear_center": heat.get(4, 0),
        "seat_heater_rear_left": heat.get(2, 0),
        "seat_heater_rear_right": heat.get(5, 0),
        "seat_heater_right": heat.get(1, 0),
    }


def drive_state(parts: Parts, now: datetime) -> Body:
    """Write how it moves; where it is follows only with `location`."""
    motion = parts.motion
    driving = motion.trip is not None
    speed = round(motion.speed_kmh / KM_PER_MILE) if driving else None
    body: Body = {
        "power": round(motion.power_kw if driving else -parts.charging.pack_kw),
        "shift_state": "D" if driving else None,
        "speed": speed,
        "timestamp": unix_ms(now),
    }
    if motion.destination is not None:
        minutes = (motion.trip.ends - parts.seconds) / 60 if motion.trip else 0.0
        miles = minutes * motion.speed_kmh / 60 / KM_PER_MILE
        body |= {
            "active_route_destination": motion.destination[0],
            "active_route_energy_at_arrival": round(parts.battery.soc),
            "active_route_miles_to_arrival": round(miles, 2),
            "active_route_minutes_to_arrival": round(minutes, 2),
            "active_route_traffic_minutes_delay": 0.0,
        }
    return body


def location(parts: Parts, now: datetime) -> Body:
    """Write where it is: what the scope `vehicle_location` adds to `drive_state`."""
    motion = parts.motion
    latitude, longitude = (round(degrees, 6) for degrees in motion.place)
    body: Body = {
        "gps_as_of": int(now.timestamp()),
        "heading": motion.heading,
        "latitude": latitude,
        "longitude": longitude,
        "native_latitude": latitude,
        "native_location_supported": 1,
        "native_longitude": longitude,
        "native_type": "wgs",
    }
    if motion.destination is not None:
        body["active_route_latitude"] = motion.destination[1][0]
        body["active_route_longitude"] = motion.destination[1][1]
    return body


def gui_settings(parts: Parts, now: datetime) -> Body:
    """Write how the car shows things; the data itself is not converted by it."""
    metric = parts.spec.eu_vehicle
    return {
        "gui_24_hour_time": metric,
        "gui_charge_rate_units": "kW" if metric else "mi/hr",
        "gui_distance_units": "km/hr" if metric else "mi/hr",
        "gui_range_display": "Rated",
        "gui_temperature_units": "C" if metric else "F",
        "gui_tirepressure_units": "Bar" if metric else "Psi",
        "show_range_units": False,
        "timestamp": unix_ms(now),
    }
