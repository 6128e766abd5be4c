"""What commands do to a car's settings, PINs, media, navigation and software."""

from typing import Any, Final

from .answer import DONE, ActResult, refused
from .params import BadParameter, Params
from .parts import Parts

MIN_SENTRY_SOC: Final = 20.0
PARENTAL_SETTINGS: Final = frozenset(
    {
        "Acceleration",
        "ArcadeBlocked",
        "BrowserBlocked",
        "Curfew",
        "SafetyFeatures",
        "SpeedLimit",
        "TheaterBlocked",
    }
)


def set_sentry_mode(parts: Parts, params: Params) -> ActResult:
    """Watch the surroundings, which keeps the car awake."""
    on = params.boolean("on")
    if on and parts.battery.soc < MIN_SENTRY_SOC:
        return refused("low_soc")
    parts.settings.sentry = on
    return DONE


def set_valet_mode(parts: Parts, params: Params) -> ActResult:
    """Hand the car to someone; the PIN that switched it on switches it off."""
    settings, on = parts.settings, params.boolean("on")
    pin = params.pin("password") if "password" in params else None
    if on == settings.valet:
        return refused("already_set")
    if settings.valet_pin is not None and pin != settings.valet_pin:
        return refused("incorrect_pin")
    settings.valet_pin = settings.valet_pin or pin
    settings.valet = on
    return DONE


def reset_valet_pin(parts: Parts, params: Params) -> ActResult:
    """Forget the valet's PIN."""
    parts.settings.valet_pin = None
    return DONE


def set_pin_to_drive(parts: Parts, params: Params) -> ActResult:
    """Ask for a PIN before driving."""
    on = params.boolean("on")
    parts.settings.pin_to_drive = params.pin("password") if on else None
    return DONE


def reset_pin_to_drive_pin(parts: Parts, params: Params) -> ActResult:
    """Forget the PIN to drive."""
    parts.settings.pin_to_drive = None
    return DONE


def guest_mode(parts: Parts, params: Params) -> ActResult:
    """Let guests use the app."""
    parts.settings.guest = params.boolean("enable")
    return DONE


def erase_user_data(parts: Parts, params: Params) -> ActResult:
    """Erase the owner's data; only a guest's car does."""
    if not parts.settings.guest:
        return refused("not in guest mode")
    parts.settings.is_erased = True
    return DONE


def set_vehicle_name(parts: Parts, params: Params) -> ActResult:
    """Rename the car."""
    parts.settings.name = params.text("vehicle_name")
    return DONE


def set_low_power_mode(parts: Parts, params: Params) -> ActResult:
    """Save energy while parked."""
    parts.settings.low_power = params.boolean("enable")
    return DONE


def keep_accessory_power_mode(parts: Parts, params: Params) -> ActResult:
    """Keep the sockets powered."""
    parts.settings.accessory_power = params.boolean("enable")
    return DONE


def speed_limit_activate(parts: Parts, params: Params) -> ActResult:
    """Limit the speed; the first PIN is remembered."""
    settings, pin = parts.settings, params.pin("pin")
    if settings.speed_limit_active:
        return refused("already_set")
    if settings.speed_limit_pin not in (None, pin):
        return refused("incorrect_pin")
    settings.speed_limit_pin = pin
    settings.speed_limit_active = True
    return DONE


def speed_limit_deactivate(parts: Parts, params: Params) -> ActResult:
    """Lift the limit; the PIN must be right."""
    settings, pin = parts.settings, params.pin("pin")
    if not settings.speed_limit_active:
        return refused("already_set")
    if pin != settings.speed_limit_pin:
        return refused("incorrect_pin")
    settings.speed_limit_active = False
    return DONE


def speed_limit_clear_pin(parts: Parts, params: Params) -> ActResult:
    """Forget the PIN, knowing it."""
    if params.pin("pin") != parts.settings.speed_limit_pin:
        return refused("incorrect_pin")
    return speed_limit_clear_pin_admin(parts, params)


def speed_limit_clear_pin_admin(parts: Parts, params: Params) -> ActResult:
    """Forget the PIN, and with it the limit."""
    parts.settings.speed_limit_pin = None
    parts.settings.speed_limit_active = False
    return DONE


def speed_limit_set_limit(parts: Parts, params: Params) -> ActResult:
    """Say which speed."""
    parts.settings.speed_limit_mph = params.number("limit_mph", 50, 120)
    return DONE


