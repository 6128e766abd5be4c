"""What a car does by its own last word."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.fleet_pulse.fleet.activity import (
    WATCHED,
    Activity,
    Charge,
    activity,
    charge,
    is_unchanged,
    last_word,
    told_busy_at,
)
from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field, Reading, Source
from custom_components.fleet_pulse.model.state import State

from .cars import CHARGING, DRIVING, NOW, PARKED, ago, state


def test_what_is_watched_is_sorted() -> None:
    """The table has an order."""
    keys = [field.key for field in WATCHED]

    assert keys == sorted(set(keys))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({}, Activity.PARKED, id="nothing known"),
        pytest.param(PARKED, Activity.PARKED, id="parked"),
        pytest.param(DRIVING, Activity.DRIVING, id="driving"),
        pytest.param(
            PARKED | {fields.SHIFT_STATE: "n"},
            Activity.DRIVING,
            id="rolling in neutral",
        ),
        pytest.param(CHARGING, Activity.CHARGING, id="charging"),
        pytest.param(
            PARKED | {fields.CHARGING_STATE: "complete"},
            Activity.PARKED,
            id="charged is parked",
        ),
        pytest.param(
            CHARGING | {fields.USER_PRESENT: True},
            Activity.CHARGING,
            id="charging with someone inside",
        ),
        pytest.param(
            PARKED | {fields.USER_PRESENT: True, fields.SENTRY_MODE: True},
            Activity.ATTENDED,
            id="someone inside while Sentry is armed",
        ),
        pytest.param(
            PARKED | {fields.CLIMATE_KEEPER_MODE: "camp", fields.USER_PRESENT: True},
            Activity.KEPT_AWAKE,
            id="camping",
        ),
        pytest.param(
            PARKED | {fields.SENTRY_MODE: True}, Activity.KEPT_AWAKE, id="Sentry"
        ),
    ],
)
def test_activity(values: dict[Any, Any], expected: Activity) -> None:
    """The busiest thing a car does counts."""
    assert activity(state(values, NOW)) is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {},
            Charge(is_dc=False, minutes_per_point=5, left=timedelta(minutes=100)),
            id="as the car predicts",
        ),
        pytest.param(
            {fields.CHARGER_POWER: 0, fields.MINUTES_TO_FULL_CHARGE: 0},
            Charge(is_dc=False, minutes_per_point=None, left=None),
            id="only starting",
        ),
        pytest.param(
            {fields.BATTERY_LEVEL: None, fields.CHARGER_POWER: 30},
            Charge(is_dc=True, minutes_per_point=1, left=timedelta(minutes=100)),
            id="level unknown: by power, of a small pack",
        ),
        pytest.param(
            {fields.BATTERY_LEVEL: 80, fields.MINUTES_TO_FULL_CHARGE: 0},
            Charge(is_dc=False, minutes_per_point=30 / 11, left=timedelta()),
            id="at the limit",
        ),
        pytest.param(
            {fields.CHARGER_POWER: -5, fields.MINUTES_TO_FULL_CHARGE: -7},
            Charge(is_dc=False, minutes_per_point=None, left=timedelta()),
            id="what cannot be",
        ),
        pytest.param(
            {fields.FAST_CHARGER_PRESENT: True},
            Charge(is_dc=True, minutes_per_point=5, left=timedelta(minutes=100)),
            id="a slow fast charger",
        ),
    ],
)
def test_charge(changes: dict[Any, Any], expected: Charge) -> None:
    """How a charge goes on."""
    assert charge(state(CHARGING | changes, NOW)) == expected


@pytest.mark.parametrize(
    ("values", "source", "expected"),
    [
        pytest.param(DRIVING, Source.STREAM, NOW, id="streamed: driving"),
        pytest.param(CHARGING, Source.CACHED, NOW, id="snapshot: charging"),
        pytest.param(PARKED, Source.CACHED, None, id="snapshot: parked"),
        pytest.param(DRIVING, Source.POLL, None, id="a look is no news"),
    ],
)
def test_told_busy(
    values: dict[Any, Any], source: Source, expected: datetime | None
) -> None:
    """Only what came for free tells of something to look at."""
    assert told_busy_at(state(values, NOW, source=source)) == expected


def test_the_list_is_no_word_of_the_car() -> None:
    """Tesla speaks in the list, also of a car that sleeps for weeks."""
    assert last_word(state({}, NOW)) is None
    assert last_word(state(PARKED, ago(9))) == ago(9)
    assert last_word(state(PARKED, ago(9)), frozenset({Source.STREAM})) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param(fields.STATE, "online", id="Tesla's list comes every minute"),
        pytest.param(fields.CHARGE_SCHEDULES, (), id="a yes to a schedule"),
    ],
)
def test_what_says_nothing_of_the_car_itself_is_no_word_of_it(
    field: Field[Any], value: Any
) -> None:
    """It must not make old values look fresh."""
    newer = Reading(field=field, value=value, at=NOW, source=Source.ANSWER)

    assert last_word(state(PARKED, ago(9)).merged([newer])) == ago(9)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param(PARKED, True, id="the same"),
        pytest.param(PARKED | {fields.LOCKED: False}, False, id="unlocked"),
        pytest.param(PARKED | {fields.INSIDE_TEMP: 31.5}, True, id="it grew warm"),
        pytest.param({}, False, id="said nothing"),
    ],
)
def test_unchanged(after: dict[Any, Any], expected: bool) -> None:
    """What matters about a parked car, and what does not."""
    before = state(PARKED, ago(10))

    assert is_unchanged(before, state(after, NOW)) is expected
    assert is_unchanged(State(), State())
