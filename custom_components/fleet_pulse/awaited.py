"""What automations can wait for: which event tells it, and what may be chosen of it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .alert_news import ATTR_KIND, EVENT_ALERT
from .alerts.kind import Severity
from .alerts.kinds import BY_KEY
from .alerts.news import NewsKind as AlertNewsKind
from .car_news import EVENT_CAR
from .fleet.wake_news import WokenBy
from .model.happened import CarNewsKind
from .model.record import record
from .promises import (
    EVENT_COMMAND_DROPPED,
    EVENT_COMMAND_REFUSED,
    EVENT_COMMAND_UNCONFIRMED,
)
from .rule_news import EVENT_RULE
from .rules.reason import DepartureWhy
from .rules.view import NewsKind

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@record
class Awaited:
    """One trigger."""

    key: str
    events: tuple[str, ...]
    """The events of Home Assistant's bus that tell it."""
    type: str | None = None
    """The `type` that such an event has; None: each event is this."""
    is_of_car: bool = False
    """It is about a car: a rule that is chosen stands for its car."""
    options: Mapping[str, Any] = _NOTHING
    """By the key in the event what may be chosen; who chooses nothing wants all."""

    @property
    def schema(self) -> dict[vol.Marker, Any]:
        """Return what may be chosen, each one or several."""
        return {
            vol.Optional(key): vol.All(cv.ensure_list, [one])
            for key, one in self.options.items()
        }


def _one_of(words: type[StrEnum]) -> Any:
    """Return a check for one of the words of a list."""
    return vol.In([word.value for word in words])


def _alert(kind: AlertNewsKind) -> Awaited:
    """Return the trigger on alerts that begin, or end."""
    return Awaited(
        key=f"alert_{kind}",
        events=(EVENT_ALERT,),
        type=kind,
        is_of_car=True,
        options={ATTR_KIND: vol.In(list(BY_KEY)), "severity": _one_of(Severity)},
    )


def _car(kind: CarNewsKind, **options: Any) -> Awaited:
    """Return the trigger on something that a car does, which is called the same."""
    return Awaited(
        key=kind.value, events=(EVENT_CAR,), type=kind, is_of_car=True, options=options
    )


def _rule(
    key: str, kind: NewsKind, *, is_of_car: bool = False, **options: Any
) -> Awaited:
    """Return the trigger on something that a rule does, or that keeps it from that."""
    return Awaited(
        key=key, events=(EVENT_RULE,), type=kind, is_of_car=is_of_car, options=options
    )


_ZONE: Final = cv.entity_domain("zone")

AWAITED: Final = (
    _alert(AlertNewsKind.CLEARED),
    _alert(AlertNewsKind.RAISED),
    _car(CarNewsKind.ARRIVED, zone=_ZONE),
    _car(CarNewsKind.CHARGING_COMPLETE),
    _car(CarNewsKind.CHARGING_STARTED),
    _car(CarNewsKind.CHARGING_STOPPED),
    Awaited(
        key="command_refused",
        events=(
            EVENT_COMMAND_DROPPED,
            EVENT_COMMAND_REFUSED,
            EVENT_COMMAND_UNCONFIRMED,
        ),
        is_of_car=True,
    ),
    _rule("deadline_missed", NewsKind.DEADLINE_MISSED),
    _car(CarNewsKind.FELL_ASLEEP),
    _rule("hold_began", NewsKind.HOLD_BEGAN, is_of_car=True),
    _rule("hold_ended", NewsKind.HOLD_ENDED, is_of_car=True),
    _car(CarNewsKind.LEFT, zone=_ZONE),
    _car(CarNewsKind.PLUGGED_IN),
    _rule("preconditioning_ready", NewsKind.READY),
    _rule(
        "preconditioning_skipped",
        NewsKind.PRECONDITIONING_SKIPPED,
        reason=_one_of(DepartureWhy),
    ),
    _rule("preconditioning_started", NewsKind.PRECONDITIONING_STARTED),
    _rule("rule_started", NewsKind.RULE_STARTED),
    _rule("target_reached", NewsKind.TARGET_REACHED),
    _car(CarNewsKind.UNPLUGGED),
    _car(CarNewsKind.WOKE_UP, by=_one_of(WokenBy)),
)
"""Sorted by key; `triggers.yaml` and the texts have the same."""
