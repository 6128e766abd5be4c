"""What alerts go by beside the car's own words, and what is kept of them."""

import json
from pathlib import Path
from typing import Final

from homeassistant.components.recorder import Recorder
from homeassistant.core import Event, callback
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.fleet_pulse.alert_buttons import BUTTONS, EVENT_BUTTON
from custom_components.fleet_pulse.alert_news import EVENT_ALERT, async_tell_alert
from custom_components.fleet_pulse.alerts.deliver import tag
from custom_components.fleet_pulse.alerts.kind import Severity
from custom_components.fleet_pulse.alerts.news import AlertNews, Episode, NewsKind
from custom_components.fleet_pulse.fleet.errors import NotSaved
from tests.fake_fleet.car import Car
from tests.fake_fleet.specs import MODEL_3

from .actions import device_of, refusal
from .alerts import active, add_alert, alerting, news
from .entities import HOUR, MINUTE, look, read
from .household import Household
from .rules import MORNING, add_rule, remove_rule
from .test_diagnostics import dumped
from .test_options_flow import choose
from .test_wake_history import logbook, ours

LOW: Final = "low_battery"
SHORT: Final = {
    "days": MORNING["days"],
    "windows": [{"start": "08:00:00", "end": "09:30:00"}],
    "target_soc": 80,
}
"""Charge for a while in the morning."""
OVER: Final = {"dates": ["2026-10-04"], "ready_by": "20:30:00", "target_soc": 90}
"""Charge on a day that is over."""


async def run_low(home: Household, soc: int = 12) -> None:
    """Have the battery low, and seen to be so for a while."""
    home.car.operate("set_sentry_mode", on=True)
    home.car.parts.battery.soc = soc
    for _ in range(2):
        await look(home)
        await home.pass_time(10 * MINUTE, 5 * MINUTE)


def storage(home: Household) -> Path:
    """Give the file in which rules and alerts remember."""
    [path] = Path(home.hass.config.path(STORAGE_DIR)).glob("fleet_pulse.rules.*")
    return path


async def test_a_rule_of_tomorrow_needs_the_cable_tonight(home: Household) -> None:
    """At home, from the evening on, until it is plugged in."""
    await read(home)
    await add_rule(home, "Over", OVER)
    await add_rule(home, "Morning", MORNING)
    heard = news(home)
    await add_alert(home, ["not_plugged_in"])
    await home.pass_time(11 * HOUR, 10 * MINUTE)
    await look(home)
    assert active(home) == []
    await home.pass_time(HOUR + 15 * MINUTE, 5 * MINUTE)
    await look(home)
    await home.pass_time(15 * MINUTE, 5 * MINUTE)
    assert active(home) == ["not_plugged_in"]
    assert heard[0]["rule"] == "Morning"
    assert heard[0]["deadline"].startswith("2026-10-06T05:30")
    home.car.plug("ac")
    await look(home)
    await home.pass_time(15 * MINUTE, 5 * MINUTE)
    await look(home)
    assert active(home) == []


async def test_charging_that_a_rule_ends_did_not_stop_early(home: Household) -> None:
    """One whose power is cut did: then nobody wanted it to end."""
    await read(home)
    home.car.parts.battery.soc = 30
    rule = await add_rule(home, "Short", SHORT)
    heard = news(home)
    await add_alert(home, ["charging_stopped"])
    home.car.plug("ac")
    await home.pass_time(HOUR, 2 * MINUTE)
    assert home.car.charging_state == "Charging"
    await home.pass_time(HOUR, 2 * MINUTE)
    assert home.car.charging_state == "Stopped"
    await look(home)
    await home.pass_time(30 * MINUTE, 5 * MINUTE)
    await look(home)
    assert heard == []
    await remove_rule(home, rule)
    home.car.operate("charge_start")
    await look(home)
    home.car.power(on=False)
    await look(home)
    await home.pass_time(15 * MINUTE, 5 * MINUTE)
    await look(home)
    assert [one["kind"] for one in heard] == ["charging_stopped"]


async def test_the_budget_is_told_of_once_and_not_by_each_car(home: Household) -> None:
    """It is the account's: the first of its cars tells of it."""
    heard = news(home)
    await add_alert(home, ["budget"])
    await choose(home, budget="0.02")
    await home.act("button", "press", "button", "wake")
    await home.pass_time(2 * MINUTE, MINUTE)
    assert [(one["kind"], one["threshold"]) for one in heard] == [("budget", 100)]
    told = {vin: alerting(home).active(vin) for vin in home.cloud.cars}
    assert sorted(map(len, told.values())) == [0, 1]


