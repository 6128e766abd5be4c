"""What an owner asks of the charging of a car."""

from datetime import date, time, timedelta
from enum import StrEnum

from ..model.record import record


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


@record
class Solar:
    """When there is sun enough to charge with."""

    entity: str
    """Surplus in watts; positive is to be had."""
    min_w: float = 1400
    on_delay: timedelta = timedelta(minutes=5)
    off_delay: timedelta = timedelta(minutes=10)


@record
class WallWindow:
    """A window on the wall clock; it belongs to the day on which it starts."""

    start: time
    end: time
    """At or before the start is the next day."""


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