def parental_controls_activate(parts: Parts, params: Params) -> ActResult:
    """Switch parental controls on."""
    params.pin("pin")
    parts.settings.parental_controls = True
    return DONE


def parental_controls_deactivate(parts: Parts, params: Params) -> ActResult:
    """Switch parental controls off."""
    params.pin("pin")
    parts.settings.parental_controls = False
    return DONE


def parental_controls_enable_setting(parts: Parts, params: Params) -> ActResult:
    """Choose what they control."""
    params.boolean("enable")
    if params.text("setting") not in PARENTAL_SETTINGS:
        raise BadParameter("no such setting")
    return DONE


def parental_controls_set_speed_limit(parts: Parts, params: Params) -> ActResult:
    """Say how fast a child may drive."""
    params.number("limit_mph", 50, 120)
    return DONE


def parental_controls_clear_pin_admin(parts: Parts, params: Params) -> ActResult:
    """Forget their PIN, and with it the controls."""
    parts.settings.parental_controls = False
    return DONE


def schedule_software_update(parts: Parts, params: Params) -> ActResult:
    """Install the update that waits, after some seconds."""
    offset = params.integer("offset_sec", 0, 7 * 86400)
    if parts.software.status not in ("available", "scheduled"):
        return refused("no_update")
    parts.software.status = "scheduled"
    parts.software.installs_at = parts.seconds + offset
    return DONE


def cancel_software_update(parts: Parts, params: Params) -> ActResult:
    """Do not install it after all."""
    if parts.software.status != "scheduled":
        return refused("no_update")
    parts.software.status = "available"
    return DONE


def adjust_volume(parts: Parts, params: Params) -> ActResult:
    """Set the volume; someone must be in the car."""
    return _media(parts, params.number("volume", 0, 11), 0)


def media_volume_up(parts: Parts, params: Params) -> ActResult:
    """Turn it up."""
    return _media(parts, min(11.0, parts.media.volume + 0.5), 0)


def media_volume_down(parts: Parts, params: Params) -> ActResult:
    """Turn it down."""
    return _media(parts, max(0.0, parts.media.volume - 0.5), 0)


def media_toggle_playback(parts: Parts, params: Params) -> ActResult:
    """Play or pause."""
    answer = _media(parts, parts.media.volume, 0)
    parts.media.is_playing ^= answer.result
    return answer


def media_next(parts: Parts, params: Params) -> ActResult:
    """Play the next track or favourite."""
    return _media(parts, parts.media.volume, 1)


def media_previous(parts: Parts, params: Params) -> ActResult:
    """Play the previous track or favourite."""
    return _media(parts, parts.media.volume, -1)


def _media(parts: Parts, volume: float, tracks: int) -> ActResult:
    """Turn the knob and skip; only with someone in the car, as Tesla has it."""
    if not parts.is_user_present:
        return refused("user_not_present")
    parts.media.volume = volume
    parts.media.track += tracks
    return DONE


def navigation_request(parts: Parts, params: Params) -> ActResult:
    """Hear of a place as shared text."""
    shared: Any = params.raw("value")
    text = shared.get("android.intent.extra.TEXT") if isinstance(shared, dict) else None
    if not isinstance(text, str):
        raise BadParameter("nothing shared")
    parts.motion.destination = (text, parts.motion.place)
    return DONE


def navigation_gps_request(parts: Parts, params: Params) -> ActResult:
    """Hear of a place by its coordinates."""
    place = (params.number("lat", -90, 90), params.number("lon", -180, 180))
    parts.motion.destination = ("Shared location", place)
    return DONE


def navigation_sc_request(parts: Parts, params: Params) -> ActResult:
    """Hear of a Supercharger."""
    number = params.integer("id", 0, 2**63)
    parts.motion.destination = (f"Supercharger {number}", parts.motion.place)
    return DONE


def navigation_waypoints_request(parts: Parts, params: Params) -> ActResult:
    """Hear of several places."""
    parts.motion.destination = (params.text("waypoints"), parts.motion.place)
    return DONE


def upcoming_calendar_entries(parts: Parts, params: Params) -> ActResult:
    """Hear what the owner has to do today; only the screen shows it."""
    params.text("calendar_data")
    return DONE
