"""Alerts of a car: what is shown, who is told, and what is asked for it: nothing."""

import logging
from pathlib import Path
from typing import Final
from unittest.mock import ANY

from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.fleet_pulse.alert_buttons import EVENT_BUTTON
from custom_components.fleet_pulse.alert_notifier import CLEAR
from custom_components.fleet_pulse.alerts.kinds import KINDS

from .actions import call, device_of, refusal
from .alerts import active, add_alert, alerting, change_alert, news
from .entities import HOUR, MINUTE, look
from .household import Household
from .pushing import Phone, PushServer, home, letterbox, phone, push
from .sealing import restart

__all__ = ["home", "phone", "push"]

OPEN: Final = "left_open_at_home"
LOW: Final = "low_battery"


async def leave_open(home: Household) -> None:
    """Leave the trunk open, and have the car looked at before and after a while."""
    home.car.operate("set_sentry_mode", on=True)
    home.car.open_door("rt")
    await look(home)
    await home.pass_time(20 * MINUTE, 5 * MINUTE)
    await look(home)


async def shut(home: Household) -> None:
    """Shut the trunk and lock, and have that seen for a while."""
    home.car.close_door("rt")
    home.car.operate("door_lock")
    for _ in range(3):
        await look(home)
        await home.pass_time(5 * MINUTE, 5 * MINUTE)


async def run_low(home: Household) -> None:
    """Have the battery low, and seen to be so for a while."""
    home.car.operate("set_sentry_mode", on=True)
    home.car.parts.battery.soc = 12
    for _ in range(2):
        await look(home)
        await home.pass_time(10 * MINUTE, 5 * MINUTE)


async def test_what_is_so_is_shown_and_told_until_it_is_over(
    home: Household, phone: Phone
) -> None:
    """By entities, on the bus, and on the phone's screen, in one place there."""
    heard = news(home)
    await add_alert(home, [OPEN], notify=[phone.device_id])
    assert home.state("binary_sensor", "alert").state == "off"
    await leave_open(home)
    shown = home.state("binary_sensor", "alert")
    assert shown.state == "on"
    [alert] = shown.attributes["alerts"]
    assert (alert["kind"], alert["severity"]) == (OPEN, "security")
    event = home.state("event", "alert").attributes
    assert (event["event_type"], event["type"]) == (OPEN, "raised")
    assert event["said_at"] == event["since"] == alert["since"]
    [told] = phone.got
    assert told["title"] == home.car.name
    assert "trunk" in told["message"]
    said_at = dt_util.parse_datetime(event["said_at"], raise_on_error=True)
    assert f"today {dt_util.as_local(said_at):%H:%M}" in told["message"]
    assert told["data"]["push"] == {"interruption-level": "time-sensitive"}
    await shut(home)
    assert home.state("binary_sensor", "alert").state == "off"
    assert home.state("event", "alert").attributes["type"] == "cleared"
    assert [one["type"] for one in heard] == ["raised", "cleared"]
    told, over = phone.got
    assert over["data"]["tag"] == told["data"]["tag"]
    assert over["message"] != told["message"]
    assert "actions" not in over["data"]
    assert not any(home.car.vin in str(one) for one in (*heard, *phone.got))


async def test_a_restart_forgets_nothing_and_tells_nothing_twice(
    home: Household, phone: Phone
) -> None:
    """What was told goes on, and its end is told."""
    await add_alert(home, [OPEN], notify=[phone.device_id])
    await leave_open(home)
    heard = news(home)
    await restart(home)
    assert home.state("binary_sensor", "alert").state == "on"
    await home.pass_time(2 * MINUTE, MINUTE)
    assert active(home) == [OPEN]
    assert (heard, len(phone.got)) == ([], 1)
    await shut(home)
    assert [one["type"] for one in heard] == ["cleared"]
    assert len(phone.got) == 2


