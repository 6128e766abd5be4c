"""What charging commands do to a car, schedules included."""

from typing import Final

from . import driver
from .answer import DONE, ActResult, refused
from .geography import distance_km
from .onboard import ChargeSchedule, PreconditionSchedule, day_bits
from .params import BadParameter, Params
from .parts import Parts

LIMIT_MIN: Final = 50
LIMIT_MAX: Final = 100
LIMIT_STANDARD: Final = 80
AMPS_FLOOR: Final = 5
MINUTES: Final = 24 * 60 - 1
HOME_KM: Final = 0.2
ID_MAX: Final = 2**63


def charge_start(parts: Parts, params: Params) -> ActResult:
    """Charge now, whatever schedules say."""
    match parts.charging_state:
        case "Disconnected":
            return refused("disconnected")
        case "NoPower":
            return refused("no_power")
        case "Starting" | "Charging":
            return refused("is_charging")
        case "Complete":
            return refused("complete")
    driver.start_charging(parts)
    return DONE


def charge_stop(parts: Parts, params: Params) -> ActResult:
    """Stop, until someone or a schedule starts again."""
    if not parts.is_charging:
        return refused("not_charging")
    parts.charging.wanted = False
    parts.charging.pack_kw = parts.charging.wall_kw = 0
    return DONE


def set_charge_limit(parts: Parts, params: Params) -> ActResult:
    """Set the limit; nonsense is silently brought into range, as Tesla's cars do."""
    wanted = params.integer("percent", -1000, 1000)
    return _limit(parts, min(LIMIT_MAX, max(LIMIT_MIN, wanted)))


def charge_max_range(parts: Parts, params: Params) -> ActResult:
    """Set the limit to everything there is."""
    return _limit(parts, LIMIT_MAX)


def charge_standard(parts: Parts, params: Params) -> ActResult:
    """Set the limit to what Tesla recommends."""
    return _limit(parts, LIMIT_STANDARD)


def _limit(parts: Parts, limit: int) -> ActResult:
    """Set the limit; a raised one resumes a charge that had come to its end."""
    charging = parts.charging
    if limit == charging.limit:
        return refused("already_set")
    charging.limit = limit
    was_full = charging.is_full
    charging.is_full = charging.charger is not None and parts.battery.soc >= limit
    if was_full and not charging.is_full:
        charging.starting_until = parts.seconds + driver.STARTING
    return DONE


def set_charging_amps(parts: Parts, params: Params) -> ActResult:
    """Set the current wished for.

    Under five amps a car first goes to five, and further only when told again.
    """
    charging = parts.charging
    wanted = min(params.integer("charging_amps", 0, 1000), parts.spec.ac_amps_max)
    if wanted < AMPS_FLOOR < charging.amps:
        wanted = AMPS_FLOOR
    charging.amps = wanted
    return DONE


def charge_port_door_open(parts: Parts, params: Params) -> ActResult:
    """Open the flap, or release the cable if one is in and nothing flows."""
    if parts.is_charging:
        return refused("charging")
    if parts.charging.port_open and parts.charging.charger is None:
        return refused("already open")
    parts.charging.port_open = True
    return DONE


def charge_port_door_close(parts: Parts, params: Params) -> ActResult:
    """Close the flap."""
    if parts.charging.charger is not None:
        return refused("cable connected")
    if not parts.charging.port_open:
        return refused("already closed")
    parts.charging.port_open = False
    return DONE


def add_charge_schedule(parts: Parts, params: Params) -> ActResult:
    """Store a charge schedule; a known id is replaced."""
    if not parts.spec.has_schedules:
        return refused("unsupported_vehicle")
    row = ChargeSchedule(
        id=_id(parts, params),
        name=params.text("name", ""),
        days_of_week=_days(params),
        start_enabled=params.boolean("start_enabled"),
        start_time=_minutes(params, "start_time"),
        end_enabled=params.boolean("end_enabled"),
        end_time=_minutes(params, "end_time"),
        one_time=params.boolean("one_time", default=False),
        enabled=params.boolean("enabled"),
        latitude=params.number("lat", -90, 90),
        longitude=params.number("lon", -180, 180),
    )
    if not row.start_enabled and not row.end_enabled:
        raise BadParameter("neither a start nor an end")
    parts.schedules.charge[row.id] = row
    return DONE


def remove_charge_schedule(parts: Parts, params: Params) -> ActResult:
    """Forget a charge schedule."""
    wanted = params.integer("id", 0, ID_MAX)
    if parts.schedules.charge.pop(wanted, None) is None:
        return refused("schedule not found")
    return DONE


