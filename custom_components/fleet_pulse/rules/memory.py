"""What the rules must remember of a car, over restarts; replaced, never edited."""

from collections.abc import Mapping
from dataclasses import field, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from ..model.record import record
from ..model.records import InvalidRecord, dump, load
from ..planner.window import Span

PLUG: Final = "plug"
"""The car charges because it was plugged in, which is nobody's wish in particular."""


class HeldBy(StrEnum):
    """What somebody else did that the rules respect."""

    AMPS = "amps"
    LIMIT = "limit"
    REQUEST = "request"
    """The owner's own word: the action `hold`."""
    START = "start"
    STOP = "stop"


@record
class Hold:
    """A time in which rules leave the car alone."""

    by: HeldBy
    since: datetime
    until: datetime | None = None
    """None: until unplugged, the next moment to be ready by, or `resume`."""


@record
class OneOff:
    """Charging asked for once, or an occurrence moved elsewhere."""

    id: str
    target_soc: int
    ready_by: datetime | None = None
    """None: at once."""
    start: datetime | None = None
    """Not before this moment."""
    name: str = ""
    made_at: datetime | None = None
    """What is asked for at once, and cannot be, is forgotten after a day."""


@record
class Raised:
    """A limit of ours for a while, and the owner's that it stands in for."""

    to: int
    restore: int
    why: str
    """Id of the rule or one-off."""
    at: datetime


@record
class Sent:
    """What was sent by us, so that its effect is not taken for somebody else's."""

    command: str
    at: datetime
    value: int | None = None
    waits: bool = False
    """It has not left yet: it waits for the car to be online."""
    is_excused: bool = False
    """Whatever kept the car from it may be mended: as a try it counts no more."""


@record
class Lock:
    """The rule that won, so that no other takes over half-way."""

    rule: str
    deadline: datetime | None
    target_soc: int


@record
class Planning:
    """When a rule means to charge: followed until it no longer fits."""

    end: datetime
    """Of the occurrence that it is for."""
    spans: tuple[Span, ...]


@record
class Skip:
    """An occurrence that is left out, or takes place elsewhere."""

    rule: str
    day: date


@record
class Past:
    """Something a rule did, for the calendar."""

    rule: str
    matter: str
    name: str
    day: date
    start: datetime
    end: datetime | None = None
    target_soc: int | None = None


@record
class Memory:
    """What must be remembered of one car."""

    baseline: int | None = None
    """The owner's own last limit."""
    hold: Hold | None = None
    held_until: datetime | None = None
    """When the last hold ended: what had begun before is over as well."""
    one_offs: tuple[OneOff, ...] = ()
    raised: Raised | None = None
    sent: tuple[Sent, ...] = ()
    started_by: str | None = None
    """The rule or one-off by which the car charges, or PLUG; None: not by us."""
    lock: Lock | None = None
    disabled: frozenset[str] = frozenset()
    """Rules and departures that the owner switched off."""
    skipped: frozenset[Skip] = frozenset()
    amps: int | None = None
    """The owner's own current, while a rule charges with another."""
    plans: Mapping[str, Planning] = field(default_factory=dict)
    """By rule or one-off."""
    past: tuple[Past, ...] = ()
    missed: frozenset[Skip] = frozenset()
    """Occurrences whose deadline passed, told once."""

    def dump(self) -> dict[str, Any]:
        """Return it as it lies on disk."""
        dumped: dict[str, Any] = dump(self)
        return dumped

    @classmethod
    def load(cls, raw: object) -> Memory:
        """Return what was dumped; what cannot be read was never known."""
        parts = raw if isinstance(raw, Mapping) else {}
        known = Memory()
        for name in (part.name for part in fields(cls)):
            if name not in parts:
                continue
            try:
                found = load(cls, {name: parts[name]})
            except InvalidRecord:
                continue
            known = replace(known, **{name: getattr(found, name)})
        return known
