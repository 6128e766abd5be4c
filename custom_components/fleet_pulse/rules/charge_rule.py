"""What an owner asks of the charging of a car."""

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from ..model.invalid import InvalidInput
from ..model.read import (
    chosen,
    date_of,
    dates,
    days,
    entity,
    minutes,
    number,
    time_of,
    whole,
    words,
)
from ..model.record import record

_AMPS: Final = (5, 80)
"""Cars take less only when told twice, and no charger gives more."""
_FLOORS: Final = (5, 90)
_LIMITS: Final = (50, 100)
"""What cars take as their limit."""
_PRIORITIES: Final = (-100, 100)
_WATTS: Final = (100, 50_000)
_DELAYS: Final = (0, 120)
_DAY: Final = 24 * 60
_CAPS: Final = (-100_000, 100_000)
"""Per kWh, in whatever currency: Norway's øre and Hungary's forint included."""


class PriceMode(StrEnum):
    """What a rule makes of prices."""

    CHEAPEST = "cheapest"
    """The cheapest slots that suffice."""
    BELOW_CAP = "below_cap"
    """Whenever it costs at most so much."""


@record
class Price:
    """Where prices come from."""

    entity: str
    mode: PriceMode = PriceMode.CHEAPEST
    cap: float | None = None

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Read what a form wrote; raises InvalidInput."""
        mode = chosen(data, "mode", PriceMode, "invalid_choice")
        cap = number(data, "cap", _CAPS, "number_invalid")
        if mode is PriceMode.BELOW_CAP and cap is None:
            raise InvalidInput("cap", "cap_missing")
        return cls(entity=entity(data, "entity"), mode=mode, cap=cap)


@record
class Solar:
    """When there is sun enough to charge with."""

    entity: str
    """Surplus in watts; positive is to be had."""
    min_w: float = 1400
    on_delay: timedelta = timedelta(minutes=5)
    off_delay: timedelta = timedelta(minutes=10)

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Read what a form wrote; raises InvalidInput."""
        watts = number(data, "min_w", _WATTS, "number_invalid")
        return cls(
            entity=entity(data, "entity"),
            min_w=1400 if watts is None else watts,
            on_delay=minutes(data, "on_delay", _DELAYS, timedelta(minutes=5)),
            off_delay=minutes(data, "off_delay", _DELAYS, timedelta(minutes=10)),
        )


@record
class WallWindow:
    """A window on the wall clock; it belongs to the day on which it starts."""

    start: time
    end: time
    """At or before the start is the next day."""

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Read what a form wrote; raises InvalidInput."""
        start, end = time_of(data, "start"), time_of(data, "end")
        if start is None or end is None:
            raise InvalidInput("windows", "window_incomplete")
        if start == end:
            raise InvalidInput("windows", "window_empty")
        return cls(start=start, end=end)

    @property
    def minutes(self) -> tuple[int, int]:
        """Return its bounds in minutes after the midnight before it starts."""
        start, end = (at.hour * 60 + at.minute for at in (self.start, self.end))
        return start, end if end > start else end + _DAY

    def meets(self, other: WallWindow) -> bool:
        """Say whether two windows of every day have a minute in common."""
        (start, end), (first, last) = self.minutes, other.minutes
        return any(
            start < last + shift and first + shift < end for shift in (-_DAY, 0, _DAY)
        )


@record
class ChargeRule:
    """A charge rule; times are wall times of Home Assistant's zone."""

    id: str
    """Of its subentry."""
    name: str
    vin: str
    target_soc: int
    days: frozenset[int] = frozenset()
    """Weekdays, Monday is 0."""
    dates: frozenset[date] = frozenset()
    """Instead of weekdays."""
    skip_dates: frozenset[date] = frozenset()
    workday_entity: str | None = None
    """Says which dates are workdays: the rule is for those among its days only."""
    zones: tuple[str, ...] = ("zone.home",)
    """Entity ids; none is anywhere."""
    ready_by: time | None = None
    """On a day that is the day of departure: its night begins the evening before."""
    windows: tuple[WallWindow, ...] = ()
    floor_soc: int | None = None
    """Below this the car charges at once, whatever the time."""
    daily_limit: int | None = None
    """The car's limit between occurrences; None leaves the owner's own."""
    amps: int | None = None
    price: Price | None = None
    solar: Solar | None = None
    priority: int = 0
    expires: date | None = None
    """The last day on which it counts."""
    dry_run: bool = False
    """Says what it would do, and does nothing."""

    @classmethod
    def load(cls, id: str, name: str, data: Mapping[str, Any]) -> Self:
        """Read the data of a subentry; raises InvalidInput."""
        if not data.get("car"):
            raise InvalidInput("car", "car_missing")
        rule = cls(
            id=id,
            name=name,
            vin=str(data["car"]),
            **_when(data),
            **_how_much(data),
            zones=words(data, "zones", ("zone.home",)),
            price=_part(data, "price", Price.load),
            solar=_part(data, "solar", Solar.load),
            priority=whole(data, "priority", _PRIORITIES, "number_invalid") or 0,
            dry_run=bool(data.get("dry_run", False)),
        )
        rule._check()
        return rule

    def _check(self) -> None:
        """Refuse what cannot be meant; raises InvalidInput."""
        has_time = bool(self.ready_by or self.windows or self.price or self.solar)
        if not has_time and self.floor_soc is None:
            raise InvalidInput("ready_by", "time_missing")
        if has_time and not (self.days or self.dates):
            raise InvalidInput("days", "days_missing")
        floor = self.floor_soc or 0
        if self.target_soc < floor:
            raise InvalidInput("target_soc", "target_under_floor")
        if self.daily_limit is not None and self.daily_limit < floor:
            raise InvalidInput("daily_limit", "limit_under_floor")

    @property
    def entities(self) -> frozenset[str]:
        """Return the entities without which it cannot be decided."""
        named = {*self.zones, self.workday_entity}
        named |= {part.entity for part in (self.price, self.solar) if part}
        return frozenset(name for name in named if name)


def _when(data: Mapping[str, Any]) -> dict[str, Any]:
    """Read on which days and at what times; raises InvalidInput."""
    windows = tuple(WallWindow.load(raw) for raw in data.get("windows") or ())
    for index, window in enumerate(windows):
        if any(window.meets(other) for other in windows[:index]):
            raise InvalidInput("windows", "windows_overlap")
    return {
        "days": days(data),
        "dates": frozenset(dates(data, "dates")),
        "skip_dates": frozenset(dates(data, "skip_dates")),
        "workday_entity": data.get("workday_entity") or None,
        "ready_by": time_of(data, "ready_by"),
        "windows": windows,
        "expires": date_of(data, "expires"),
    }


def _how_much(data: Mapping[str, Any]) -> dict[str, Any]:
    """Read the levels and the current; raises InvalidInput."""
    target = whole(data, "target_soc", _LIMITS, "target_range")
    if target is None:
        raise InvalidInput("target_soc", "target_range")
    return {
        "target_soc": target,
        "floor_soc": whole(data, "floor_soc", _FLOORS, "floor_range"),
        "daily_limit": whole(data, "daily_limit", _LIMITS, "limit_range"),
        "amps": whole(data, "amps", _AMPS, "amps_range"),
    }


def _part[T](
    data: Mapping[str, Any], field: str, load: Callable[[Mapping[str, Any]], T]
) -> T | None:
    """Read a part that need not be there; what is wrong is told by its place in it."""
    raw = data.get(field)
    if not raw:
        return None
    try:
        return load(raw)
    except InvalidInput as err:
        raise InvalidInput(f"{field}.{err.field}", err.key) from err
