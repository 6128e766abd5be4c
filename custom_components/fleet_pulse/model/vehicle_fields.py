"""Everything a car says of itself: one row each.

`row(group, key, parser, unit)` reads the name `key` in that group's section of
`vehicle_data`, unless `poll` names another; `streamed` is a fact of the stream alone.
The snapshot in the free list has most facts under their polled names, which
`fleet/cached_data.py` finds by itself; `cached` names the others.
"""

from collections.abc import Mapping
from typing import Any, Final

from . import choices
from .field import Field, Group, Unit, by_key, media, row, streamed, table
from .values import (
    boolean,
    cable_connected,
    charge_schedules,
    charger_power,
    epoch_milliseconds,
    epoch_seconds,
    firmware,
    hours_as_minutes,
    hundredths_of_miles,
    integer,
    location,
    miles,
    milliseconds_as_seconds,
    minute_of_day,
    minutes_as_hours,
    mph,
    number,
    opened,
    percent,
    phases,
    precondition_schedules,
    seconds_as_minutes,
    streamed_minute_of_day as wall_minute,
    text,
)

CHARGE, CLIMATE, CONFIG = Group.CHARGE, Group.CLIMATE, Group.CONFIG
DRIVE, GUI, PRODUCT, VEHICLE = Group.DRIVE, Group.GUI, Group.PRODUCT, Group.VEHICLE
AMPERE, BAR, CELSIUS, KWH = Unit.AMPERE, Unit.BAR, Unit.CELSIUS, Unit.KILOWATT_HOUR
HOUR, KM, KMH, KW = Unit.HOUR, Unit.KILOMETRE, Unit.KILOMETRE_PER_HOUR, Unit.KILOWATT
CABIN: Final = Group.PRECONDITION_SCHEDULES
MINUTE, PERCENT, SECOND, VOLT = Unit.MINUTE, Unit.PERCENT, Unit.SECOND, Unit.VOLT

ACCESS_TYPE: Final = row(PRODUCT, "access_type", choices.ACCESS)
API_VERSION: Final = row(PRODUCT, "api_version", integer)
COMMAND_SIGNING: Final = row(PRODUCT, "command_signing", choices.SIGNING)
DISPLAY_NAME: Final = row(PRODUCT, "display_name", text)
IN_SERVICE: Final = row(PRODUCT, "in_service", boolean)
MOBILE_ACCESS_DISABLED: Final = row(PRODUCT, "mobile_access_disabled", boolean)
STATE: Final = row(PRODUCT, "state", choices.STATE)

