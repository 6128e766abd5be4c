"""Triggers on alerts that begin and end, in automations that run."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from homeassistant.util import dt as dt_util
import pytest

from custom_components.fleet_pulse.alert_news import async_tell_alert
from custom_components.fleet_pulse.alerts.kind import Severity
from custom_components.fleet_pulse.alerts.news import AlertNews, Episode, NewsKind
from tests.fake_fleet.car import Car

from .actions import device_of
from .diary import Diary
from .household import Household

CLEARED, RAISED = NewsKind.CLEARED, NewsKind.RAISED
OPEN: Final = ("left_open", Severity.SECURITY, "frunk")
LOW: Final = ("low_battery", Severity.WARNING, 17)


async def tell(home: Household, car: Car, kind: NewsKind, what: Iterable[Any]) -> None:
    """Have an episode begin or end, as the alerting does."""
    key, severity, value = what
    now = dt_util.utcnow()
    episode = Episode(
        id="1",
        alert="ours",
        vin=car.vin,
        kind=key,
        severity=severity,
        since=now - timedelta(minutes=5),
        said_at=now,
        value=value,
    )
    news = AlertNews(kind=kind, episode=episode)
    async_tell_alert(home.hass, home.entry, news, "Security")
    await home.settle()


@pytest.fixture
async def diary(home: Household) -> Diary:
    """Give a diary of each way to wait for alerts of a car."""
    diary = Diary(home)
    await diary.keep(
        ("alert_raised", {}),
        ("alert_cleared", {}),
        ("alert_raised", {"kind": ["low_battery"]}),
        ("alert_raised", {"severity": "security"}),
        ("alert_cleared", {"kind": "low_battery", "severity": ["security"]}),
        device_id=device_of(home, home.car),
    )
    return diary


@pytest.mark.parametrize(
    ("kind", "what", "expected"),
    [
        pytest.param(RAISED, OPEN, ["alert_raised"] * 2, id="raised, by how serious"),
        pytest.param(RAISED, LOW, ["alert_raised"] * 2, id="raised, by its kind"),
        pytest.param(CLEARED, OPEN, ["alert_cleared"], id="cleared"),
        pytest.param(CLEARED, LOW, ["alert_cleared"], id="cleared, not as serious"),
    ],
)
async def test_an_automation_runs_by_an_alert(
    diary: Diary, kind: NewsKind, what: tuple[Any, ...], expected: list[str]
) -> None:
    """Of that car, of the kinds and as serious as was chosen, with what was seen."""
    home = diary.home
    await tell(home, home.old_car, kind, what)
    assert diary.noted == []
    await tell(home, home.car, kind, what)
    (said,) = {(one["kind"], one["value"], one["name"]) for one in diary.noted}
    assert said == (what[0], what[2], "Security")
    assert diary.read() == expected
