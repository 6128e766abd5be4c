"""Sentences about rules: the one place that makes words of what rooms return.

A sentence is what is so, and then the details that are known, in the order of a table:

    Waits for its time: from tomorrow 02:15, 38 % now, 80 % by tomorrow 07:30.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .model.record import record
from .rules.reason import ChargeWhy, Reason

WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The days as forms and subentries name them; Monday is 0."""
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "weekdays": WEEK[:5],
    "weekend": WEEK[5:],
}
"""What a form offers beside single days."""
_NEAR: Final = 6
"""So many days ahead the name of a day says which one is meant."""


@record
class _Detail:
    """A part of a sentence that is said if all it needs is known."""

    key: str
    needs: tuple[str, ...]
    unless: str | None = None
    """It is said better by a detail that knows this, too."""


_DETAILS: Final = (
    _Detail(key="detail_start", needs=("start",)),
    _Detail(key="detail_level", needs=("level",)),
    _Detail(key="detail_target_by", needs=("target", "deadline")),
    _Detail(key="detail_target", needs=("target",), unless="deadline"),
    _Detail(key="detail_deadline", needs=("deadline",), unless="target"),
    _Detail(key="detail_floor", needs=("floor",)),
    _Detail(key="detail_limit", needs=("limit",)),
    _Detail(key="detail_amps", needs=("amps",)),
    _Detail(key="detail_ready", needs=("ready",)),
    _Detail(key="detail_until", needs=("until",)),
    _Detail(key="detail_price", needs=("price",)),
    _Detail(key="detail_cap", needs=("cap",)),
    _Detail(key="detail_watts", needs=("watts",)),
    _Detail(key="detail_min_w", needs=("min_w",)),
    _Detail(key="detail_temperature", needs=("temperature",)),
    _Detail(key="detail_rule", needs=("rule",)),
    _Detail(key="detail_entity", needs=("entity",)),
    _Detail(key="detail_detail", needs=("detail",)),
)


def reason_key(reason: Reason) -> str:
    """Return the key of what is so."""
    kind = "charge" if isinstance(reason.why, ChargeWhy) else "departure"
    return f"{kind}_{reason.why.value}"


@callback
def async_sentence(hass: HomeAssistant, reason: Reason) -> str:
    """Return a sentence that says why, with all that is known of it."""
    words = {
        key: async_word(hass, value)
        for key, value in reason.values.items()
        if value is not None
    }
    if (named := words.get("entity")) is not None:
        words["entity"] = async_entity(hass, named)
    details = [
        async_text(hass, row.key, words)
        for row in _DETAILS
        if words.keys() >= set(row.needs) and row.unless not in words
    ]
    key = reason_key(reason)
    if (by := words.get("by")) is not None:
        details.insert(0, async_text(hass, f"held_by_{by}", words))
    said = async_text(hass, key, words)
    return f"{said}: {', '.join(details)}." if details else f"{said}."


@callback
def async_entity(hass: HomeAssistant, named: str) -> str:
    """Return how something is called that a rule goes by, and that is gone."""
    is_rule = "." not in named
    return async_text(hass, "rule_followed", {}) if is_rule else named


@callback
def async_text(hass: HomeAssistant, key: str, words: Mapping[str, Any]) -> str:
    """Return a text in the language of this Home Assistant, with the words it quotes.

    A translation that lags behind must cost neither a sentence nor a form.
    """
    text = _texts(hass, "common").get(f"component.{DOMAIN}.common.{key}", key)
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", str(word))
    return text


@callback
def async_word(hass: HomeAssistant, value: Any) -> str:
    """Return a value as it stands in a sentence."""
    match value:
        case datetime():
            return async_moment(hass, value)
        case time():
            return value.strftime("%H:%M")
        case float():
            return f"{value:.3f}".rstrip("0").rstrip(".")
        case _:
            return str(value)


@callback
def async_moment(hass: HomeAssistant, at: datetime) -> str:
    """Return a moment as people here say it: its day, and what the clock shows then."""
    local, today = dt_util.as_local(at), dt_util.now().date()
    words = {"time": f"{local:%H:%M}", "day": async_day(hass, local.date(), today)}
    return async_text(hass, "moment", words)


@callback
def async_day(hass: HomeAssistant, day: date, today: date) -> str:
    """Return how a day is called, seen from today."""
    ahead = (day - today) // timedelta(days=1)
    if ahead in (0, 1):
        return async_text(hass, ("moment_today", "moment_tomorrow")[ahead], {})
    if 1 < ahead <= _NEAR:
        return async_option(hass, "days", WEEK[day.weekday()])
    return day.isoformat()


# ---- texts


def _texts(hass: HomeAssistant, category: str) -> Mapping[str, str]:
    """Return the texts of a category in the language of this Home Assistant."""
    language = hass.config.language
    return async_get_cached_translations(hass, language, category, DOMAIN)


def async_option(hass: HomeAssistant, kind: str, word: str) -> str:
    """Return how a choice of a list is called."""
    key = f"component.{DOMAIN}.selector.{kind}.options.{word}"
    return _texts(hass, "selector").get(key, word)


def async_state(hass: HomeAssistant, platform: str, key: str, word: str) -> str:
    """Return how a state of an entity of ours is called."""
    name = f"component.{DOMAIN}.entity.{platform}.{key}.state.{word}"
    return _texts(hass, "entity").get(name, word)