# Charging. Power of a charger has one name in the poll and two in the stream.
AC_CHARGING_ENERGY: Final = streamed(
    CHARGE, "ac_charging_energy", number, "ACChargingEnergyIn", KWH
)
AC_CHARGING_POWER: Final = row(
    CHARGE,
    "ac_charging_power",
    charger_power(fast=False),
    KW,
    poll=("charger_power", "fast_charger_present"),
    joined=True,
    stream="ACChargingPower",
    parse_stream=number,
)
BATTERY_HEATER_ON: Final = row(
    CHARGE,
    "battery_heater_on",
    boolean,
    stream="BatteryHeaterOn",
    cached="climate_state.battery_heater",
)
BATTERY_LEVEL: Final = row(
    CHARGE, "battery_level", percent, PERCENT, stream="BatteryLevel"
)
BATTERY_RANGE: Final = row(CHARGE, "battery_range", miles, KM, stream="RatedRange")
BMS_STATE: Final = streamed(CHARGE, "bms_state", choices.BMS, "BMSState")
CABLE_CONNECTED: Final = row(
    CHARGE,
    "cable_connected",
    cable_connected,
    poll="conn_charge_cable",
    stream="ChargingCableType",
    cached=("charge_state.conn_charge_cable", "charge_state.charging_state"),
)
CHARGE_AMPS: Final = row(
    CHARGE, "charge_amps", integer, AMPERE, cached="charge_state.charging_amps"
)
CHARGE_CURRENT_REQUEST: Final = row(
    CHARGE, "charge_current_request", integer, AMPERE, stream="ChargeCurrentRequest"
)
CHARGE_CURRENT_REQUEST_MAX: Final = row(
    CHARGE,
    "charge_current_request_max",
    integer,
    AMPERE,
    stream="ChargeCurrentRequestMax",
)
CHARGE_ENABLE_REQUEST: Final = row(
    CHARGE, "charge_enable_request", boolean, stream="ChargeEnableRequest"
)
# Valid on AC too, in spite of its streamed name.
CHARGE_ENERGY_ADDED: Final = row(
    CHARGE, "charge_energy_added", number, KWH, stream="DCChargingEnergyIn"
)
CHARGE_LIMIT_SOC: Final = row(
    CHARGE, "charge_limit_soc", percent, PERCENT, stream="ChargeLimitSoc"
)
CHARGE_LIMIT_SOC_MAX: Final = row(CHARGE, "charge_limit_soc_max", percent, PERCENT)
CHARGE_LIMIT_SOC_MIN: Final = row(CHARGE, "charge_limit_soc_min", percent, PERCENT)
CHARGE_LIMIT_SOC_STD: Final = row(CHARGE, "charge_limit_soc_std", percent, PERCENT)
CHARGE_PORT_COLD_WEATHER_MODE: Final = row(
    CHARGE, "charge_port_cold_weather_mode", boolean, stream="ChargePortColdWeatherMode"
)
CHARGE_PORT_DOOR_OPEN: Final = row(
    CHARGE, "charge_port_door_open", boolean, stream="ChargePortDoorOpen"
)
CHARGE_PORT_LATCH: Final = row(
    CHARGE, "charge_port_latch", choices.LATCH, stream="ChargePortLatch"
)
CHARGE_RATE: Final = row(
    CHARGE,
    "charge_rate",
    mph,
    KMH,
    stream="ChargeRateMilePerHour",
    cached=("charge_state.charge_rate_mph_float", "charge_state.charge_rate_mph"),
)
CHARGE_SCHEDULES: Final = row(
    Group.CHARGE_SCHEDULES, "charge_schedules", charge_schedules, cached=()
)
CHARGER_ACTUAL_CURRENT: Final = row(
    CHARGE, "charger_actual_current", number, AMPERE, stream="ChargeAmps"
)
CHARGER_PHASES: Final = row(CHARGE, "charger_phases", phases, stream="ChargerPhases")
CHARGER_PILOT_CURRENT: Final = row(CHARGE, "charger_pilot_current", integer, AMPERE)
CHARGER_POWER: Final = row(CHARGE, "charger_power", number, KW)
CHARGER_VOLTAGE: Final = row(
    CHARGE, "charger_voltage", number, VOLT, stream="ChargerVoltage"
)
CHARGING_STATE: Final = row(
    CHARGE, "charging_state", choices.CHARGING, stream="DetailedChargeState"
)
CONN_CHARGE_CABLE: Final = row(
    CHARGE, "conn_charge_cable", choices.CABLE, stream="ChargingCableType"
)
DC_CHARGING_POWER: Final = row(
    CHARGE,
    "dc_charging_power",
    charger_power(fast=True),
    KW,
    poll=("charger_power", "fast_charger_present"),
    joined=True,
    stream="DCChargingPower",
    parse_stream=number,
)
ENERGY_REMAINING: Final = streamed(
    CHARGE, "energy_remaining", number, "EnergyRemaining", KWH
)
EST_BATTERY_RANGE: Final = row(
    CHARGE, "est_battery_range", miles, KM, stream="EstBatteryRange"
)
FAST_CHARGER_PRESENT: Final = row(
    CHARGE, "fast_charger_present", boolean, stream="FastChargerPresent"
)
FAST_CHARGER_TYPE: Final = row(
    CHARGE, "fast_charger_type", choices.FAST_CHARGER, stream="FastChargerType"
)
HOURS_TO_CHARGE_LIMIT: Final = streamed(
    CHARGE, "hours_to_charge_limit", number, "EstimatedHoursToChargeTermination", HOUR
)
IDEAL_BATTERY_RANGE: Final = row(
    CHARGE, "ideal_battery_range", miles, KM, stream="IdealBatteryRange"
)
LIFETIME_ENERGY_CHARGED: Final = streamed(
    CHARGE, "lifetime_energy_charged", number, "LifetimeEnergyChargedKwh", KWH
)
LIFETIME_ENERGY_REGENERATED: Final = streamed(
    CHARGE, "lifetime_energy_regenerated", number, "LifetimeEnergyGainedRegen", KWH
)
LIFETIME_ENERGY_USED: Final = streamed(
    CHARGE, "lifetime_energy_used", number, "LifetimeEnergyUsed", KWH
)
MANAGED_CHARGING_ACTIVE: Final = row(CHARGE, "managed_charging_active", boolean)
MINUTES_TO_FULL_CHARGE: Final = row(
    CHARGE,
    "minutes_to_full_charge",
    number,
    MINUTE,
    stream="TimeToFullCharge",
    parse_stream=hours_as_minutes,
)
MODULE_TEMP_MAX: Final = streamed(
    CHARGE, "module_temp_max", number, "ModuleTempMax", CELSIUS
)
MODULE_TEMP_MIN: Final = streamed(
    CHARGE, "module_temp_min", number, "ModuleTempMin", CELSIUS
)
NOMINAL_FULL_PACK_ENERGY: Final = streamed(
    CHARGE, "nominal_full_pack_energy", number, "NominalFullPackEnergyKwh", KWH
)
NOT_ENOUGH_POWER_TO_HEAT: Final = row(
    CHARGE,
    "not_enough_power_to_heat",
    boolean,
    stream="NotEnoughPowerToHeat",
    cached="climate_state.battery_heater_no_power",
)
PACK_CURRENT: Final = streamed(CHARGE, "pack_current", number, "PackCurrent", AMPERE)
PACK_VOLTAGE: Final = streamed(CHARGE, "pack_voltage", number, "PackVoltage", VOLT)
PRECONDITION_SCHEDULES: Final = row(
    CABIN, "precondition_schedules", precondition_schedules, cached=()
)
PRECONDITIONING_ENABLED: Final = row(
    CHARGE, "preconditioning_enabled", boolean, stream="PreconditioningEnabled"
)
SCHEDULED_CHARGING_MODE: Final = row(
    CHARGE, "scheduled_charging_mode", choices.SCHEDULED, stream="ScheduledChargingMode"
)
SCHEDULED_CHARGING_PENDING: Final = row(
    CHARGE, "scheduled_charging_pending", boolean, stream="ScheduledChargingPending"
)
# The streamed moments are wrong by a time zone: only their wall time can be used.
SCHEDULED_CHARGING_START_MINUTE: Final = row(
    CHARGE,
    "scheduled_charging_start_minute",
    minute_of_day,
    poll="scheduled_charging_start_time_app",
    stream="ScheduledChargingStartTime",
    parse_stream=wall_minute,
    cached="charge_state.scheduled_charging_start_time_minutes",
)
SCHEDULED_CHARGING_START_TIME: Final = row(
    CHARGE, "scheduled_charging_start_time", epoch_seconds
)
SCHEDULED_DEPARTURE_MINUTE: Final = row(
    CHARGE,
    "scheduled_departure_minute",
    minute_of_day,
    poll="scheduled_departure_time_minutes",
    stream="ScheduledDepartureTime",
    parse_stream=wall_minute,
)
SCHEDULED_DEPARTURE_TIME: Final = row(CHARGE, "scheduled_departure_time", epoch_seconds)
SUPERCHARGER_TRIP_PLANNER: Final = row(
    CHARGE,
    "supercharger_trip_planner",
    boolean,
    poll="supercharger_session_trip_planner",
    stream="SuperchargerSessionTripPlanner",
)
TIME_TO_FULL_CHARGE: Final = row(
    CHARGE,
    "time_to_full_charge",
    number,
    HOUR,
    stream="TimeToFullCharge",
    cached="charge_state.minutes_to_full_charge",
    parse_cached=minutes_as_hours,
)
TRIP_CHARGING: Final = row(CHARGE, "trip_charging", boolean)
# The streamed "Soc" is the usable level; owners see `battery_level`.
USABLE_BATTERY_LEVEL: Final = row(
    CHARGE, "usable_battery_level", percent, PERCENT, stream="Soc"
)
USER_CHARGE_ENABLE_REQUEST: Final = row(CHARGE, "user_charge_enable_request", boolean)

