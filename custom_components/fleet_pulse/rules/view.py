"""What entities, calendars and actions see of rules: values, made by the runner."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from ..model.record import record
from ..planner.window import Span
from .reason import Reason

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Matter(StrEnum):
    """What a rule is about; also the types of subentries."""

    CHARGING = "charge_rule"
    PRECONDITIONING = "departure"


@record
class RuleView:
    """One rule as it is now."""

    id: str
    matter: Matter
    name: str
    vin: str
    is_enabled: bool
    reason: Reason
    is_active: bool = False
    """It is what the car does now: charging or preconditioning by it."""
    next_start: datetime | None = None
    """When it will begin to charge or precondition; None: not foreseen."""
    next_deadline: datetime | None = None
    """The next departure, or the moment to be ready by, or the end of the window."""
    estimated_ready: datetime | None = None
    """When a charging car will have what it needs."""


@record
class CarView:
    """What the rules of one car come to."""

    reason: Reason
    winner: str | None = None
    """The id of the charge rule that decides."""
    hold_until: datetime | None = None
    is_on_hold: bool = False


@record
class Planned:
    """An occurrence in the calendar: past, under way or to come."""

    rule: str
    """Id of the rule, or of what was asked for once."""
    matter: Matter
    name: str
    day: date
    """The day it belongs to, which is how it is skipped or moved."""
    span: Span
    target_soc: int | None = None
    is_past: bool = False
    is_one_off: bool = False


class NewsKind(StrEnum):
    """What is told once, for triggers."""

    DEADLINE_MISSED = "deadline_missed"
    HOLD_BEGAN = "hold_began"
    HOLD_ENDED = "hold_ended"
    PRECONDITIONING_SKIPPED = "preconditioning_skipped"
    PRECONDITIONING_STARTED = "preconditioning_started"
    READY = "ready"
    RULE_STARTED = "rule_started"
    TARGET_REACHED = "target_reached"


@record
class News:
    """Something that just came about."""

    kind: NewsKind
    vin: str
    rule: str | None = None
    values: Mapping[str, Any] = _NOTHING