async def crash(home: Household) -> None:
    """Start anew from what is on disk at this moment."""
    [path] = Path(home.hass.config.path(STORAGE_DIR)).glob("fleet_pulse.rules.*")
    kept = path.read_text()
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    path.write_text(kept)
    await restart(home)


async def test_no_start_and_no_crash_tells_twice(home: Household, phone: Phone) -> None:
    """Whenever it comes: while it must last, and once it is told, or known."""
    await add_alert(home, [LOW], notify=[phone.device_id])
    heard = news(home)
    home.car.operate("set_sentry_mode", on=True)
    home.car.parts.battery.soc = 12
    for _ in range(4):
        await restart(home)
        await look(home)
        await home.pass_time(3 * MINUTE, MINUTE)
    assert ([one["type"] for one in heard], len(phone.got)) == (["raised"], 1)
    await crash(home)
    await look(home)
    assert (active(home), len(heard), len(phone.got)) == ([LOW], 1, 1)
    await phone.press(phone.button("acknowledge"))
    await crash(home)
    await look(home)
    [episode] = alerting(home).active(home.car.vin)
    assert episode.is_acknowledged
    assert (len(heard), phone.shown) == (1, {})


@pytest.mark.parametrize("button", ["acknowledge", "snooze"])
async def test_a_button_says_that_somebody_knows(
    home: Household,
    push: PushServer,
    phone: Phone,
    hass_client: ClientSessionGenerator,
    button: str,
) -> None:
    """It is taken back from the others' phones, too, and its end is not told."""
    other = Phone(home, push, "Ben's phone")
    await other.register(await hass_client())
    await add_alert(home, [OPEN], notify=[phone.device_id, other.device_id])
    await leave_open(home)
    assert len(other.shown) == 1
    await phone.press(phone.button(button))
    assert active(home) == [OPEN]
    assert (phone.shown, other.shown) == ({}, {})
    await phone.press("fleet_pulse_snooze_of_somebody_else")
    await phone.press("open_the_garage")
    await shut(home)
    assert active(home) == []
    assert (phone.shown, other.shown) == ({}, {})


async def test_what_needs_no_phone_is_told_without_buttons(
    home: Household, phone: Phone
) -> None:
    """An entity that notifies gets title and text; a phone's own stands for the phone."""
    box = await letterbox(home, "Kitchen")
    [own] = [
        one.entity_id
        for one in er.async_get(home.hass).entities.values()
        if one.platform == "mobile_app" and one.domain == "notify"
    ]
    names = [own, box.entity_id, phone.device_id]
    await add_alert(home, [OPEN], notify=names)
    await leave_open(home)
    assert len(box.letters) == len(phone.got) == 1
    assert box.letters[0].startswith(f"{home.car.name}: ")
    assert phone.got[0]["data"]["actions"]