# Climate. The stream says temperatures by side, which is by driver in left-hand cars.
ALLOW_CABIN_OVERHEAT_PROTECTION: Final = row(
    CLIMATE, "allow_cabin_overheat_protection", boolean
)
AUTO_SEAT_CLIMATE_LEFT: Final = row(
    CLIMATE, "auto_seat_climate_left", boolean, stream="AutoSeatClimateLeft"
)
AUTO_SEAT_CLIMATE_RIGHT: Final = row(
    CLIMATE, "auto_seat_climate_right", boolean, stream="AutoSeatClimateRight"
)
AUTO_STEERING_WHEEL_HEAT: Final = row(
    CLIMATE, "auto_steering_wheel_heat", boolean, stream="HvacSteeringWheelHeatAuto"
)
BIOWEAPON_MODE: Final = row(
    CLIMATE, "bioweapon_mode", boolean, cached="climate_state.bioweapon_mode_on"
)
CABIN_OVERHEAT_PROTECTION: Final = row(
    CLIMATE,
    "cabin_overheat_protection",
    choices.OVERHEAT,
    stream="CabinOverheatProtectionMode",
)
CABIN_OVERHEAT_PROTECTION_ACTIVE: Final = row(
    CLIMATE,
    "cabin_overheat_protection_active",
    boolean,
    poll="cabin_overheat_protection_actively_cooling",
    stream="HvacPower",
    parse_stream=choices.HVAC_PROTECTS,
)
CLIMATE_KEEPER_MODE: Final = row(
    CLIMATE, "climate_keeper_mode", choices.KEEPER, stream="ClimateKeeperMode"
)
COP_ACTIVATION_TEMPERATURE: Final = row(
    CLIMATE,
    "cop_activation_temperature",
    choices.COOLING_POINT,
    stream="CabinOverheatProtectionTemperatureLimit",
)
DEFROST_MODE: Final = row(
    CLIMATE, "defrost_mode", choices.DEFROST, stream="DefrostMode"
)
DRIVER_TEMP_SETTING: Final = row(
    CLIMATE, "driver_temp_setting", number, CELSIUS, stream="HvacLeftTemperatureRequest"
)
FAN_STATUS: Final = row(CLIMATE, "fan_status", integer, stream="HvacFanStatus")
HVAC_AC_ENABLED: Final = streamed(CLIMATE, "hvac_ac_enabled", boolean, "HvacACEnabled")
HVAC_AUTO_REQUEST: Final = row(
    CLIMATE, "hvac_auto_request", choices.HVAC_AUTO, stream="HvacAutoMode"
)
INSIDE_TEMP: Final = row(CLIMATE, "inside_temp", number, CELSIUS, stream="InsideTemp")
IS_AUTO_CONDITIONING_ON: Final = row(CLIMATE, "is_auto_conditioning_on", boolean)
IS_CLIMATE_ON: Final = row(
    CLIMATE, "is_climate_on", boolean, stream="HvacPower", parse_stream=choices.HVAC_ON
)
IS_FRONT_DEFROSTER_ON: Final = row(CLIMATE, "is_front_defroster_on", boolean)
IS_PRECONDITIONING: Final = row(
    CLIMATE,
    "is_preconditioning",
    boolean,
    stream="HvacPower",
    parse_stream=choices.HVAC_PRECONDITIONS,
)
IS_REAR_DEFROSTER_ON: Final = row(
    CLIMATE, "is_rear_defroster_on", boolean, stream="RearDefrostEnabled"
)
MAX_AVAIL_TEMP: Final = row(CLIMATE, "max_avail_temp", number, CELSIUS)
MIN_AVAIL_TEMP: Final = row(CLIMATE, "min_avail_temp", number, CELSIUS)
OUTSIDE_TEMP: Final = row(
    CLIMATE, "outside_temp", number, CELSIUS, stream="OutsideTemp"
)
PASSENGER_TEMP_SETTING: Final = row(
    CLIMATE,
    "passenger_temp_setting",
    number,
    CELSIUS,
    stream="HvacRightTemperatureRequest",
)
SEAT_FAN_FRONT_LEFT: Final = row(
    CLIMATE, "seat_fan_front_left", integer, stream="ClimateSeatCoolingFrontLeft"
)
SEAT_FAN_FRONT_RIGHT: Final = row(
    CLIMATE, "seat_fan_front_right", integer, stream="ClimateSeatCoolingFrontRight"
)
SEAT_HEATER_LEFT: Final = row(
    CLIMATE, "seat_heater_left", integer, stream="SeatHeaterLeft"
)
SEAT_HEATER_REAR_CENTER: Final = row(
    CLIMATE, "seat_heater_rear_center", integer, stream="SeatHeaterRearCenter"
)
SEAT_HEATER_REAR_LEFT: Final = row(
    CLIMATE, "seat_heater_rear_left", integer, stream="SeatHeaterRearLeft"
)
SEAT_HEATER_REAR_LEFT_BACK: Final = row(CLIMATE, "seat_heater_rear_left_back", integer)
SEAT_HEATER_REAR_RIGHT: Final = row(
    CLIMATE, "seat_heater_rear_right", integer, stream="SeatHeaterRearRight"
)
SEAT_HEATER_REAR_RIGHT_BACK: Final = row(
    CLIMATE, "seat_heater_rear_right_back", integer
)
SEAT_HEATER_RIGHT: Final = row(
    CLIMATE, "seat_heater_right", integer, stream="SeatHeaterRight"
)
SEAT_HEATER_THIRD_ROW_LEFT: Final = row(CLIMATE, "seat_heater_third_row_left", integer)
SEAT_HEATER_THIRD_ROW_RIGHT: Final = row(
    CLIMATE, "seat_heater_third_row_right", integer
)
SIDE_MIRROR_HEATERS: Final = row(CLIMATE, "side_mirror_heaters", boolean)
STEERING_WHEEL_HEAT_LEVEL: Final = row(
    CLIMATE,
    "steering_wheel_heat_level",
    integer,
    stream="HvacSteeringWheelHeatLevel",
    parse_cached=choices.WHEEL_HEAT,
)
STEERING_WHEEL_HEATER: Final = row(CLIMATE, "steering_wheel_heater", boolean)
SUPPORTS_FAN_ONLY_OVERHEAT_PROTECTION: Final = row(
    CLIMATE,
    "supports_fan_only_overheat_protection",
    boolean,
    poll="supports_fan_only_cabin_overheat_protection",
)
WIPER_BLADE_HEATER: Final = row(
    CLIMATE, "wiper_blade_heater", boolean, stream="WiperHeatEnabled"
)

