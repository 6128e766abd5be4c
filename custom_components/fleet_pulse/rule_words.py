"""What rules and departures are, and what they do next, in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.unit_conversion import TemperatureConverter

from .rules.charge_rule import ChargeRule, PriceMode
from .rules.departure import Departure
from .rules.view import RuleView
from .words import GROUPS, WEEK, async_option, async_sentence, async_text, async_word

# ---- a rule


@callback
def async_rule(hass: HomeAssistant, rule: ChargeRule) -> str:
    """Return what a charge rule asks for, in one line."""
    parts = [async_days(hass, rule), *_times(hass, rule)]
    parts.append(async_text(hass, "rule_target", {"target": rule.target_soc}))
    if rule.floor_soc is not None:
        parts.append(async_text(hass, "rule_floor", {"floor": rule.floor_soc}))
    if rule.dry_run:
        parts.append(async_text(hass, "rule_dry_run", {}))
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
            return async_option(hass, "rule_days", group)
    return ", ".join(async_option(hass, "days", day) for day in days)


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
    rule: ChargeRule,
    start: datetime | None,
    deadline: datetime | None,
    ready: datetime | None = None,
) -> str:
    """Return what a charge rule does next."""
    moments = {"start": start, "deadline": deadline, "ready": ready}
    words = {key: async_word(hass, at) for key, at in moments.items() if at is not None}
    key = {
        (True, True): "next_start_deadline" if rule.ready_by else "next_window",
        (True, False): "next_start",
        (False, True): "next_deadline" if rule.ready_by else "next_nothing",
        (False, False): "next_nothing",
    }[start is not None, deadline is not None]
    said = async_text(hass, key, words)
    return said if ready is None else f"{said} {async_text(hass, 'next_ready', words)}"


@callback
def async_outlook(hass: HomeAssistant, rule: ChargeRule, view: RuleView) -> str:
    """Return what a charge rule does next, and what it does right now."""
    start, deadline, ready = view.next_start, view.next_deadline, view.estimated_ready
    # What is planned to the minute needs not be said twice.
    ready = None if ready == deadline else ready
    following = async_next(hass, rule, start, deadline, ready)
    return f"{following}\n\n{async_now(hass, view)}"


@callback
def async_now(hass: HomeAssistant, view: RuleView) -> str:
    """Return what a rule does right now, and why."""
    return async_text(hass, "rule_now", {"now": async_sentence(hass, view.reason)})


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
        if (title := charge_rules.get(rule.rule)) is None:
            return async_text(hass, "departure_of_gone_rule", {})
        return async_text(hass, "departure_of_rule", {"rule": title})
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
def async_next_departure(hass: HomeAssistant, leaves: datetime | None) -> str:
    """Return when somebody leaves next."""
    if leaves is None:
        return async_text(hass, "leave_unknown", {})
    return async_text(hass, "leave_next", {"deadline": async_word(hass, leaves)})
