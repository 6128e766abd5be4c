"""The forms of rules: whatever cannot be is told by a field, in words."""

from collections.abc import Callable, Iterator, Mapping
import json
from pathlib import Path
from typing import Any, Final

import pytest

from custom_components.fleet_pulse import (
    alert_form,
    charge_rule_form,
    departure_form,
    rule_form,
)
from custom_components.fleet_pulse.alerts.alert import Alert
from custom_components.fleet_pulse.alerts.check import check
from custom_components.fleet_pulse.model.invalid import InvalidInput
from custom_components.fleet_pulse.rule_form import Ask
from custom_components.fleet_pulse.rules.charge_rule import ChargeRule
from custom_components.fleet_pulse.rules.departure import Departure

TEXTS: Final[dict[str, Any]] = json.loads(
    Path(rule_form.__file__).with_name("translations").joinpath("en.json").read_text()
)
VALID: Final[Mapping[str, Mapping[str, Any]]] = {
    "alert": {
        "cars": ["a"],
        "kinds": ["low_battery"],
        "thresholds": {"low_battery": 20, "tyre_pressure": 2.4},
        "zones": ["zone.home"],
        "notify": ["notify.a"],
        "quiet_from": "22:00:00",
        "quiet_until": "07:00:00",
    },
    "charge_rule": {
        "car": "a",
        "days": ["mon"],
        "dates": [],
        "skip_dates": [],
        "workday_entity": "binary_sensor.a",
        "zones": ["zone.home"],
        "ready_by": "07:30:00",
        "windows": [{"start": "23:00:00", "end": "06:00:00"}],
        "target_soc": 80,
        "floor_soc": 30,
        "daily_limit": 80,
        "amps": 16,
        "price": {"entity": "sensor.a", "mode": "cheapest", "cap": 0.2},
        "solar": {"entity": "sensor.b", "min_w": 1400, "on_delay": 5, "off_delay": 9},
        "priority": 0,
        "expires": "2027-01-31",
    },
    "departure": {
        "car": "a",
        "source": "weekly",
        "days": ["mon"],
        "at": "07:30:00",
        "temperature": 21.0,
        "zones": ["zone.home"],
        "presence": ["person.a"],
        "floor_soc": 30,
        "extras": {"seats": ["front_left"], "seat_heat": 3},
    },
    "departure of a calendar": {
        "car": "a",
        "source": "calendar",
        "calendar": {"entity": "calendar.a", "needs_location": False, "buffer": 10},
    },
    "departure of a rule": {"car": "a", "source": "charge_rule"},
}


def _alert(*data: Any) -> None:
    """Read an alert as its form does."""
    check(Alert.load(*data))


LOADS: Final[Mapping[str, Callable[..., object]]] = {
    "alert": _alert,
    "charge_rule": ChargeRule.load,
    "departure": Departure.load,
}
FORMS: Final[Mapping[str, Mapping[str, tuple[Ask, ...]]]] = {
    "alert": {**alert_form.FIRST, **alert_form.PAGES},
    "charge_rule": {**charge_rule_form.FIRST, **charge_rule_form.PAGES},
    "departure": {**departure_form.FIRST, **departure_form.PAGES},
}
GARBAGE: Final = (None, "", "x", -1, 1e9, 49, True, [], ["x"])
SHAPES: Final = ("source", "windows")
_SAME: Final = "06:00:00"
WINDOWS: Final = (
    [{"start": _SAME, "end": _SAME}],
    [{"start": _SAME}],
    [{"start": "x", "end": _SAME}],
    [{"start": "01:00:00", "end": _SAME}, {"start": "02:00:00", "end": _SAME}],
)
KINDS: Final = {name: name.split()[0] for name in VALID}


def spoilt(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the data of a rule with one thing wrong, each in turn.

    Forms keep the shape of it, and where departures come from.
    """
    for field, value in data.items():
        if isinstance(value, Mapping):
            yield {**data, field: {}}
            yield from (
                {**data, field: {**value, key: wrong}}
                for key in value
                for wrong in GARBAGE
            )
        elif field not in SHAPES:
            yield from ({**data, field: wrong} for wrong in GARBAGE)
    yield from ({**data, "windows": windows} for windows in WINDOWS)
    yield {**data}


def refusals(name: str) -> set[tuple[str, str]]:
    """Give by which field, and how, a kind of rule refuses what is spoilt."""
    found = set()
    for data in spoilt(VALID[name]):
        try:
            LOADS[KINDS[name]]("1", "A", data)
        except InvalidInput as invalid:
            found.add((invalid.field, invalid.key))
    return found


@pytest.mark.parametrize("name", VALID)
def test_whatever_is_refused_is_told_in_words(name: str) -> None:
    """Each key has its text, and nothing but InvalidInput comes of bad data."""
    texts = TEXTS["config_subentries"][KINDS[name]]["error"]
    found = refusals(name)
    assert found
    assert {key for _, key in found} - set(texts) == set()


@pytest.mark.parametrize("name", VALID)
def test_whatever_is_refused_has_a_field_in_some_form(name: str) -> None:
    """Where it can be mended."""
    forms = FORMS[KINDS[name]].values()
    fields = {field for field, _ in refusals(name)}
    assert {
        field
        for field in fields
        if all(rule_form.blamed(asks, field) == "base" for asks in forms)
    } == set()


@pytest.mark.parametrize(
    ("kind", "step"), [(kind, step) for kind in FORMS for step in FORMS[kind]]
)
def test_every_field_of_a_form_has_its_words(kind: str, step: str) -> None:
    """A label, and what it means; and none is left of a field that is gone."""
    texts = TEXTS["config_subentries"][kind]["step"][step]
    fields = {ask.key for ask in FORMS[kind][step]}
    assert set(texts["data"]) == set(texts["data_description"]) == fields


def test_every_choice_of_a_form_has_a_name() -> None:
    """And none is left of a choice that is gone."""
    chosen = {
        config["translation_key"]: set(config["options"])
        for forms in FORMS.values()
        for asks in forms.values()
        for ask in asks
        if "options" in (config := ask.selector.config) and config["translation_key"]
    }
    named = {key: set(TEXTS["selector"][key]["options"]) for key in chosen}
    # Without heat there is no seat to choose.
    named["seat_heat"] -= {"off"}
    # Of a car that sends nothing by itself there is no silence to choose.
    named["alert_kind"] -= {"telemetry_silent"}
    assert named == chosen


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        pytest.param(["mon", "tue", "wed", "thu", "fri"], ["weekdays"], id="weekdays"),
        pytest.param(["sat", "sun"], ["weekend"], id="weekend"),
        pytest.param(["fri", "sat", "sun"], ["weekend", "fri"], id="a long weekend"),
        pytest.param(["mon", "wed"], ["mon", "wed"], id="two days"),
        pytest.param([], [], id="none"),
    ],
)
def test_days_are_shown_in_few_words(days: list[str], shown: list[str]) -> None:
    """And come back as they were."""
    assert rule_form.days_to_form(days) == shown
    assert rule_form.days_to_data(shown) == days