# What the car is: decides which entities there are.
CAN_ACTUATE_TRUNKS: Final = row(CONFIG, "can_actuate_trunks", boolean)
CAR_TYPE: Final = row(CONFIG, "car_type", text)
CHARGE_PORT_TYPE: Final = row(CONFIG, "charge_port_type", text)
COP_USER_SET_TEMP_SUPPORTED: Final = row(CONFIG, "cop_user_set_temp_supported", boolean)
EU_VEHICLE: Final = row(CONFIG, "eu_vehicle", boolean)
EXTERIOR_COLOR: Final = row(CONFIG, "exterior_color", text)
HAS_AIR_SUSPENSION: Final = row(CONFIG, "has_air_suspension", boolean)
HAS_SEAT_COOLING: Final = row(CONFIG, "has_seat_cooling", boolean)
MOTORIZED_CHARGE_PORT: Final = row(CONFIG, "motorized_charge_port", boolean)
REAR_SEAT_HEATERS: Final = row(CONFIG, "rear_seat_heaters", integer)
RIGHT_HAND_DRIVE: Final = row(CONFIG, "right_hand_drive", boolean, poll="rhd")
SUN_ROOF_INSTALLED: Final = row(CONFIG, "sun_roof_installed", integer)
THIRD_ROW_SEATS: Final = row(CONFIG, "third_row_seats", text)
TRIM_BADGING: Final = row(CONFIG, "trim_badging", text)
WHEEL_TYPE: Final = row(CONFIG, "wheel_type", text)

