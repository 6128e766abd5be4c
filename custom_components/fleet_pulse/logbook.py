"""What the logbook says of a car's wakes, commands, rules, alerts, and of the budget.

Only Home Assistant's logbook uses this. It asks for the words when it shows an event,
in a thread of the recorder: so they come from the texts that are in memory already.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID, ATTR_NAME
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from .alert_news import ATTR_KIND, EVENT_ALERT
from .alerts.news import NewsKind as AlertNewsKind
from .const import DOMAIN
from .errors import Problem
from .fleet.errors import WakeRefused
from .fleet.wake_news import WakeKind
from .promises import EVENT_COMMAND_DROPPED, EVENT_COMMAND_UNCONFIRMED, EVENT_WAKE
from .rule_news import EVENT_RULE
from .rules.view import NewsKind
from .spending import EVENT_BUDGET_REACHED
from .words import async_option

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
_RULE_TEXTS: Final[Mapping[str, str]] = {
    NewsKind.DEADLINE_MISSED: "logbook_rule_deadline_missed",
    NewsKind.HOLD_BEGAN: "logbook_rule_hold_began",
    NewsKind.HOLD_ENDED: "logbook_rule_hold_ended",
    NewsKind.PRECONDITIONING_SKIPPED: "logbook_rule_preconditioning_skipped",
    NewsKind.PRECONDITIONING_STARTED: "logbook_rule_preconditioning_started",
    NewsKind.READY: "logbook_rule_ready",
    NewsKind.RULE_STARTED: "logbook_rule_started",
    NewsKind.TARGET_REACHED: "logbook_rule_target_reached",
}
_ALERT_TEXTS: Final[Mapping[str, str]] = {
    AlertNewsKind.CLEARED: "logbook_alert_cleared",
    AlertNewsKind.RAISED: "logbook_alert_raised",
}
_TYPED: Final = {
    EVENT_ALERT: _ALERT_TEXTS,
    EVENT_RULE: _RULE_TEXTS,
    EVENT_WAKE: _WAKE_TEXTS,
}
"""Events that read by their type, and their texts."""


@callback
def async_describe_events(
    hass: HomeAssistant, describe: Callable[[str, str, Describe], None]
) -> None:
    """Say how each event of ours reads."""
    for event in (*_TEXTS, *_TYPED):
        describe(DOMAIN, event, partial(_described, hass))


@callback
def _described(hass: HomeAssistant, event: Event) -> Described:
    """Return which car or account an event is about, and what happened."""
    data = event.data
    device = dr.async_get(hass).async_get(data.get(ATTR_DEVICE_ID) or "")
    name = None if device is None else device.name_by_user or device.name
    key = _key(str(event.event_type), data)
    words = {"message": "", "why": _why(hass, data), **data}
    if ATTR_KIND in data:
        words["alert"] = async_option(hass, "alert_kind", str(data[ATTR_KIND]))
    text = _filled(_text(hass, "common", key), words)
    return {ATTR_NAME: name or "Fleet Pulse", _MESSAGE: text}


def _key(event: str, data: Mapping[str, Any]) -> str:
    """Return the key of what an event says, by its type where it has any.

    Anybody may fire an event of any type: its name must do then.
    """
    return _TEXTS.get(event) or _TYPED[event].get(str(data.get("type")), event)


def _why(hass: HomeAssistant, data: Mapping[str, Any]) -> str:
    """Return why a wake was refused, and when another try may succeed."""
    if data.get("type") != WakeKind.REFUSED:
        return ""
    retry_at = dt_util.parse_datetime(data["retry_at"] or "")
    problem = Problem(WakeRefused(data["result"], retry_at=retry_at))
    text = _text(hass, "exceptions", f"{problem.key}.message")
    return _filled(text, problem.placeholders)


def _text(hass: HomeAssistant, category: str, key: str) -> str:
    """Return a text in the language of this Home Assistant."""
    language, name = hass.config.language, f"component.{DOMAIN}.{category}.{key}"
    texts = async_get_cached_translations(hass, language, category, DOMAIN)
    # A translation that lags behind must not cost the whole logbook.
    return texts.get(name, key)


def _filled(text: str, words: Mapping[str, Any]) -> str:
    """Return a text with the words it quotes; one that is missing costs nothing."""
    for key, word in words.items():
        text = text.replace(f"{{{key}}}", str(word))
    return text.strip()
