"""What alerts are, whom they tell, and what they tell, in words."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.unit_conversion import PressureConverter

from . import alert_targets
from .alerts.alert import Alert
from .alerts.kind import Kind
from .alerts.kinds import BY_KEY, KINDS
from .alerts.news import Episode
from .model.field import Unit
from .words import async_option, async_text, async_word

_PARTS: Final = "alert_part"
"""The selector whose options name parts of a car."""
_NAMED: Final = ("open", "tyre")
"""What a sentence quotes that is named there."""

# ---- an alert


@callback
def async_alert_name(hass: HomeAssistant) -> str:
    """Return how an alert is called to which its owner gives no name."""
    return async_text(hass, "alert_name", {})


@callback
def async_kind(hass: HomeAssistant, kind: str) -> str:
    """Return how a kind is called."""
    return async_option(hass, "alert_kind", kind)


@callback
def async_names(hass: HomeAssistant, kinds: Iterable[str]) -> str:
    """Return how several kinds are called, a line each."""
    return _list(async_kind(hass, kind) for kind in kinds)


def _list(lines: Iterable[str]) -> str:
    """Return lines in the order in which they are looked for."""
    return "\n".join(f"- {line}" for line in sorted(lines))


@callback
def own_unit(hass: HomeAssistant, kind: Kind) -> str | None:
    """Return in which unit people here say it, if not in the one in which it is kept."""
    if kind.unit is not Unit.BAR:
        return None
    pressure = SensorDeviceClass.PRESSURE
    return hass.config.units.get_converted_unit(pressure, kind.unit)


@callback
def async_kinds(hass: HomeAssistant, alert: Alert) -> str:
    """Return of what an alert tells, a line each, as its form has them."""
    lines = [_line(hass, row, alert) for row in KINDS if row.key in alert.kinds]
    return _list(lines)


def _line(hass: HomeAssistant, row: Kind, alert: Alert) -> str:
    """Return a kind, and from where on it is told."""
    name = async_kind(hass, row.key)
    if row.threshold is None or row.limits is None:
        return name
    threshold = _amount(hass, row, alert.threshold(row.key, row.threshold))
    words = {"kind": name, "threshold": threshold}
    return async_text(hass, f"alert_at_{row.key}", words)


def _amount(hass: HomeAssistant, row: Kind, value: float) -> str:
    """Return an amount with its unit, as people here say it; an hour is one's clock's."""
    if row.unit is Unit.HOUR:
        return async_word(hass, time(int(value)))
    unit = own_unit(hass, row)
    if unit is not None:
        value = round(PressureConverter.convert(value, Unit.BAR, unit), 1)
    said = async_word(hass, float(value))
    return f"{said} {unit or row.unit or ''}".strip()


@callback
def async_whom(hass: HomeAssistant, alert: Alert) -> str:
    """Return whom an alert tells, and when not."""
    if not alert.notify:
        return async_text(hass, "alert_to_nobody", {})
    names = ", ".join(async_target(hass, one) for one in alert.notify)
    said = async_text(hass, "alert_to", {"names": names})
    if alert.quiet_from is None or alert.quiet_until is None:
        return said
    hours = {
        "start": async_word(hass, alert.quiet_from),
        "end": async_word(hass, alert.quiet_until),
    }
    return f"{said} {async_text(hass, 'alert_quiet', hours)}"


@callback
def async_target(hass: HomeAssistant, target: str) -> str:
    """Return how somebody or a place is called, or what it was that is gone."""
    if (name := alert_targets.async_name(hass, target)) is not None:
        return name
    is_entity = alert_targets.is_entity(target)
    key = "alert_entity_gone" if is_entity else "alert_phone_gone"
    return async_text(hass, key, {"entity": target})


# ---- what is told


@callback
def async_alert_text(
    hass: HomeAssistant, episode: Episode, *, is_over: bool = False
) -> str:
    """Return the sentence that tells of an episode, or of its end."""
    row = BY_KEY[episode.kind]
    words = {
        **{key: _word(hass, key, value) for key, value in episode.values.items()},
        "at": async_word(hass, episode.said_at),
        "since": async_word(hass, episode.since),
    }
    for key, value in (("value", episode.value), ("threshold", episode.threshold)):
        if isinstance(value, (int, float)):
            words[key] = _amount(hass, row, value)
        elif value is not None:
            words[key] = value
    return async_text(hass, f"alert_{episode.kind}{'_over' * is_over}", words)


def _word(hass: HomeAssistant, key: str, value: Any) -> str:
    """Return what a sentence quotes; doors and tires have names of their own."""
    if isinstance(value, (list, tuple)):
        return ", ".join(_word(hass, key, one) for one in value)
    return (
        async_option(hass, _PARTS, value) if key in _NAMED else async_word(hass, value)
    )


@callback
def async_digest(hass: HomeAssistant, episodes: Iterable[Episode]) -> str:
    """Return what was too much to be told one by one."""
    lines = "\n".join(f"- {async_alert_text(hass, one)}" for one in episodes)
    return async_text(hass, "alert_digest", {"lines": lines})


@callback
def async_silenced(hass: HomeAssistant, kind: str, until: datetime) -> str:
    """Return that a kind came and went too often."""
    words = {"kind": async_kind(hass, kind), "until": async_word(hass, until)}
    return async_text(hass, "alert_silenced", words)
