"""What is told of a car is a sentence that says when the car said it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest

from custom_components.fleet_pulse import alert_words
from custom_components.fleet_pulse.alerts.kinds import BY_KEY, KINDS
from custom_components.fleet_pulse.alerts.news import Episode
from custom_components.fleet_pulse.const import DOMAIN

SAID: Final = datetime(2026, 7, 4, 10, 5, tzinfo=UTC)
DUE: Final = SAID + timedelta(hours=20)
PLAN: Final = {"rule": "Work", "deadline": DUE, "estimated_ready": DUE, "target": 80}
SEEN: Final[Mapping[str, Mapping[str, Any]]] = {
    "account_trouble": {"value": "key_lost", "values": {"troubles": ("key_lost",)}},
    "battery_dropped": {"value": 4.0, "values": {"from": 80, "to": 76.0}},
    "budget": {"value": 82, "threshold": 80},
    "charging_stopped": {"value": 71, "threshold": 80},
    "left_open": {"value": "frunk", "values": {"open": ("frunk", "unlocked")}},
    "left_open_at_home": {"value": "unlocked", "values": {"open": ["unlocked"]}},
    "low_battery": {"value": 18.0, "threshold": 20.0},
    "not_plugged_in": {"threshold": 20.0, "values": PLAN},
    "tyre_pressure": {
        "value": 2.31,
        "threshold": 2.4,
        "values": {"tyre": "rear_left"},
    },
    "update_available": {"value": "2026.20.1"},
    "update_installed": {"value": "2026.20.1"},
    "will_not_be_ready": {"value": 40, "threshold": 15, "values": PLAN},
}
"""What kinds see; the others see nothing but that it is so."""


@pytest.fixture
async def hass(hass: HomeAssistant, enable_custom_integrations: None) -> HomeAssistant:
    """Give a Home Assistant in Berlin that has read the texts."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    for category in ("common", "selector"):
        await async_get_translations(hass, "en", category, [DOMAIN])
    return hass


def episode(kind: str) -> Episode:
    """Give an episode of a kind."""
    return Episode(
        id="1",
        alert="a",
        vin="v",
        kind=kind,
        severity=BY_KEY[kind].severity,
        since=SAID,
        said_at=SAID,
        **SEEN.get(kind, {}),
    )


def test_every_kind_that_quotes_is_tried() -> None:
    """None is left of a kind that is gone."""
    assert set(SEEN) <= set(BY_KEY)


@pytest.mark.parametrize("kind", BY_KEY)
async def test_every_kind_is_told_in_whole_sentences(
    hass: HomeAssistant, kind: str
) -> None:
    """Nothing is left to be filled in, and no word of the program's own shows."""
    texts = [
        alert_words.async_alert_text(hass, episode(kind), is_over=is_over)
        for is_over in (False, True)
    ]
    broken = [
        text
        for text in texts
        if "{" in text or "_" in text or "None" in text or not text.endswith(".")
    ]
    assert broken == []
    assert texts[0] != texts[1]


TOLD: Final = [
    pytest.param(
        "low_battery",
        "The battery is at 18 %, below 20 % (said today 12:05).",
        id="an amount",
    ),
    pytest.param(
        "left_open",
        "The car was left with: frunk open, doors unlocked (said today 12:05).",
        id="parts of the car",
    ),
    pytest.param(
        "tyre_pressure",
        "The rear left tire needs air: it has 2.31 bar (said today 12:05).",
        id="a tire",
    ),
    pytest.param(
        "will_not_be_ready",
        "“Work” is to have the car ready by tomorrow 08:05, "
        "but that is expected about tomorrow 08:05.",
        id="a plan",
    ),
]


@pytest.mark.parametrize(("kind", "said"), TOLD)
@pytest.mark.freeze_time(SAID)
async def test_a_sentence_quotes_what_was_seen(
    hass: HomeAssistant, kind: str, said: str
) -> None:
    """In the words and by the clock of those who live here."""
    assert alert_words.async_alert_text(hass, episode(kind)) == said


async def test_psi_is_told_to_those_who_use_it(hass: HomeAssistant) -> None:
    """Whatever it is kept in."""
    hass.config.units = US_CUSTOMARY_SYSTEM
    said = alert_words.async_alert_text(hass, episode("tyre_pressure"))
    assert "33.5 psi" in said


@pytest.mark.freeze_time(SAID)
async def test_what_was_held_back_is_told_at_once(hass: HomeAssistant) -> None:
    """A line for each; and a kind that is silenced by its name."""
    episodes = [episode(row.key) for row in KINDS]
    lines = alert_words.async_digest(hass, episodes).splitlines()
    assert len(lines) == len(KINDS) + 1
    silenced = alert_words.async_silenced(hass, "low_battery", DUE)
    assert silenced == (
        "“Low battery” comes and goes too often. "
        "It is not told again before tomorrow 08:05."
    )