async def test_who_cannot_be_told_costs_the_others_nothing(
    home: Household, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged once, until it works again."""
    broken, box = await letterbox(home, "Broken"), await letterbox(home, "Kitchen")
    broken.trouble = OSError("no paper")
    gone = ["notify.gone", "0123456789abcdef0123456789abcdef"]
    notify = [broken.entity_id, *gone, box.entity_id, phone.device_id]
    await add_alert(home, [OPEN], notify=notify)
    caplog.set_level(logging.WARNING, "custom_components.fleet_pulse")
    caplog.clear()
    await leave_open(home)
    assert (len(box.letters), len(phone.got)) == (1, 1)
    said = [one.getMessage() for one in caplog.records if "was not told" in one.msg]
    assert [name for name in notify if any(name in one for one in said)] == notify[:3]
    await shut(home)
    assert len(box.letters) == 2
    assert [one for one in caplog.records if "was not told" in one.msg][3:] == []


async def test_the_end_is_told_to_whom_the_beginning_reached(
    home: Household,
    push: PushServer,
    phone: Phone,
    hass_client: ClientSessionGenerator,
) -> None:
    """Others hear nothing of it, also if they could by now, and after a restart.

    From a phone it is taken back, in case that it got there after all.
    """
    other = Phone(home, push, "Ben's phone")
    await other.register(await hass_client())
    broken, box = await letterbox(home, "Broken"), await letterbox(home, "Kitchen")
    late = await letterbox(home, "Office")
    broken.trouble = OSError("no paper")
    notify = [broken.entity_id, box.entity_id, phone.device_id, other.device_id]
    alert = await add_alert(home, [OPEN], notify=notify)
    entries = home.hass.config_entries
    [own] = [one for one in entries.async_entries("mobile_app") if "Ben" in one.title]
    await entries.async_unload(own.entry_id)
    await leave_open(home)
    assert [len(one.letters) for one in (broken, box)] == [0, 1]
    assert [len(one.got) for one in (phone, other)] == [1, 0]

    broken.trouble = None
    await entries.async_setup(own.entry_id)
    await change_alert(home, alert, notify=[*notify, late.entity_id])
    await restart(home)
    await shut(home)

    assert [len(one.letters) for one in (broken, box, late)] == [0, 2, 0]
    assert len(phone.got) == 2
    assert phone.got[1]["message"] != CLEAR
    assert [one["message"] for one in other.got] == [CLEAR]


async def test_quiet_hours_keep_what_can_wait(home: Household, phone: Phone) -> None:
    """It is shown at once, and told when they are over."""
    quiet = {"quiet_from": "06:00:00", "quiet_until": "09:30:00"}
    await add_alert(home, [LOW], notify=[phone.device_id], **quiet)
    await run_low(home)
    assert (active(home), phone.got) == ([LOW], [])
    await home.pass_time(2 * HOUR, 10 * MINUTE)
    [told] = phone.got
    assert "12 %" in told["message"]
    assert "push" not in told["data"]


async def test_much_at_once_is_told_in_few_words_and_not_at_night(
    home: Household, phone: Phone
) -> None:
    """An open car at once; of the rest two alone, and what is too much for an hour."""
    kinds = ["battery_dropped", "climate_left_on", "left_open", LOW, "update_available"]
    quiet = {"quiet_from": "06:00:00", "quiet_until": "10:30:00"}
    await add_alert(home, kinds, notify=[phone.device_id], zones=[], **quiet)
    home.car.operate("auto_conditioning_start")
    home.car.offer_update("2026.44.1")
    await run_low(home)
    await leave_open(home)
    await home.pass_time(10 * MINUTE, 5 * MINUTE)
    assert sorted(active(home)) == kinds
    assert [one["message"] for one in phone.got if "trunk" not in one["message"]] == []
    assert len(phone.got) == 1

    await home.pass_time(2 * HOUR, 10 * MINUTE)
    alone, digest = phone.got[1:3], phone.got[3]
    assert len(phone.got) == 4
    assert all("actions" in one["data"] for one in alone)
    assert "actions" not in digest["data"]
    first, *lines = digest["message"].splitlines()
    assert first == "Held back until now:"
    assert len(lines) == 2
    told = "\n".join([*(one["message"] for one in alone), *lines])
    wanted = ("Software 2026.44.1", "climate", "at 12 %", "to 12 %")
    assert [word for word in wanted if told.count(word) != 1] == []
    assert len(phone.shown) == 4

    await shut(home)
    assert "left_open" not in active(home)
    # There is no room for a word on what is over, so it is taken back.
    assert (len(phone.shown), phone.got[-1]["message"]) == (3, CLEAR)


async def test_what_comes_and_goes_is_told_once_and_then_that_it_is_silent(
    home: Household, phone: Phone
) -> None:
    """A trunk that opens by itself: four times within an hour, and then no more."""
    await add_alert(home, ["left_open"], notify=[phone.device_id], zones=[])
    home.car.operate("set_sentry_mode", on=True)

    async def flap() -> None:
        home.car.open_door("rt")
        # The list has to say first that the car is awake.
        await home.pass_time(2 * MINUTE, MINUTE)
        await look(home)
        await home.pass_time(5 * MINUTE, 5 * MINUTE)
        await look(home)
        home.car.close_door("rt")
        home.car.operate("door_lock")
        await look(home)
        await home.pass_time(2 * MINUTE, MINUTE)
        await look(home)

    for _ in range(5):
        await flap()
    told, over, silenced = [one["message"] for one in phone.got]
    assert "trunk" in told
    assert "closed and locked" in over
    assert "comes and goes too often" in silenced
    assert len(phone.shown) == 1

    await home.pass_time(6 * HOUR, 20 * MINUTE)
    await flap()
    assert [one["message"] for one in phone.got[3:]] == [ANY, over]


async def test_alerts_ask_for_nothing(home: Household) -> None:
    """Whatever they see, and however long: not one request more than without them."""
    assert EVENT_BUTTON not in home.hass.bus.async_listeners()
    home.car.open_door("rt")
    home.car.parts.battery.soc = 12
    await look(home)
    home.car.sleep_through()
    home.old_car.sleep_through()
    await home.pass_time(10 * MINUTE, MINUTE)

    async def asked_in_an_hour() -> list[str]:
        known = len(home.cloud.requests)
        await home.pass_time(HOUR, MINUTE)
        return [request.path for request in home.cloud.requests[known:]]

    without = await asked_in_an_hour()
    assert without
    await add_alert(home, [kind.key for kind in KINDS])
    assert EVENT_BUTTON in home.hass.bus.async_listeners()
    await home.pass_time(10 * MINUTE, MINUTE)
    assert await asked_in_an_hour() == without
    assert active(home) != []


async def test_a_changed_alert_counts_at_once_and_a_removed_one_takes_back(
    home: Household, phone: Phone
) -> None:
    """The one without a new start; the other leaves nothing on a phone."""
    alert = await add_alert(home, [LOW], notify=[phone.device_id])
    await leave_open(home)
    was = alerting(home)
    await change_alert(home, alert, kinds=[OPEN, LOW])
    await leave_open(home)
    assert (alerting(home), active(home)) == (was, [OPEN])
    assert len(phone.shown) == 1
    home.hass.config_entries.async_remove_subentry(home.entry, alert)
    await home.settle()
    await home.come_to_rest()
    assert phone.shown == {}
    assert home.state("binary_sensor", "alert").state == "unknown"


async def test_an_alert_that_cannot_be_read_does_nothing(
    home: Household, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told in the log; another one does its work."""
    await add_alert(home, [OPEN], quiet_from="noon")
    assert "A alert cannot be used: quiet_from" in caplog.text
    await add_alert(home, [LOW])
    await leave_open(home)
    await run_low(home)
    assert active(home) == [LOW]


async def test_an_owner_says_so_with_an_action(home: Household, phone: Phone) -> None:
    """What is so now is known; what may come is quiet for a while if it is named."""
    await add_alert(home, [OPEN, LOW], notify=[phone.device_id])
    device_id = device_of(home)
    refused = await refusal(home, "snooze_alert", device_id=device_id)
    assert refused.translation_key == "nothing_to_snooze"
    await leave_open(home)
    answer = await call(home, "snooze_alert", device_id=device_id, kind=OPEN)
    assert answer["vehicles"][device_id] == {"result": "acknowledged", "kinds": [OPEN]}
    await home.settle()
    assert phone.shown == {}
    answer = await call(
        home, "snooze_alert", device_id=device_id, kind=[LOW], duration="12:00:00"
    )
    assert answer["vehicles"][device_id] == {"result": "snoozed", "kinds": [LOW]}
    await run_low(home)
    assert set(active(home)) == {LOW, OPEN}
    assert phone.shown == {}
