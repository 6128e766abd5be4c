"""States of cars for the tests of the poll policy, in a few words."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field, Reading, Source
from custom_components.fleet_pulse.model.state import State

NOW: Final = datetime(2026, 3, 10, 12, tzinfo=UTC)

PARKED: Final[dict[Field[Any], Any]] = {
    fields.BATTERY_LEVEL: 60,
    fields.CHARGE_LIMIT_SOC: 80,
    fields.CHARGING_STATE: "disconnected",
    fields.CLIMATE_KEEPER_MODE: "off",
    fields.IS_CLIMATE_ON: False,
    fields.LOCKED: True,
    fields.ODOMETER: 1000.0,
    fields.SENTRY_MODE: False,
    fields.SHIFT_STATE: "p",
    fields.USER_PRESENT: False,
}
DRIVING: Final = PARKED | {fields.SHIFT_STATE: "d", fields.USER_PRESENT: True}
CHARGING: Final = PARKED | {
    fields.CHARGING_STATE: "charging",
    fields.CHARGER_POWER: 11,
    fields.MINUTES_TO_FULL_CHARGE: 100,
}


def state(
    values: dict[Field[Any], Any],
    at: datetime,
    *,
    online: str | None = "online",
    source: Source = Source.POLL,
) -> State:
    """Return what a car said at a time, and what the list says now."""
    said = [
        Reading(field=field, value=value, at=at, source=source)
        for field, value in values.items()
    ]
    listed = Reading(field=fields.STATE, value=online, at=NOW, source=Source.POLL)
    return State().merged([*said, listed])


def ago(minutes: float) -> datetime:
    """Return so many minutes before now."""
    return NOW - timedelta(minutes=minutes)


def hence(minutes: float) -> datetime:
    """Return so many minutes after now."""
    return NOW + timedelta(minutes=minutes)
