"""What rooms return is said in words: each reason, each moment, each rule."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from homeassistant.util import dt as dt_util
import pytest

from custom_components.fleet_pulse import rule_words, words
from custom_components.fleet_pulse.rules.charge_rule import ChargeRule
from custom_components.fleet_pulse.rules.memory import HeldBy
from custom_components.fleet_pulse.rules.reason import ChargeWhy, DepartureWhy, Reason

from .household import Household

MIDNIGHT: Final = datetime(2026, 3, 2, 23, tzinfo=UTC)
"""The beginning of a Tuesday in Berlin."""


@pytest.fixture
async def house(house: Household) -> Household:
    """Give a home with the texts of the integration, early on a Tuesday."""
    await house.prepare()
    house.freezer.move_to(MIDNIGHT)
    return house


def at(hours: float) -> datetime:
    """Give a moment, in hours from midnight."""
    return MIDNIGHT + timedelta(hours=hours)


SENTENCES: Final = [
    pytest.param(ChargeWhy.IDLE, {}, "Has nothing to do now.", id="nothing known"),
    pytest.param(
        ChargeWhy.WAITING,
        {
            "start": at(2.25),
            "level": 38,
            "target": 80,
            "deadline": at(7.5),
            "price": 0.21,
        },
        "Waits for its time: from today 02:15, 38 % now, 80 % by today 07:30,"
        " 0.21 per kWh.",
        id="the whole of it",
    ),
    pytest.param(
        ChargeWhy.WINDOW,
        {"target": 80, "until": at(30)},
        "Charges in its window: up to 80 %, until tomorrow 06:00.",
        id="a window",
    ),
    pytest.param(
        ChargeWhy.MISSED,
        {"deadline": at(7.5)},
        "Charges on, although it was not ready in time: by today 07:30.",
        id="a deadline without a target",
    ),
    pytest.param(
        ChargeWhy.HOLD,
        {"by": HeldBy.LIMIT, "until": None},
        "Leaves the car alone for now: somebody changed the limit.",
        id="what is not known is not said",
    ),
    pytest.param(
        ChargeWhy.OVERRULED,
        {"rule": "Work", "something": "else"},
        "Waits, as another rule goes first: that is “Work”.",
        id="another rule",
    ),
    pytest.param(
        ChargeWhy.CHEAP,
        {"price": -0.05, "cap": 0.0},
        "Charges while power is cheap: -0.05 per kWh, at most 0 per kWh.",
        id="below nothing",
    ),
    pytest.param(
        DepartureWhy.COMFORTABLE,
        {"temperature": 18.0},
        "Does nothing, as it is comfortable without: 18 °C outside.",
        id="mild",
    ),
    pytest.param(
        DepartureWhy.ENTITY_MISSING,
        {"entity": "calendar.gone"},
        "Pauses, as Home Assistant no longer has what it goes by: calendar.gone.",
        id="an entity that is gone",
    ),
]


@pytest.mark.parametrize(("why", "values", "said"), SENTENCES)
async def test_a_reason_is_a_sentence(
    house: Household,
    why: ChargeWhy | DepartureWhy,
    values: dict[str, Any],
    said: str,
) -> None:
    """It says what is so, and all that is known of it."""
    reason = Reason(why=why, values=values)
    assert words.async_sentence(house.hass, reason) == said


@pytest.mark.parametrize("why", [*ChargeWhy, *DepartureWhy])
async def test_every_reason_has_a_sentence(
    house: Household, why: ChargeWhy | DepartureWhy
) -> None:
    """None is told by its key."""
    said = words.async_sentence(house.hass, Reason(why=why))
    assert said[0].isupper()
    assert "_" not in said


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        pytest.param(0, "today 00:00", id="now"),
        pytest.param(23.5, "today 23:30", id="late"),
        pytest.param(24, "tomorrow 00:00", id="midnight"),
        pytest.param(-0.5, "2026-03-02 23:30", id="over"),
        pytest.param(51, "Thursday 03:00", id="the day after tomorrow"),
        pytest.param(24 * 6, "Monday 00:00", id="six days ahead"),
        pytest.param(24 * 7, "2026-03-10 00:00", id="the same day next week"),
        pytest.param(24 * 27, "2026-03-30 01:00", id="after the clock was put forward"),
    ],
)
async def test_a_moment_is_said_as_people_say_it(
    house: Household, hours: float, said: str
) -> None:
    """By its day, as long as that is clear."""
    assert words.async_moment(house.hass, at(hours)) == said


async def test_a_language_without_words_shows_something(house: Household) -> None:
    """English is what Home Assistant falls back to."""
    house.hass.config.language = "de"
    said = words.async_sentence(house.hass, Reason(why=ChargeWhy.IDLE))
    assert said


async def test_the_same_moment_elsewhere_is_said_as_there(house: Household) -> None:
    """Home Assistant's zone counts."""
    dt_util.set_default_time_zone(await dt_util.async_get_time_zone("Asia/Kolkata"))
    assert words.async_moment(house.hass, at(7.5)) == "today 12:00"


@pytest.mark.parametrize(
    ("known", "said"),
    [
        pytest.param((None, None), "Nothing is foreseen in the next days.", id="none"),
        pytest.param((at(2), None), "Charging begins today 02:00.", id="a start"),
        pytest.param(
            (None, at(7)), "The car is to be ready by today 07:00.", id="an end"
        ),
        pytest.param(
            (at(2), at(7), at(6)),
            "Charging begins today 02:00, and the car is to be ready by today 07:00."
            " It is expected to be full enough about today 06:00.",
            id="all",
        ),
    ],
)
async def test_what_comes_next_is_said(
    house: Household, known: tuple[datetime | None, ...], said: str
) -> None:
    """As far as it is known."""
    rule = ChargeRule(id="1", name="", vin="", target_soc=80, ready_by=time(7))
    assert rule_words.async_next(house.hass, rule, *known) == said
