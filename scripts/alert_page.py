"""The page about alerts: what raises each, what clears it, and how often it is told."""

from collections.abc import Mapping
from datetime import timedelta
import json
from pathlib import Path
from typing import Any, Final

from custom_components import fleet_pulse
from custom_components.fleet_pulse.alerts.deliver import LIMITS
from custom_components.fleet_pulse.alerts.kind import Kind, Severity
from custom_components.fleet_pulse.alerts.kinds import DEFAULTS, KINDS, OFFERED
from custom_components.fleet_pulse.alerts.machine import FLAPS
from custom_components.fleet_pulse.alerts.timing import SILENT_FOR
from custom_components.fleet_pulse.model.field import Unit

TEXTS: Final[dict[str, Any]] = json.loads(
    (Path(fleet_pulse.__file__).parent / "translations/en.json").read_text(
        encoding="utf-8"
    )
)
HEAD: Final = """\
# Alerts

Made from the program's own table by `scripts/write_docs.py`: change that.

*Settings > Devices & services > Fleet Pulse for Tesla > Add alert* makes one: what to
be told of, whom to tell, and when not. Nothing is asked of Tesla for it and no car is
woken: an alert goes by what a car says anyway, and says when that was.

| Alert | In automations | Raised when | Over when | Must last | Told again | No older than | Yours to choose | Proposed |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |"""
FOOT: Final = f"""
- *Must last*: so long it must be so, by what the car said, before it is told.
- *No older than*: what the car said longer ago raises nothing.
- *Told again*: not before, for a car and an alert. What stays as it is, is told once.
- Of one car at most {LIMITS[0][1]} messages come in an hour and {LIMITS[1][1]} in a day; the rest comes in one
  message later. A kind that comes and goes more than {FLAPS} times an hour is silent for
  {SILENT_FOR // timedelta(hours=1)} hours, and says so.
- In quiet hours only what is marked with 🔒 is told; the rest waits for their end.
- That something is over is told only to those who were told that it began. On phones it
  takes the place of the first message.
- The buttons of a message on a phone, or the action `fleet_pulse.snooze_alert`, keep an
  alert silent for a while or until its next time.

An alert shows on the car itself: the binary sensor *Alert* is on as long as any goes on,
and the event entity *Alert* has each. Automations start with the triggers
`fleet_pulse.alert_raised` and `fleet_pulse.alert_cleared`
([triggers](automations.md)), whose `trigger.message` says it in words. All of this is for
kinds that one of your alerts has, whether it tells anybody or not.
"""
WHEN: Final[Mapping[str, tuple[str, str]]] = {
    "account_trouble": (
        (
            "something keeps the account from working; Settings > Repairs tells, so no"
            " message is sent"
        ),
        "it is mended",
    ),
    "awake_idle": (
        "awake and parked, and nothing keeps it awake that can be known",
        "it sleeps, or has something to do",
    ),
    "battery_dropped": (
        "parked, the battery lost more than {threshold} in 12 hours",
        "it charges or drives",
    ),
    "budget": (
        "50, 80 or 100 % of the month's budget are spent, but not below {threshold}",
        "a new month begins, or the budget is raised",
    ),
    "charging_stopped": (
        (
            "plugged in, it charged and does no more (or takes no power), below what it is to"
            " be charged to"
        ),
        "it charges, is full enough or unplugged",
    ),
    "climate_left_on": (
        (
            "the climate is on, nobody is inside, and it is not plugged in; not in Dog, Camp"
            " or Keep Mode"
        ),
        "it is off, plugged in, or somebody is inside",
    ),
    "left_open": (
        (
            "a door, window or trunk is open, or it is unlocked, nobody is inside, and it is"
            " not at home"
        ),
        "all is closed and locked, or somebody is inside",
    ),
    "left_open_at_home": (
        "the same at home",
        "the same",
    ),
    "low_battery": (
        "the battery is below {threshold}",
        "it is above {clears}, or charges",
    ),
    "not_plugged_in": (
        (
            "at home without a cable, from {threshold} on in the evening before a charge rule"
            " needs it"
        ),
        "it is plugged in, or not needed any more",
    ),
    "sentry_left_on": (
        "Sentry Mode is on, nobody is inside, and it is not plugged in",
        "it is off, plugged in, or somebody is inside",
    ),
    "telemetry_silent": (
        (
            "it drives or charges, and has stopped sending by itself; as no car sends by"
            " itself yet, nothing raises it"
        ),
        "it sends again",
    ),
    "tyre_pressure": (
        (
            "a tire that has stood for two hours has less than {threshold}, or the car itself"
            " warns"
        ),
        "every tire has more than {clears}",
    ),
    "update_available": (
        "another version of the software is offered",
        "it is installed, or not offered any more",
    ),
    "update_installed": (
        "the car runs another version than before",
        "a day later",
    ),
    "will_not_be_ready": (
        "it will be ready more than {threshold} after a charge rule needs it",
        "it will be ready in time",
    ),
}
"""When a kind is raised, and when it is over."""
ONCE_FOR: Final[Mapping[str, str]] = {
    "budget": "once for each share of a month",
    "not_plugged_in": "once an evening",
    "update_available": "once for each version",
    "update_installed": "once for each version",
    "will_not_be_ready": "once for each time to be ready by",
}
"""What is not told again at all of the same."""


def written() -> str:
    """Return the page."""
    return "\n".join([HEAD, *map(_row, KINDS), FOOT])


def _row(kind: Kind) -> str:
    """Return the line of a kind."""
    name = TEXTS["selector"]["alert_kind"]["options"][kind.key]
    lock = " 🔒" if kind.severity is Severity.SECURITY else ""
    numbers = _numbers(kind)
    raised, over = (text.format(**numbers) for text in WHEN[kind.key])
    cells = (
        f"{name}{lock}",
        f"`{kind.key}`",
        raised,
        over,
        _lasting(kind),
        _again(kind),
        _length(kind.max_age),
        numbers.get("range", ""),
        _proposed(kind),
    )
    return f"| {' | '.join(cells)} |"


def _proposed(kind: Kind) -> str:
    """Return whether the dialog has it chosen already, or has it at all."""
    if kind.key not in OFFERED:
        return "not offered yet"
    return "yes" if kind.key in DEFAULTS else "no"


def _numbers(kind: Kind) -> dict[str, str]:
    """Return the numbers that the words of a kind quote."""
    if kind.threshold is None or kind.limits is None:
        return {}
    clears = round(kind.threshold + (kind.clears_at or 0), 2)
    least, most = (_amount(kind, limit) for limit in kind.limits)
    return {
        "threshold": _amount(kind, kind.threshold),
        "clears": _amount(kind, clears),
        "range": f"{least} to {most}",
    }


def _amount(kind: Kind, value: float) -> str:
    """Return a number with its unit; an hour is one of the clock."""
    return f"{value:g}:00" if kind.unit is Unit.HOUR else f"{value:g} {kind.unit}"


def _lasting(kind: Kind) -> str:
    """Return how long it must be so first."""
    looks = "" if kind.looks == 1 else f"{kind.looks} readings"
    return looks or (_length(kind.hold) if kind.hold else "no time")


def _again(kind: Kind) -> str:
    """Return when it may be told again."""
    if kind.cooldown is None:
        return ONCE_FOR[kind.key]
    return f"after {_length(kind.cooldown)}" if kind.cooldown else "each time"


def _length(span: timedelta) -> str:
    """Return a length of time in words."""
    minutes = span // timedelta(minutes=1)
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
