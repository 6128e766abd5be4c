"""What other integrations tell only who asks: any action, workdays ahead, and prices.

Since Home Assistant's own integrations hold no lists in attributes any more, their
prices come from actions; which one is a row for each integration.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
import logging
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .model.record import record
from .planner.rate import Rate, rates_of_response

_LOGGER = logging.getLogger(__name__)

_WORKDAY: Final = ("workday", "check_date")

type Question = Callable[[str, date], Iterable[dict[str, Any]]]


@record
class PriceAction:
    """How an integration is asked for its prices of today and tomorrow."""

    action: str
    data: Question
    """By its config entry's id and today's date: what to call the action with."""


def _each_day(entry_id: str, today: date) -> Iterable[dict[str, Any]]:
    """Ask for one day at a time."""
    for day in (today, today + timedelta(days=1)):
        yield {"config_entry": entry_id, "date": day.isoformat()}


def _dutch(entry_id: str, today: date) -> Iterable[dict[str, Any]]:
    """Ask for a span of days, with taxes."""
    for day in (today, today + timedelta(days=1)):
        yield {
            "config_entry": entry_id,
            "incl_vat": True,
            "start": day.isoformat(),
            "end": day.isoformat(),
        }


def _span(_: str, today: date) -> Iterable[dict[str, Any]]:
    """Ask for everything between two days."""
    yield {
        "start": today.isoformat(),
        "end": (today + timedelta(days=2)).isoformat(),
    }


def _general(entry_id: str, _: date) -> Iterable[dict[str, Any]]:
    """Ask for what is taken from the grid."""
    yield {"config_entry_id": entry_id, "channel_type": "general"}


PRICE_ACTIONS: Final[Mapping[str, PriceAction]] = {
    "amberelectric": PriceAction(action="get_forecasts", data=_general),
    "easyenergy": PriceAction(action="get_energy_usage_prices", data=_dutch),
    "energyzero": PriceAction(action="get_energy_prices", data=_dutch),
    "nordpool": PriceAction(action="get_prices_for_date", data=_each_day),
    "tibber": PriceAction(action="get_prices", data=_span),
}


async def async_workdays(
    hass: HomeAssistant, entity_id: str, days: Iterable[date]
) -> dict[date, bool]:
    """Return which days are workdays, as far as the entity can tell of any but today."""
    if _platform(hass, entity_id) is None:
        return {}
    found = dict[date, bool]()
    for day in days:
        asked = {"entity_id": entity_id, "check_date": day.isoformat()}
        answer = await async_answer(hass, *_WORKDAY, asked)
        said = answer.get(entity_id)
        if not isinstance(said, Mapping) or not isinstance(said.get("workday"), bool):
            return {}
        found[day] = said["workday"]
    return found


async def async_prices(
    hass: HomeAssistant, entity_id: str, today: date
) -> tuple[Rate, ...]:
    """Return the prices of today and tomorrow that an integration tells who asks."""
    platform = _platform(hass, entity_id)
    entry = er.async_get(hass).async_get(entity_id)
    question = PRICE_ACTIONS.get(platform or "")
    if platform is None or entry is None or question is None:
        return ()
    zone, found = dt_util.get_default_time_zone(), dict[datetime, Rate]()
    for asked in question.data(entry.config_entry_id or "", today):
        answer = await async_answer(hass, platform, question.action, asked)
        told = rates_of_response(platform, answer, zone)
        found |= {rate.start: rate for rate in told}
    return tuple(found[start] for start in sorted(found))


def _platform(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return which integration an entity is of."""
    entry = er.async_get(hass).async_get(entity_id)
    return None if entry is None else entry.platform


async def async_answer(
    hass: HomeAssistant, domain: str, action: str, asked: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return what an action answers; where it fails or is not there, nothing is known."""
    if not hass.services.has_service(domain, action):
        return {}
    try:
        answer = await hass.services.async_call(
            domain, action, dict(asked), blocking=True, return_response=True
        )
    except (HomeAssistantError, vol.Invalid) as err:
        # Tomorrow's prices are not out yet, or the other integration has trouble.
        _LOGGER.debug("%s.%s answered nothing: %s", domain, action, type(err).__name__)
        return {}
    return answer if isinstance(answer, Mapping) else {}