# Driving. Without a route the poll leaves the route's names out altogether.
ACTIVE_ROUTE_DESTINATION: Final = row(
    DRIVE, "active_route_destination", text, vanishes=True, stream="DestinationName"
)
ACTIVE_ROUTE_DISTANCE: Final = row(
    DRIVE,
    "active_route_distance",
    miles,
    KM,
    poll="active_route_miles_to_arrival",
    vanishes=True,
    stream="MilesToArrival",
)
ACTIVE_ROUTE_ENERGY_AT_ARRIVAL: Final = row(
    DRIVE,
    "active_route_energy_at_arrival",
    integer,
    PERCENT,
    vanishes=True,
    stream="ExpectedEnergyPercentAtTripArrival",
)
ACTIVE_ROUTE_LOCATION: Final = row(
    DRIVE,
    "active_route_location",
    location,
    poll=("active_route_latitude", "active_route_longitude"),
    joined=True,
    vanishes=True,
    stream="DestinationLocation",
    cached=(
        "drive_state.active_route_coordinates.latitude",
        "drive_state.active_route_coordinates.longitude",
    ),
)
ACTIVE_ROUTE_MINUTES_TO_ARRIVAL: Final = row(
    DRIVE,
    "active_route_minutes_to_arrival",
    number,
    MINUTE,
    vanishes=True,
    stream="MinutesToArrival",
)
ACTIVE_ROUTE_TRAFFIC_DELAY: Final = row(
    DRIVE,
    "active_route_traffic_delay",
    number,
    MINUTE,
    poll="active_route_traffic_minutes_delay",
    vanishes=True,
    stream="RouteTrafficMinutesDelay",
)
GPS_LOCKED: Final = streamed(DRIVE, "gps_locked", boolean, "GpsState")
HEADING: Final = row(DRIVE, "heading", number, Unit.DEGREE, stream="GpsHeading")
LOCATED_AT_FAVORITE: Final = streamed(
    DRIVE, "located_at_favorite", boolean, "LocatedAtFavorite"
)
LOCATED_AT_HOME: Final = streamed(DRIVE, "located_at_home", boolean, "LocatedAtHome")
LOCATED_AT_WORK: Final = streamed(DRIVE, "located_at_work", boolean, "LocatedAtWork")
LOCATION: Final = row(
    DRIVE,
    "location",
    location,
    poll=("latitude", "longitude"),
    joined=True,
    stream="Location",
    cached=(
        "location_state.native_latitude_d",
        "location_state.native_longitude_d",
        "location_state.native_latitude",
        "location_state.native_longitude",
        "location_state.latitude",
        "location_state.longitude",
    ),
)
POWER: Final = row(DRIVE, "power", number, KW)
SHIFT_STATE: Final = row(
    DRIVE,
    "shift_state",
    choices.GEAR,
    stream="Gear",
    parse_stream=choices.STREAMED_GEAR,
    parse_cached=choices.CACHED_GEAR,
)
# The poll says null of a car that stands; the snapshot leaves it out.
SPEED: Final = row(
    DRIVE,
    "speed",
    mph,
    KMH,
    vanishes=True,
    stream="VehicleSpeed",
    cached=("drive_state.speed_float", "drive_state.speed"),
)

