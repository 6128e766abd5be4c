"""What Hypothesis makes of readings, states and JSON."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from custom_components.fleet_pulse.model.car_schedule import (
    CarSchedule,
    ScheduleKind,
    Standing,
)
from custom_components.fleet_pulse.model.field import Field, Location, Reading, Source
from custom_components.fleet_pulse.model.values import HOLDS
from custom_components.fleet_pulse.model.vehicle_fields import (
    BATTERY_LEVEL,
    CHARGING_STATE,
    LOCATION,
    LOCKED,
    SCHEDULED_DEPARTURE_TIME,
    VEHICLE_FIELDS,
)

MOMENTS = st.datetimes(
    datetime(2020, 1, 1),
    datetime(2030, 1, 1),
    timezones=st.just(UTC),
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["<invalid>", "On", "1e999", "ShiftStateInvalid", "(1 N, 2 E)"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
_PLACES = st.builds(Location, st.floats(-90, 90), st.floats(-180, 180))
_MINUTES = st.none() | st.integers(0, 1439)
_SCHEDULES = st.builds(
    CarSchedule,
    kind=st.sampled_from(ScheduleKind),
    id=st.integers(1, 2**53),
    days=st.integers(0, 127),
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    start=_MINUTES,
    end=_MINUTES,
    one_time=st.booleans(),
    enabled=st.booleans(),
    standing=st.sampled_from(Standing),
)
_BY_TYPE: dict[type, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    datetime: MOMENTS,
    float: st.floats(-1e6, 1e6),
    int: st.integers(-(10**6), 10**6),
    Location: _PLACES,
    str: st.text(max_size=20),
    tuple: st.lists(_SCHEDULES, max_size=3).map(tuple),
}
_NUMBERS = st.integers(-500, 500) | st.floats(-1e6, 1e6)


def values_of(field: Field[Any]) -> st.SearchStrategy[Any]:
    """Return what a field can hold."""
    if field.options:
        return st.none() | st.sampled_from(field.options)
    if field.unit is not None:
        return st.none() | _NUMBERS
    return st.none() | _BY_TYPE[HOLDS[field.parse]]


@st.composite
def readings(
    draw: st.DrawFn,
    fields: tuple[Field[Any], ...] = (
        BATTERY_LEVEL,
        CHARGING_STATE,
        LOCATION,
        LOCKED,
        SCHEDULED_DEPARTURE_TIME,
    ),
) -> Reading[Any]:
    """Draw a reading; few fields and few moments, so that they meet."""
    field = draw(st.sampled_from(fields))
    return Reading(
        field=field,
        value=draw(values_of(field)),
        at=datetime(2026, 1, 1, 12, draw(st.integers(0, 3)), tzinfo=UTC),
        source=draw(st.sampled_from(Source)),
    )


ANY_READING = readings(VEHICLE_FIELDS)
