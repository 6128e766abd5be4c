"""Tesla's REST commands by name, and which scope each of them needs."""

from typing import Final

CMDS: Final = "vehicle_cmds"
CHARGING: Final = "vehicle_charging_cmds"

CHARGING_COMMANDS: Final = frozenset(
    {
        "add_charge_schedule",
        "batch_remove_charge_schedules",
        "charge_max_range",
        "charge_port_door_close",
        "charge_port_door_open",
        "charge_standard",
        "charge_start",
        "charge_stop",
        "remove_charge_schedule",
        "set_charge_limit",
        "set_charging_amps",
        "set_managed_charge_current_request",
        "set_managed_charger_location",
        "set_managed_scheduled_charging_time",
        "set_scheduled_charging",
    }
)
"""What an application may do that was only let in to charge."""

OTHER_COMMANDS: Final = frozenset(
    {
        "actuate_trunk",
        "add_precondition_schedule",
        "adjust_volume",
        "auto_conditioning_start",
        "auto_conditioning_stop",
        "batch_remove_precondition_schedules",
        "cancel_software_update",
        "clear_pin_to_drive_admin",
        "close_tonneau",
        "door_lock",
        "door_unlock",
        "erase_user_data",
        "flash_lights",
        "guest_mode",
        "honk_horn",
        "keep_accessory_power_mode",
        "media_next_fav",
        "media_next_track",
        "media_prev_fav",
        "media_prev_track",
        "media_toggle_playback",
        "media_volume_down",
        "media_volume_up",
        "navigation_gps_request",
        "navigation_request",
        "navigation_sc_request",
        "navigation_waypoints_request",
        "open_tonneau",
        "parental_controls_activate",
        "parental_controls_clear_pin_admin",
        "parental_controls_deactivate",
        "parental_controls_enable_setting",
        "parental_controls_set_speed_limit",
        "remote_auto_seat_climate_request",
        "remote_auto_steering_wheel_heat_climate_request",
        "remote_boombox",
        "remote_seat_cooler_request",
        "remote_seat_heater_request",
        "remote_start_drive",
        "remote_steering_wheel_heat_level_request",
        "remote_steering_wheel_heater_request",
        "remove_precondition_schedule",
        "reset_pin_to_drive_pin",
        "reset_valet_pin",
        "schedule_software_update",
        "set_bioweapon_mode",
        "set_cabin_overheat_protection",
        "set_climate_keeper_mode",
        "set_cop_temp",
        "set_low_power_mode",
        "set_pin_to_drive",
        "set_preconditioning_max",
        "set_scheduled_departure",
        "set_sentry_mode",
        "set_temps",
        "set_valet_mode",
        "set_vehicle_name",
        "speed_limit_activate",
        "speed_limit_clear_pin",
        "speed_limit_clear_pin_admin",
        "speed_limit_deactivate",
        "speed_limit_set_limit",
        "stop_tonneau",
        "sun_roof_control",
        "trigger_homelink",
        "upcoming_calendar_entries",
        "window_control",
    }
)

REST_ONLY: Final = frozenset(
    {
        "navigation_request",
        "remote_boombox",
        "set_managed_charge_current_request",
        "set_managed_charger_location",
        "set_managed_scheduled_charging_time",
    }
)
"""What has no signed form, and is taken by REST even where signing is required."""


def scopes_of(name: str) -> frozenset[str]:
    """Give the scopes of which one is needed; none for a command unknown to Tesla."""
    if name in CHARGING_COMMANDS:
        return frozenset({CHARGING, CMDS})
    return frozenset({CMDS}) if name in OTHER_COMMANDS else frozenset()
