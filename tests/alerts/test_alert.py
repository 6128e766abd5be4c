"""What an owner wants to be told, read from what a form kept; what cannot be is refused."""

from collections.abc import Mapping
from datetime import time
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.alerts.alert import Alert
from custom_components.fleet_pulse.alerts.check import check
from custom_components.fleet_pulse.model.invalid import InvalidInput

ONE: Final[Mapping[str, Any]] = {"kinds": ["low_battery"]}


def alert(**data: Any) -> Alert:
    """Read an alert of one kind, with what else was chosen."""
    return Alert.load("1", "Mine", {**ONE, **data})


def test_what_was_not_chosen_is_as_usual() -> None:
    """All cars, at home in Home Assistant's own zone, at any hour, and nobody told."""
    read = alert()
    assert read.kinds == {"low_battery"}
    assert (read.vins, read.notify, read.zones) == ((), (), ("zone.home",))
    assert read.threshold("low_battery", 20.0) == 20.0
    assert not read.is_quiet(time(3))
    check(read)


def test_what_was_chosen_is_kept() -> None:
    """Each as it is needed."""
    read = alert(
        cars=["A"],
        thresholds={"low_battery": 30, "tyre_pressure": None},
        zones=[],
        notify=["notify.a", "device"],
    )
    assert (read.vins, read.zones) == (("A",), ())
    assert read.notify == ("notify.a", "device")
    assert read.thresholds == {"low_battery": 30.0}
    assert read.threshold("low_battery", 20.0) == 30.0
    check(read)


@pytest.mark.parametrize(
    ("start", "end", "quiet"),
    [
        pytest.param("22:00:00", "07:00:00", [0, 6, 22, 23], id="over midnight"),
        pytest.param("13:00", "15:00", [13, 14], id="a nap"),
    ],
)
def test_quiet_hours_may_go_over_midnight(
    start: str, end: str, quiet: list[int]
) -> None:
    """Their beginning is in them, and their end is not."""
    read = alert(quiet_from=start, quiet_until=end)
    asked = [0, 6, 7, 12, 13, 14, 15, 21, 22, 23]
    assert [hour for hour in asked if read.is_quiet(time(hour))] == quiet


@pytest.mark.parametrize(
    ("data", "field", "key"),
    [
        pytest.param({"kinds": []}, "kinds", "kinds_missing", id="nothing"),
        pytest.param({"kinds": ["x"]}, "kinds", "kind_unknown", id="no such kind"),
        pytest.param({"kinds": "x"}, "kinds", "list_invalid", id="no list"),
        pytest.param({"cars": "x"}, "cars", "list_invalid", id="no list of cars"),
        pytest.param(
            {"thresholds": [1]}, "thresholds", "list_invalid", id="of no kind"
        ),
        pytest.param(
            {"thresholds": {"low_battery": "x"}},
            "thresholds.low_battery",
            "threshold_range",
            id="no number",
        ),
        pytest.param(
            {"thresholds": {"low_battery": 0}},
            "thresholds.low_battery",
            "threshold_range",
            id="out of reach",
        ),
        pytest.param(
            {"thresholds": {"left_open": 1}},
            "thresholds.left_open",
            "threshold_range",
            id="open or not",
        ),
        pytest.param(
            {"quiet_from": "22:00"}, "quiet_until", "quiet_incomplete", id="no end"
        ),
        pytest.param(
            {"quiet_until": "7:00x"}, "quiet_until", "time_invalid", id="no time"
        ),
        pytest.param(
            {"quiet_from": "22:00", "quiet_until": "22:00:30"},
            "quiet_until",
            "quiet_empty",
            id="no time at all",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    data: Mapping[str, Any], field: str, key: str
) -> None:
    """With the text that the form shows."""
    with pytest.raises(InvalidInput) as refused:
        check(alert(**data))
    assert (refused.value.field, refused.value.key) == (field, key)
