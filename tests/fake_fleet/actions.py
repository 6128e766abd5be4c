"""TABLE: what each of Tesla's REST commands does to a car."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from . import (
    act_charging as charging,
    act_climate as climate,
    act_closures as closures,
    act_settings as settings,
)
from .answer import ActResult, refused
from .params import BadParameter, Params
from .parts import Parts

type Effect = Callable[[Parts, Params], ActResult]

ACTIONS: Final[Mapping[str, Effect]] = {
    "actuate_trunk": closures.actuate_trunk,
    "add_charge_schedule": charging.add_charge_schedule,
    "add_precondition_schedule": charging.add_precondition_schedule,
    "adjust_volume": settings.adjust_volume,
    "auto_conditioning_start": climate.auto_conditioning_start,
    "auto_conditioning_stop": climate.auto_conditioning_stop,
    "batch_remove_charge_schedules": charging.batch_remove_charge_schedules,
    "batch_remove_precondition_schedules": charging.batch_remove_precondition_schedules,
    "cancel_software_update": settings.cancel_software_update,
    "charge_max_range": charging.charge_max_range,
    "charge_port_door_close": charging.charge_port_door_close,
    "charge_port_door_open": charging.charge_port_door_open,
    "charge_standard": charging.charge_standard,
    "charge_start": charging.charge_start,
    "charge_stop": charging.charge_stop,
    "clear_pin_to_drive_admin": settings.reset_pin_to_drive_pin,
    "close_tonneau": closures.close_tonneau,
    "door_lock": closures.door_lock,
    "door_unlock": closures.door_unlock,
    "erase_user_data": settings.erase_user_data,
    "flash_lights": closures.flash_lights,
    "guest_mode": settings.guest_mode,
    "honk_horn": closures.honk_horn,
    "keep_accessory_power_mode": settings.keep_accessory_power_mode,
    "media_next_fav": settings.media_next,
    "media_next_track": settings.media_next,
    "media_prev_fav": settings.media_previous,
    "media_prev_track": settings.media_previous,
    "media_toggle_playback": settings.media_toggle_playback,
    "media_volume_down": settings.media_volume_down,
    "media_volume_up": settings.media_volume_up,
    "navigation_gps_request": settings.navigation_gps_request,
    "navigation_request": settings.navigation_request,
    "navigation_sc_request": settings.navigation_sc_request,
    "navigation_waypoints_request": settings.navigation_waypoints_request,
    "open_tonneau": closures.open_tonneau,
    "parental_controls_activate": settings.parental_controls_activate,
    "parental_controls_clear_pin_admin": settings.parental_controls_clear_pin_admin,
    "parental_controls_deactivate": settings.parental_controls_deactivate,
    "parental_controls_enable_setting": settings.parental_controls_enable_setting,
    "parental_controls_set_speed_limit": settings.parental_controls_set_speed_limit,
    "remote_auto_seat_climate_request": climate.remote_auto_seat_climate_request,
    "remote_auto_steering_wheel_climate_request": (
        climate.remote_auto_steering_wheel_heat_climate_request
    ),
    "remote_auto_steering_wheel_heat_climate_request": (
        climate.remote_auto_steering_wheel_heat_climate_request
    ),
    "remote_boombox": closures.remote_boombox,
    "remote_seat_cooler_request": climate.remote_seat_cooler_request,
    "remote_seat_heater_request": climate.remote_seat_heater_request,
    "remote_start_drive": closures.remote_start_drive,
    "remote_steering_wheel_heat_level_request": (
        climate.remote_steering_wheel_heat_level_request
    ),
    "remote_steering_wheel_heater_request": (
        climate.remote_steering_wheel_heater_request
    ),
    "remove_charge_schedule": charging.remove_charge_schedule,
    "remove_precondition_schedule": charging.remove_precondition_schedule,
    "reset_pin_to_drive_pin": settings.reset_pin_to_drive_pin,
    "reset_valet_pin": settings.reset_valet_pin,
    "schedule_software_update": settings.schedule_software_update,
    "set_bioweapon_mode": climate.set_bioweapon_mode,
    "set_cabin_overheat_protection": climate.set_cabin_overheat_protection,
    "set_charge_limit": charging.set_charge_limit,
    "set_charging_amps": charging.set_charging_amps,
    "set_climate_keeper_mode": climate.set_climate_keeper_mode,
    "set_cop_temp": climate.set_cop_temp,
    "set_low_power_mode": settings.set_low_power_mode,
    "set_managed_charge_current_request": charging.set_managed_charge_current_request,
    "set_managed_charger_location": charging.set_managed_charger_location,
    "set_managed_scheduled_charging_time": charging.set_managed_scheduled_charging_time,
    "set_pin_to_drive": settings.set_pin_to_drive,
    "set_preconditioning_max": climate.set_preconditioning_max,
    "set_scheduled_charging": charging.set_scheduled_charging,
    "set_scheduled_departure": charging.set_scheduled_departure,
    "set_sentry_mode": settings.set_sentry_mode,
    "set_temps": climate.set_temps,
    "set_valet_mode": settings.set_valet_mode,
    "set_vehicle_name": settings.set_vehicle_name,
    "speed_limit_activate": settings.speed_limit_activate,
    "speed_limit_clear_pin": settings.speed_limit_clear_pin,
    "speed_limit_clear_pin_admin": settings.speed_limit_clear_pin_admin,
    "speed_limit_deactivate": settings.speed_limit_deactivate,
    "speed_limit_set_limit": settings.speed_limit_set_limit,
    "stop_tonneau": closures.stop_tonneau,
    "sun_roof_control": closures.sun_roof_control,
    "trigger_homelink": closures.trigger_homelink,
    "upcoming_calendar_entries": settings.upcoming_calendar_entries,
    "window_control": closures.window_control,
}


def perform(parts: Parts, command: str, params: dict[str, Any]) -> ActResult:
    """Obey a command, or say in Tesla's words why not."""
    if parts.in_service:
        return refused("vehicle_in_service")
    effect = ACTIONS.get(command)
    if effect is None:
        return refused("invalid_command")
    try:
        return effect(parts, Params(params))
    except BadParameter as err:
        return refused(f"bad_parameter: {err}")