async def test_it_is_on_disk_before_it_is_told(home: Household) -> None:
    """A crash right behind it cannot have it told again."""
    kept: list[bool] = []

    @callback
    def told(event: Event) -> None:
        kept.append(event.data["episode"] in storage(home).read_text())

    home.hass.bus.async_listen(EVENT_ALERT, told)
    await read(home)
    await add_alert(home, [LOW])
    await run_low(home)
    assert kept == [True]


async def test_a_full_disk_is_told_to_who_asks_and_nothing_is_forgotten(
    home: Household, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What is so is told all the same; what somebody knows is not taken for kept."""
    await read(home)
    alert = await add_alert(home, [LOW])
    heard = news(home)

    def full(*_: object) -> None:
        raise NotSaved("no space")

    with monkeypatch.context() as patch:
        patch.setattr("custom_components.fleet_pulse.rule_store.disk.write", full)
        await run_low(home)
        assert [one["kind"] for one in heard] == [LOW]
        error = await refusal(home, "snooze_alert", device_id=device_of(home))
        assert error.translation_key == "not_saved"
        pressed = BUTTONS[0].id(tag(alert, home.car.vin, LOW))
        home.hass.bus.async_fire(EVENT_BUTTON, {"action": pressed})
        await home.settle()
    assert "What was chosen on a phone is not kept: not_saved" in caplog.text
    [episode] = alerting(home).active(home.car.vin)
    assert not episode.is_acknowledged


async def test_a_car_that_comes_is_watched_and_one_that_leaves_is_not(
    home: Household,
) -> None:
    """With no new start; what was so of it is let go."""
    await add_alert(home, [LOW])
    account = next(iter(home.cloud.accounts.values()))
    third = Car(spec=MODEL_3, clock=home.cloud.clock, seed=3)
    third.parts.battery.soc = 12
    home.cloud.add_car(third, account)
    third.operate("set_sentry_mode", on=True)
    await home.pass_time(40 * MINUTE, 5 * MINUTE)
    assert [one.kind for one in alerting(home).active(third.vin)] == [LOW]
    account.vins.remove(third.vin)
    await home.pass_time(27 * HOUR, 20 * MINUTE)
    assert alerting(home).active(third.vin) == ()
    assert third.vin not in storage(home).read_text()


async def test_the_logbook_says_what_was_told(
    recorder_mock: Recorder, house: Household, hass_ws_client: WebSocketGenerator
) -> None:
    """Below the car's name, in words."""
    assert await async_setup_component(house.hass, "logbook", {})
    await house.set_up()
    moment = dt_util.utcnow()
    episode = Episode(
        id="1",
        alert="2",
        vin=house.car.vin,
        kind=LOW,
        severity=Severity.WARNING,
        since=moment,
        said_at=moment,
    )
    told = [AlertNews(kind=kind, episode=episode) for kind in reversed(NewsKind)]
    async_tell_alert(house.hass, house.entry, told[0], "Watch")
    async_tell_alert(house.hass, house.entry, told[1], "Watch")
    # What is of this very moment comes later; a socket would not outlast that.
    await house.pass_time(10)
    assert ours(await logbook(house, await hass_ws_client())) == [
        (house.car.name, "raised the alert “Low battery”"),
        (house.car.name, "ended the alert “Low battery”"),
    ]


async def test_diagnostics_say_what_is_watched_and_not_for_whom(
    house: Household, hass_client: ClientSessionGenerator
) -> None:
    """Kinds, thresholds and times; no names, entities or places."""
    assert await async_setup_component(house.hass, "diagnostics", {})
    await house.set_up()
    await read(house)
    private = {"name": "For Anna", "notify": ["notify.annas_phone"]}
    await add_alert(house, [LOW], thresholds={LOW: 30}, **private)
    await run_low(house, 25)
    found = await dumped(house, hass_client)
    [alert] = found["alerts"]
    assert (alert["kinds"], alert["thresholds"]) == ([LOW], {LOW: 30.0})
    [active] = found["vehicles"]["car 1"]["alerts"]
    assert (active["kind"], active["is_acknowledged"]) == (LOW, False)
    text = json.dumps(found).lower()
    assert not any(word in text for word in ("anna", "zone.home", house.car.vin))
