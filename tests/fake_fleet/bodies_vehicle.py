"""Writes the sections `vehicle_state` and `vehicle_config` of `vehicle_data`."""

from datetime import datetime, timedelta
from typing import Final

from .parts import Parts
from .units import KM_PER_MILE, Body, unix_ms

VENTED: Final = 2
"""What a window reads that is not shut."""
OPEN: Final = 1
"""What a door or lid reads that is not shut."""
TYRES: Final = ("fl", "fr", "rl", "rr")


def vehicle_state(parts: Parts, now: datetime) -> Body:
    """Write what is open, locked, set and installed."""
    closures, settings, motion = parts.closures, parts.settings, parts.motion
    windows = {f"{w}_window": VENTED * up for w, up in closures.windows.items()}
    return {
        "api_version": parts.spec.api_version,
        "autopark_state_v2": "unavailable",
        "autopark_state_v3": "unavailable",
        "autopark_style": "dead_man",
        "calendar_supported": True,
        "car_version": parts.software.version,
        "center_display_state": 2 if motion.trip else 0,
        "dashcam_clip_save_available": parts.is_user_present,
        "dashcam_state": "Recording" if parts.is_user_present else "Unavailable",
        **{door: OPEN * is_open for door, is_open in closures.doors.items()},
        "feature_bitmask": "fbdffbff,187f",
        **windows,
        "homelink_device_count": 1,
        "homelink_nearby": False,
        "is_user_present": parts.is_user_present,
        "last_autopark_error": "no_error",
        "locked": closures.is_locked,
        "media_info": _media_info(parts),
        "media_state": {"remote_control_enabled": True},
        "notifications_supported": True,
        "odometer": round(motion.odometer_km / KM_PER_MILE, 6),
        "parsed_calendar_supported": True,
        "remote_start": parts.seconds < settings.keyless_until,
        "remote_start_enabled": True,
        "remote_start_supported": True,
        "santa_mode": 0,
        "sentry_mode": settings.sentry,
        "sentry_mode_available": True,
        "service_mode": parts.in_service,
        "service_mode_plus": False,
        "smart_summon_available": False,
        "software_update": _software_update(parts),
        "speed_limit_mode": {
            "active": settings.speed_limit_active,
            "current_limit_mph": settings.speed_limit_mph,
            "max_limit_mph": 120,
            "min_limit_mph": 50.0,
            "pin_code_set": settings.speed_limit_pin is not None,
        },
        **_sun_roof(parts),
        "summon_standby_mode_enabled": False,
        "timestamp": unix_ms(now),
        **_tyres(parts, now),
        "valet_mode": settings.valet,
        "valet_pin_needed": settings.valet_pin is None,
        "vehicle_name": settings.name,
        "vehicle_self_test_progress": 0,
        "vehicle_self_test_requested": False,
        "webcam_available": True,
    }


def _sun_roof(parts: Parts) -> Body:
    """Write the sunroof, also of a car that has none."""
    if not parts.spec.has_sun_roof:
        return {"sun_roof_percent_open": None, "sun_roof_state": "unknown"}
    percent = parts.closures.sun_roof
    state = {0: "closed", 15: "vent"}.get(percent, "open")
    return {"sun_roof_percent_open": percent, "sun_roof_state": state}


def _media_info(parts: Parts) -> Body:
    """Write what plays."""
    media = parts.media
    return {
        "a2dp_source_name": "",
        "audio_volume": media.volume,
        "audio_volume_increment": 0.333333,
        "audio_volume_max": 10.333333,
        "media_playback_status": "Playing" if media.is_playing else "Stopped",
        "now_playing_album": "",
        "now_playing_artist": "",
        "now_playing_duration": 0,
        "now_playing_elapsed": 0,
        "now_playing_source": "13",
        "now_playing_station": "",
        "now_playing_title": f"Track {media.track}" if media.is_playing else "",
        **media.song,
    }


def _software_update(parts: Parts) -> Body:
    """Write the update that waits or is being installed."""
    software = parts.software
    begins = parts.now + timedelta(seconds=software.installs_at - parts.seconds)
    planned = {"scheduled_time_ms": int(begins.timestamp() * 1000)}
    return {
        **(planned if software.status == "scheduled" else {}),
        "download_perc": software.downloaded,
        "expected_duration_sec": 2700,
        "install_perc": software.installed,
        "status": software.status,
        "version": software.update or " ",
    }


def _tyres(parts: Parts, now: datetime) -> Body:
    """Write pressures as the tyres last told, and no warnings."""
    front, rear = parts.spec.pressure_bar
    seen = int((now if parts.motion.trip else parts.motion.moved_at).timestamp())
    body: Body = {"tpms_rcp_front_value": front, "tpms_rcp_rear_value": rear}
    for number, tyre in enumerate(TYRES):
        cold = (front if tyre.startswith("f") else rear) - 0.025 * number
        warmth = (parts.cabin.outside + 273) / 293
        pressure = (cold + 1) * warmth - 1
        body |= {
            f"tpms_hard_warning_{tyre}": False,
            f"tpms_last_seen_pressure_time_{tyre}": seen,
            f"tpms_pressure_{tyre}": round(pressure * 40) / 40,
            f"tpms_soft_warning_{tyre}": False,
        }
    return body


def vehicle_config(parts: Parts, now: datetime) -> Body:
    """Write what the car is."""
    spec = parts.spec
    offset = now.astimezone(parts.zone).utcoffset() or timedelta()
    return {
        "aux_park_lamps": "Eu" if spec.eu_vehicle else "NaPremium",
        "badge_version": 1,
        "can_accept_navigation_requests": True,
        "can_actuate_trunks": spec.has_power_liftgate,
        "car_special_type": "base",
        "car_type": spec.car_type,
        "charge_port_type": spec.charge_port_type,
        "cop_user_set_temp_supported": True,
        "dashcam_clip_save_supported": True,
        "default_charge_to_max": False,
        "driver_assist": "TeslaAP3",
        "ece_restrictions": spec.eu_vehicle,
        "efficiency_package": "Default",
        "eu_vehicle": spec.eu_vehicle,
        "exterior_color": spec.exterior_color,
        "exterior_trim": "Black",
        "front_drive_unit": "PM216MOSFET",
        "has_air_suspension": False,
        "has_ludicrous_mode": False,
        "has_seat_cooling": spec.has_seat_cooling,
        "headlamp_type": "Global",
        "interior_trim_type": "Black2",
        "key_version": 2,
        "motorized_charge_port": True,
        "plg": spec.has_power_liftgate,
        "pws": spec.eu_vehicle,
        "rear_drive_unit": "PM216MOSFET",
        "rear_seat_heaters": 1 if 4 in spec.seat_heaters else 0,
        "rear_seat_type": 0,
        "rhd": False,
        "roof_color": "RoofColorGlass",
        "seat_type": None,
        "spoiler_type": "None",
        "sun_roof_installed": 2 if spec.has_sun_roof else None,
        "supports_qr_pairing": spec.command_signing != "off",
        "third_row_seats": "None",
        "timestamp": unix_ms(now),
        "trim_badging": spec.trim_badging,
        "use_range_badging": True,
        "utc_offset": int(offset.total_seconds()),
        "webcam_selfie_supported": True,
        "webcam_supported": True,
        "wheel_type": spec.wheel_type,
    }