def add_precondition_schedule(parts: Parts, params: Params) -> ActResult:
    """Store a precondition schedule; a known id is replaced."""
    if not parts.spec.has_schedules:
        return refused("unsupported_vehicle")
    row = PreconditionSchedule(
        id=_id(parts, params),
        name=params.text("name", ""),
        days_of_week=_days(params),
        precondition_time=params.integer("precondition_time", 0, MINUTES),
        one_time=params.boolean("one_time", default=False),
        enabled=params.boolean("enabled"),
        latitude=params.number("lat", -90, 90),
        longitude=params.number("lon", -180, 180),
    )
    parts.schedules.precondition[row.id] = row
    return DONE


def remove_precondition_schedule(parts: Parts, params: Params) -> ActResult:
    """Forget a precondition schedule."""
    wanted = params.integer("id", 0, ID_MAX)
    if parts.schedules.precondition.pop(wanted, None) is None:
        return refused("schedule not found")
    return DONE


def batch_remove_charge_schedules(parts: Parts, params: Params) -> ActResult:
    """Forget all charge schedules of some places."""
    rows = parts.schedules.charge
    parts.schedules.charge = _left(parts, params, rows)
    return DONE


def batch_remove_precondition_schedules(parts: Parts, params: Params) -> ActResult:
    """Forget all precondition schedules of some places."""
    rows = parts.schedules.precondition
    parts.schedules.precondition = _left(parts, params, rows)
    return DONE


def _left[T: (ChargeSchedule, PreconditionSchedule)](
    parts: Parts, params: Params, rows: dict[int, T]
) -> dict[int, T]:
    """Keep what is not at home or elsewhere, as asked; no car here knows a work."""
    params.boolean("work")
    forgets = {True: params.boolean("home"), False: params.boolean("other")}
    return {
        key: row
        for key, row in rows.items()
        if not forgets[distance_km(parts.home, (row.latitude, row.longitude)) < HOME_KM]
    }


def set_managed_charge_current_request(parts: Parts, params: Params) -> ActResult:
    """Hear from a manager of chargers how much there is; nothing shows it."""
    if "charging_amps" in params:
        params.integer("charging_amps", 0, 80)
    return DONE


def set_managed_charger_location(parts: Parts, params: Params) -> ActResult:
    """Hear from a manager of chargers where one stands."""
    place = params.raw("location")
    if not isinstance(place, dict):
        raise BadParameter("location is no place")
    there = Params(place)
    there.number("lat", -90, 90)
    there.number("lon", -180, 180)
    return DONE


def set_managed_scheduled_charging_time(parts: Parts, params: Params) -> ActResult:
    """Hear from a manager of chargers when to charge."""
    params.integer("time", 0, MINUTES)
    return DONE


def set_scheduled_charging(parts: Parts, params: Params) -> ActResult:
    """Set the older single start time."""
    schedules = parts.schedules
    if params.boolean("enable"):
        schedules.mode = "StartAt"
        schedules.start_time = params.integer("time", 0, MINUTES)
    elif schedules.mode == "StartAt":
        schedules.mode = "Off"
    return DONE


def set_scheduled_departure(parts: Parts, params: Params) -> ActResult:
    """Set the older single departure with its two options."""
    schedules = parts.schedules
    if not params.boolean("enable"):
        schedules.mode = "Off" if schedules.mode == "DepartBy" else schedules.mode
        return DONE
    schedules.mode = "DepartBy"
    schedules.departure_time = _minutes(params, "departure_time")
    schedules.off_peak_end = _minutes(params, "end_off_peak_time")
    schedules.off_peak_enabled = _flag(params, "off_peak_charging_enabled")
    schedules.off_peak_weekdays = _flag(params, "off_peak_charging_weekdays_only")
    schedules.precondition_enabled = _flag(params, "preconditioning_enabled")
    schedules.precondition_weekdays = _flag(params, "preconditioning_weekdays_only")
    return DONE


def _flag(params: Params, name: str) -> bool:
    """Read an option that is off unless said."""
    return params.boolean(name, default=False)


def _minutes(params: Params, name: str) -> int:
    """Read minutes after midnight, zero unless said."""
    return params.integer(name, 0, MINUTES) if name in params else 0


def _id(parts: Parts, params: Params) -> int:
    """Read a schedule's id; a new one is the time, as Tesla's app makes them."""
    if "id" in params:
        return params.integer("id", 0, ID_MAX)
    return 1_700_000_000 + int(parts.seconds)


def _days(params: Params) -> int:
    """Read the days of a schedule."""
    bits = day_bits(params.raw("days_of_week"))
    if bits is None:
        raise BadParameter("days_of_week is not a list of days")
    return bits
