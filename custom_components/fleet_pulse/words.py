"""Sentences about rules: the one place that makes words of what rooms return.

A sentence is what is so, and then the details that are known, in the order of a table:

    Waits for its time: from tomorrow 02:15, 38 % now, 80 % by tomorrow 07:30.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import TemperatureConverter

from .const import DOMAIN
from .model.record import record
from .rules.charge_rule import ChargeRule, PriceMode
from .rules.departure import Departure
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
        return _option(hass, "days", WEEK[day.weekday()])
    return day.isoformat()


# ---- a rule


@callback
def async_rule(hass: HomeAssistant, rule: ChargeRule) -> str:
    """Return what a charge rule asks for, in one line."""
    parts = [async_days(hass, rule), *_times(hass, rule)]
    parts.append(async_text(hass, "rule_target", {"target": rule.target_soc}))
    if rule.floor_soc is not None:
        parts.append(async_text(hass, "rule_floor", {"floor": rule.floor_soc}))
    return ", ".join(parts)


@callback
def async_rule_name(hass: HomeAssistant, rule: ChargeRule) -> str:
    """Return how a charge rule is called to which its owner gives no name."""
    return ", ".join([async_days(hass, rule), *_times(hass, rule)[:1]])


@callback
def async_days(hass: HomeAssistant, rule: ChargeRule) -> str:
    """Return for which days a rule is."""
    if rule.dates:
        return ", ".join(day.isoformat() for day in sorted(rule.dates))
    return async_week(hass, [WEEK[day] for day in sorted(rule.days)])


@callback
def async_week(hass: HomeAssistant, days: Sequence[str]) -> str:
    """Return how some days of the week are called together."""
    if len(days) in (0, len(WEEK)):
        return async_text(hass, "rule_every_day", {})
    for group, members in GROUPS.items():
        if tuple(days) == members:
            return _option(hass, "rule_days", group)
    return ", ".join(_option(hass, "days", day) for day in days)


def _times(hass: HomeAssistant, rule: ChargeRule) -> list[str]:
    """Return when, and by what, a rule has its car charge."""
    said = []
    if rule.ready_by is not None:
        words = {"time": async_word(hass, rule.ready_by)}
        said.append(async_text(hass, "rule_ready_by", words))
    for window in rule.windows:
        start, end = async_word(hass, window.start), async_word(hass, window.end)
        said.append(async_text(hass, "rule_window", {"start": start, "end": end}))
    if rule.price is not None:
        is_capped = rule.price.mode is PriceMode.BELOW_CAP
        cap = {"cap": async_word(hass, rule.price.cap)}
        said.append(
            async_text(hass, "rule_below_cap", cap)
            if is_capped
            else async_text(hass, "rule_cheapest", {})
        )
    if rule.solar is not None:
        watts = {"watts": async_word(hass, rule.solar.min_w)}
        said.append(async_text(hass, "rule_solar", watts))
    return said


@callback
def async_next(
    hass: HomeAssistant,
    start: datetime | None,
    deadline: datetime | None,
    ready: datetime | None = None,
) -> str:
    """Return what a charge rule does next."""
    moments = {"start": start, "deadline": deadline, "ready": ready}
    words = {key: async_word(hass, at) for key, at in moments.items() if at is not None}
    key = {
        (True, True): "next_start_deadline",
        (True, False): "next_start",
        (False, True): "next_deadline",
        (False, False): "next_nothing",
    }[start is not None, deadline is not None]
    said = async_text(hass, key, words)
    return said if ready is None else f"{said} {async_text(hass, 'next_ready', words)}"


# ---- a departure


@callback
def async_departure_source(
    hass: HomeAssistant, rule: Departure, charge_rules: Mapping[str, str]
) -> str:
    """Return where departures come from; charge rules are given by title."""
    if rule.calendar is not None:
        state = hass.states.get(rule.calendar.entity)
        name = rule.calendar.entity if state is None else state.name
        return async_text(hass, "departure_of_calendar", {"calendar": name})
    if rule.rule is not None:
        name = charge_rules.get(rule.rule, rule.rule)
        return async_text(hass, "departure_of_rule", {"rule": name})
    days = async_week(hass, [WEEK[day] for day in sorted(rule.days)])
    time_of_day = async_word(hass, rule.at)
    return async_text(hass, "departure_weekly", {"days": days, "time": time_of_day})


@callback
def async_departure(
    hass: HomeAssistant, rule: Departure, charge_rules: Mapping[str, str]
) -> str:
    """Return what a departure asks for, in one line."""
    parts = [async_departure_source(hass, rule, charge_rules)]
    if rule.temperature is not None:
        unit = hass.config.units.temperature_unit
        shown = TemperatureConverter.convert(
            rule.temperature, UnitOfTemperature.CELSIUS, unit
        )
        words = {"temperature": async_word(hass, round(shown, 1)), "unit": unit}
        parts.append(async_text(hass, "departure_temperature", words))
    if rule.weather is not None:
        parts.append(async_text(hass, "departure_weather", {}))
    return ", ".join(parts)


@callback
def async_next_departure(
    hass: HomeAssistant, leaves: datetime | None, starts: datetime | None
) -> str:
    """Return when somebody leaves next, and when the climate begins for that."""
    if leaves is None:
        return async_text(hass, "leave_unknown", {})
    words = {"deadline": async_word(hass, leaves)}
    if starts is None:
        return async_text(hass, "leave_next", words)
    words["start"] = async_word(hass, starts)
    return async_text(hass, "leave_next_start", words)


# ---- texts


def _texts(hass: HomeAssistant, category: str) -> Mapping[str, str]:
    """Return the texts of a category in the language of this Home Assistant."""
    language = hass.config.language
    return async_get_cached_translations(hass, language, category, DOMAIN)


def _option(hass: HomeAssistant, kind: str, word: str) -> str:
    """Return how a choice of a list is called."""
    key = f"component.{DOMAIN}.selector.{kind}.options.{word}"
    return _texts(hass, "selector").get(key, word)