# What the screen shows; the wire keeps its units whatever these say.
GUI_CHARGE_RATE_UNITS: Final = row(GUI, "gui_charge_rate_units", text)
GUI_DISTANCE_UNITS: Final = row(GUI, "gui_distance_units", text)
GUI_RANGE_DISPLAY: Final = row(GUI, "gui_range_display", text)
GUI_TEMPERATURE_UNITS: Final = row(GUI, "gui_temperature_units", text)

# The body, tyres, software and media.
CAR_VERSION: Final = row(VEHICLE, "car_version", firmware, stream="Version")
CENTER_DISPLAY_STATE: Final = row(
    VEHICLE, "center_display_state", choices.DISPLAY, stream="CenterDisplay"
)
DASHCAM_STATE: Final = row(VEHICLE, "dashcam_state", choices.DASHCAM)
DOOR_DRIVER_FRONT: Final = row(
    VEHICLE, "door_driver_front", opened, poll="df", stream="DoorState.DriverFront"
)
DOOR_DRIVER_REAR: Final = row(
    VEHICLE, "door_driver_rear", opened, poll="dr", stream="DoorState.DriverRear"
)
DOOR_PASSENGER_FRONT: Final = row(
    VEHICLE,
    "door_passenger_front",
    opened,
    poll="pf",
    stream="DoorState.PassengerFront",
)
DOOR_PASSENGER_REAR: Final = row(
    VEHICLE, "door_passenger_rear", opened, poll="pr", stream="DoorState.PassengerRear"
)
FRUNK: Final = row(
    VEHICLE,
    "frunk",
    opened,
    poll="ft",
    stream="DoorState.TrunkFront",
    cached="closures_state.door_open_trunk_front",
)
HOMELINK_DEVICE_COUNT: Final = row(
    VEHICLE, "homelink_device_count", integer, stream="HomelinkDeviceCount"
)
HOMELINK_NEARBY: Final = row(
    VEHICLE,
    "homelink_nearby",
    boolean,
    stream="HomelinkNearby",
    cached="location_state.homelink_nearby",
)
LOCKED: Final = row(VEHICLE, "locked", boolean, stream="Locked")
MEDIA_ALBUM: Final = media(
    "media_album", text, "now_playing_album", "MediaNowPlayingAlbum"
)
MEDIA_ARTIST: Final = media(
    "media_artist", text, "now_playing_artist", "MediaNowPlayingArtist"
)
MEDIA_DURATION: Final = media(
    "media_duration",
    milliseconds_as_seconds,
    "now_playing_duration",
    "MediaNowPlayingDuration",
    SECOND,
)
MEDIA_ELAPSED: Final = media(
    "media_elapsed",
    milliseconds_as_seconds,
    "now_playing_elapsed",
    "MediaNowPlayingElapsed",
    SECOND,
)
MEDIA_PLAYBACK_STATUS: Final = media(
    "media_playback_status",
    choices.PLAYBACK,
    "media_playback_status",
    "MediaPlaybackStatus",
)
MEDIA_SOURCE: Final = media(
    "media_source",
    text,
    "now_playing_source",
    "MediaPlaybackSource",
    cached=(
        "media_detail_state.now_playing_source_string",
        "media_state.now_playing_source",
    ),
)
MEDIA_STATION: Final = media(
    "media_station", text, "now_playing_station", "MediaNowPlayingStation"
)
MEDIA_TITLE: Final = media(
    "media_title", text, "now_playing_title", "MediaNowPlayingTitle"
)
MEDIA_VOLUME: Final = media("media_volume", number, "audio_volume", "MediaAudioVolume")
MEDIA_VOLUME_INCREMENT: Final = media(
    "media_volume_increment",
    number,
    "audio_volume_increment",
    "MediaAudioVolumeIncrement",
)
MEDIA_VOLUME_MAX: Final = media(
    "media_volume_max", number, "audio_volume_max", "MediaAudioVolumeMax"
)
ODOMETER: Final = row(
    VEHICLE,
    "odometer",
    miles,
    KM,
    stream="Odometer",
    cached="drive_state.odometer_in_hundredths_of_a_mile",
    parse_cached=hundredths_of_miles,
)
REMOTE_START: Final = row(VEHICLE, "remote_start", boolean)
REMOTE_START_ENABLED: Final = row(
    VEHICLE, "remote_start_enabled", boolean, stream="RemoteStartEnabled"
)
SENTRY_MODE: Final = row(
    VEHICLE,
    "sentry_mode",
    boolean,
    stream="SentryMode",
    parse_stream=choices.SENTRY_ON,
    cached="closures_state.sentry_mode_state",
    parse_cached=choices.SENTRY_ON,
)
SENTRY_MODE_AVAILABLE: Final = row(VEHICLE, "sentry_mode_available", boolean)
SENTRY_MODE_STATE: Final = streamed(
    VEHICLE, "sentry_mode_state", choices.SENTRY, "SentryMode"
)
SERVICE_MODE: Final = row(VEHICLE, "service_mode", boolean, stream="ServiceMode")
SOFTWARE_UPDATE_DOWNLOAD: Final = row(
    VEHICLE,
    "software_update_download",
    percent,
    PERCENT,
    poll="software_update.download_perc",
    stream="SoftwareUpdateDownloadPercentComplete",
)
SOFTWARE_UPDATE_DURATION: Final = row(
    VEHICLE,
    "software_update_duration",
    seconds_as_minutes,
    MINUTE,
    poll="software_update.expected_duration_sec",
    stream="SoftwareUpdateExpectedDurationMinutes",
    parse_stream=number,
)
SOFTWARE_UPDATE_INSTALLATION: Final = row(
    VEHICLE,
    "software_update_installation",
    percent,
    PERCENT,
    poll="software_update.install_perc",
    stream="SoftwareUpdateInstallationPercentComplete",
)
SOFTWARE_UPDATE_SCHEDULED: Final = row(
    VEHICLE,
    "software_update_scheduled",
    epoch_milliseconds,
    poll="software_update.scheduled_time_ms",
)
SOFTWARE_UPDATE_SCHEDULED_MINUTE: Final = streamed(
    VEHICLE,
    "software_update_scheduled_minute",
    wall_minute,
    "SoftwareUpdateScheduledStartTime",
)
SOFTWARE_UPDATE_STATUS: Final = row(
    VEHICLE, "software_update_status", choices.UPDATE, poll="software_update.status"
)
SOFTWARE_UPDATE_VERSION: Final = row(
    VEHICLE,
    "software_update_version",
    firmware,
    poll="software_update.version",
    stream="SoftwareUpdateVersion",
)
SPEED_LIMIT: Final = row(
    VEHICLE,
    "speed_limit",
    mph,
    KMH,
    poll="speed_limit_mode.current_limit_mph",
    stream="CurrentLimitMph",
)
SPEED_LIMIT_ACTIVE: Final = row(
    VEHICLE,
    "speed_limit_active",
    boolean,
    poll="speed_limit_mode.active",
    stream="SpeedLimitMode",
)
SUN_ROOF_PERCENT_OPEN: Final = row(VEHICLE, "sun_roof_percent_open", percent, PERCENT)
SUN_ROOF_STATE: Final = row(VEHICLE, "sun_roof_state", choices.SUNROOF)
TONNEAU: Final = row(
    VEHICLE,
    "tonneau",
    boolean,
    poll=(),
    stream="TonneauPosition",
    parse_stream=choices.TONNEAU,
)
TPMS_HARD_WARNING_FL: Final = row(
    VEHICLE, "tpms_hard_warning_fl", boolean, stream="TpmsHardWarnings.front_left"
)
TPMS_HARD_WARNING_FR: Final = row(
    VEHICLE, "tpms_hard_warning_fr", boolean, stream="TpmsHardWarnings.front_right"
)
TPMS_HARD_WARNING_RL: Final = row(
    VEHICLE, "tpms_hard_warning_rl", boolean, stream="TpmsHardWarnings.rear_left"
)
TPMS_HARD_WARNING_RR: Final = row(
    VEHICLE, "tpms_hard_warning_rr", boolean, stream="TpmsHardWarnings.rear_right"
)
TPMS_LAST_SEEN_FL: Final = row(
    VEHICLE, "tpms_last_seen_fl", epoch_seconds, poll="tpms_last_seen_pressure_time_fl"
)
TPMS_LAST_SEEN_FR: Final = row(
    VEHICLE, "tpms_last_seen_fr", epoch_seconds, poll="tpms_last_seen_pressure_time_fr"
)
TPMS_LAST_SEEN_RL: Final = row(
    VEHICLE, "tpms_last_seen_rl", epoch_seconds, poll="tpms_last_seen_pressure_time_rl"
)
TPMS_LAST_SEEN_RR: Final = row(
    VEHICLE, "tpms_last_seen_rr", epoch_seconds, poll="tpms_last_seen_pressure_time_rr"
)
TPMS_LAST_SEEN_MINUTE_FL: Final = streamed(
    VEHICLE, "tpms_last_seen_minute_fl", wall_minute, "TpmsLastSeenPressureTimeFl"
)
TPMS_LAST_SEEN_MINUTE_FR: Final = streamed(
    VEHICLE, "tpms_last_seen_minute_fr", wall_minute, "TpmsLastSeenPressureTimeFr"
)
TPMS_LAST_SEEN_MINUTE_RL: Final = streamed(
    VEHICLE, "tpms_last_seen_minute_rl", wall_minute, "TpmsLastSeenPressureTimeRl"
)
TPMS_LAST_SEEN_MINUTE_RR: Final = streamed(
    VEHICLE, "tpms_last_seen_minute_rr", wall_minute, "TpmsLastSeenPressureTimeRr"
)
TPMS_PRESSURE_FL: Final = row(
    VEHICLE, "tpms_pressure_fl", number, BAR, stream="TpmsPressureFl"
)
TPMS_PRESSURE_FR: Final = row(
    VEHICLE, "tpms_pressure_fr", number, BAR, stream="TpmsPressureFr"
)
TPMS_PRESSURE_RL: Final = row(
    VEHICLE, "tpms_pressure_rl", number, BAR, stream="TpmsPressureRl"
)
TPMS_PRESSURE_RR: Final = row(
    VEHICLE, "tpms_pressure_rr", number, BAR, stream="TpmsPressureRr"
)
TPMS_SOFT_WARNING_FL: Final = row(
    VEHICLE, "tpms_soft_warning_fl", boolean, stream="TpmsSoftWarnings.front_left"
)
TPMS_SOFT_WARNING_FR: Final = row(
    VEHICLE, "tpms_soft_warning_fr", boolean, stream="TpmsSoftWarnings.front_right"
)
TPMS_SOFT_WARNING_RL: Final = row(
    VEHICLE, "tpms_soft_warning_rl", boolean, stream="TpmsSoftWarnings.rear_left"
)
TPMS_SOFT_WARNING_RR: Final = row(
    VEHICLE, "tpms_soft_warning_rr", boolean, stream="TpmsSoftWarnings.rear_right"
)
TRUNK: Final = row(
    VEHICLE,
    "trunk",
    opened,
    poll="rt",
    stream="DoorState.TrunkRear",
    cached="closures_state.door_open_trunk_rear",
)
USER_PRESENT: Final = row(
    VEHICLE,
    "user_present",
    boolean,
    poll="is_user_present",
    stream="DriverSeatOccupied",
)
VALET_MODE: Final = row(VEHICLE, "valet_mode", boolean, stream="ValetModeEnabled")
VALET_PIN_NEEDED: Final = row(VEHICLE, "valet_pin_needed", boolean)
VEHICLE_NAME: Final = row(VEHICLE, "vehicle_name", text, stream="VehicleName")
WINDOW_DRIVER_FRONT: Final = row(
    VEHICLE, "window_driver_front", opened, poll="fd_window", stream="FdWindow"
)
WINDOW_DRIVER_REAR: Final = row(
    VEHICLE, "window_driver_rear", opened, poll="rd_window", stream="RdWindow"
)
WINDOW_PASSENGER_FRONT: Final = row(
    VEHICLE, "window_passenger_front", opened, poll="fp_window", stream="FpWindow"
)
WINDOW_PASSENGER_REAR: Final = row(
    VEHICLE, "window_passenger_rear", opened, poll="rp_window", stream="RpWindow"
)

# Every row above is in the table: adding a fact is adding its row.
VEHICLE_FIELDS: Final[tuple[Field[Any], ...]] = table(globals())
BY_KEY: Final[Mapping[str, Field[Any]]] = by_key(VEHICLE_FIELDS)
