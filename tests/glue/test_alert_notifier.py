"""What phones and others get of each message, and what is logged where they do not."""

from dataclasses import replace
import logging
from typing import Final

from homeassistant.util import dt as dt_util
import pytest

from custom_components.fleet_pulse.alert_notifier import CLEAR, AlertNotifier
from custom_components.fleet_pulse.alerts.alert import Alert
from custom_components.fleet_pulse.alerts.kind import Severity
from custom_components.fleet_pulse.alerts.news import Act, Episode, Message

from .household import Household
from .pushing import Phone, home, letterbox, phone, push

__all__ = ["home", "phone", "push"]

LOUD: Final = {"interruption-level": "time-sensitive"}
SOFT: Final = {"interruption-level": "passive"}


def episode(home: Household, kind: str = "left_open") -> Episode:
    """Give an episode."""
    moment = dt_util.utcnow()
    return Episode(
        id=kind,
        alert="watch",
        vin=home.car.vin,
        kind=kind,
        severity=Severity.SECURITY,
        since=moment,
        said_at=moment,
        value="trunk",
        values={"open": ("trunk",)},
    )


def message(home: Household, act: Act, *episodes: Episode) -> Message:
    """Give a message."""
    return Message(
        act=act,
        alert="watch",
        vin=home.car.vin,
        tag="a tag",
        kind="left_open",
        episodes=episodes,
        until=dt_util.utcnow(),
    )


async def test_each_message_comes_in_its_own_way(home: Household, phone: Phone) -> None:
    """Loud and with buttons, softly in its place, or taken back; others get words."""
    box = await letterbox(home, "Kitchen")
    alert = Alert(id="watch", name="Watch", notify=(phone.device_id, box.entity_id))
    notifier = AlertNotifier(home.hass, home.entry)
    known = episode(home)
    mild = replace(known, severity=Severity.WARNING)
    several = (mild, replace(mild, kind="low_battery", value=12))
    all_of_them = {phone.device_id, box.entity_id}
    await notifier.async_send(message(home, Act.TELL, known), alert, ())
    await notifier.async_send(message(home, Act.TELL, mild), alert, ())
    await notifier.async_send(message(home, Act.TELL_OVER, known), alert, all_of_them)
    await notifier.async_send(message(home, Act.RETRACT, known), alert, ())
    await notifier.async_send(message(home, Act.DIGEST, *several), alert, ())
    await notifier.async_send(message(home, Act.SILENCED), alert, ())
    ways = [(one["data"].get("push"), "actions" in one["data"]) for one in phone.got]
    assert ways == [
        (LOUD, True),
        (None, True),
        (SOFT, False),
        (None, False),
        (None, False),
        (None, False),
    ]
    said = [one["message"] for one in phone.got]
    assert said[3] == CLEAR
    assert [text.partition(": ")[2] for text in box.letters] == [*said[:3], *said[4:]]
    assert said[4].count("\n- ") == len(several)
    assert "away from home" in said[5]
    assert {one["data"]["tag"] for one in phone.got} == {"a tag"}
    assert home.car.vin not in str(phone.got)


async def test_trouble_with_somebody_is_logged_once_and_its_end_too(
    home: Household, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    """As long as it lasts; one that is away is trouble, too."""
    caplog.set_level(logging.INFO, "custom_components.fleet_pulse.alert_notifier")
    box = await letterbox(home, "Kitchen")
    alert = Alert(id="watch", name="Watch", notify=(box.entity_id, phone.device_id))
    notifier = AlertNotifier(home.hass, home.entry)
    tell = message(home, Act.TELL, episode(home))

    async def logged(trouble: Exception | None, *, is_away: bool = False) -> list[str]:
        caplog.clear()
        box.trouble = trouble
        box._attr_available = not is_away
        box.async_write_ha_state()
        await notifier.async_send(tell, alert, ())
        own = "alert_notifier"
        return [one.levelname for one in caplog.records if own in one.name]

    assert await logged(OSError("no paper")) == ["WARNING"]
    assert await logged(None, is_away=True) == []
    assert await logged(None) == ["INFO"]
    assert await logged(None) == []
    assert (len(box.letters), len(phone.got)) == (2, 4)
