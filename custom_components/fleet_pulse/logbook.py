"""What the logbook says of a car's wakes and commands, and of the budget.

Only Home Assistant's logbook loads this. It asks for the words at the moment it shows
an event, so they are taken from the texts that are in memory already.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID, ATTR_NAME
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import (
    async_get_cached_translations,
    async_get_exception_message,
)
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .errors import Problem
from .fleet.errors import WakeRefused
from .fleet.wake_news import WakeKind
from .promises import EVENT_COMMAND_DROPPED, EVENT_COMMAND_UNCONFIRMED, EVENT_WAKE
from .spending import EVENT_BUDGET_REACHED

type Described = dict[str, str]
type Describe = Callable[[Event], Described]

_MESSAGE: Final = "message"
"""The logbook's own word; to import it from there would load the recorder."""
_TEXTS: Final[Mapping[str, str]] = {
    EVENT_BUDGET_REACHED: "logbook_budget_reached",
    EVENT_COMMAND_DROPPED: "logbook_command_dropped",
    EVENT_COMMAND_UNCONFIRMED: "logbook_command_unconfirmed",
}
_WAKE_TEXTS: Final[Mapping[str, str]] = {
    WakeKind.AWAKE: "logbook_wake_awake",
    WakeKind.FAILED: "logbook_wake_failed",
    WakeKind.LOST: "logbook_wake_lost",
    WakeKind.REFUSED: "logbook_wake_refused",
}


@callback
def async_describe_events(
    hass: HomeAssistant, describe: Callable[[str, str, Describe], None]
) -> None:
    """Say how each event of ours reads."""
    for event in (*_TEXTS, EVENT_WAKE):
        describe(DOMAIN, event, partial(_described, hass))


@callback
def _described(hass: HomeAssistant, event: Event) -> Described:
    """Return which car or account an event is about, and what happened."""
    data = event.data
    device = dr.async_get(hass).async_get(data.get(ATTR_DEVICE_ID) or "")
    name = None if device is None else device.name_by_user or device.name
    kind = data.get("type", WakeKind.LOST)
    text = _words(hass, _TEXTS.get(str(event.event_type)) or _WAKE_TEXTS[kind])
    for key, word in {"message": "", "why": _why(data), **data}.items():
        text = text.replace(f"{{{key}}}", str(word))
    return {ATTR_NAME: name or "Fleet Pulse", _MESSAGE: text.strip()}


def _words(hass: HomeAssistant, key: str) -> str:
    """Return a text in the language of this Home Assistant."""
    language, name = hass.config.language, f"component.{DOMAIN}.common.{key}"
    texts = async_get_cached_translations(hass, language, "common", DOMAIN)
    # A translation that lags behind must not cost the whole logbook.
    return texts.get(name, key)


def _why(data: Mapping[str, Any]) -> str:
    """Return why a wake was refused, and when another try may succeed."""
    if data.get("type") != WakeKind.REFUSED:
        return ""
    retry_at = dt_util.parse_datetime(data["retry_at"] or "")
    problem = Problem(WakeRefused(data["result"], retry_at=retry_at))
    return async_get_exception_message(DOMAIN, problem.key, problem.placeholders)
