"""When to charge: the cheapest time up to a deadline, else the latest that is safe."""

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime, timedelta
from typing import Final

from ..model.record import record
from .cheapest import Prices, cheapest, prices
from .rate import Rate
from .window import Span, common, joined, total

_MINIMUM: Final = timedelta(minutes=30)
_SLACK: Final = timedelta(minutes=7)
"""By how much a plan may turn out too short and be kept: half of the least buffer."""


@record
class Basis:
    """What a plan was made of."""

    free: tuple[Span, ...] = ()
    rates: tuple[Rate, ...] = ()

    def since(self, now: datetime) -> Basis:
        """Return what of it is still to come."""
        ahead = [span for span in self.free if span.end > now]
        return Basis(
            free=tuple(
                Span(start=max(span.start, now), end=span.end) for span in ahead
            ),
            rates=tuple(rate for rate in self.rates if rate.end > now),
        )


@record
class Plan:
    """When a car means to charge."""

    spans: tuple[Span, ...] = ()
    cost: float | None = None
    """Of one kW all that time, in the currency of the prices; None: not known."""
    is_late: bool = False
    """There is less time than is needed: all of it is used."""
    basis: Basis = field(default=Basis(), compare=False, repr=False)

    @property
    def start(self) -> datetime | None:
        """Return when it begins."""
        return self.spans[0].start if self.spans else None

    @property
    def end(self) -> datetime | None:
        """Return when it is done."""
        return self.spans[-1].end if self.spans else None

    @property
    def price(self) -> float | None:
        """Return what a kWh costs on average."""
        hours = total(self.spans) / timedelta(hours=1)
        return None if self.cost is None or not hours else self.cost / hours

    def covers(self, moment: datetime) -> bool:
        """Say whether it charges at a moment."""
        return any(span.covers(moment) for span in self.spans)


def plan(
    *,
    now: datetime,
    since: datetime,
    deadline: datetime,
    needed: timedelta,
    rates: Sequence[Rate] = (),
    windows: Sequence[Span] = (),
    before: Plan | None = None,
    minimum: timedelta = _MINIMUM,
) -> Plan:
    """Return when to charge for as long as is needed, in time for a deadline.

    Nothing lies outside the windows, if there are any, nor before now and `since`, nor
    after the deadline; nor is it ever more than needed. Without prices it is the latest
    time that suffices. The plan of before is kept unless it no longer fits or another
    saves more than a start is worth.
    """
    free = _free(max(now, since), deadline, windows)
    if needed <= timedelta() or not free:
        return Plan(cost=None, is_late=needed > timedelta())
    known = prices(rates, free)
    basis = Basis(free=free, rates=known.rates if known else ())
    is_late = total(free) < needed
    kept = None if is_late else _kept(before, free, needed)
    if kept and before and _is_same(before, basis, needed):
        spans = kept
    elif known is None or is_late:
        spans = kept or latest(free, needed)
    else:
        spans = _best(free, needed, known, minimum, kept)
    return Plan(spans=spans, cost=_cost(spans, known), is_late=is_late, basis=basis)


def _is_same(before: Plan, basis: Basis, needed: timedelta) -> bool:
    """Say whether there is nothing new since a plan was made."""
    now = basis.free[0].start
    rest = common(before.spans, basis.free)
    return before.basis.since(now) == basis and total(rest) - needed <= _SLACK


def latest(free: Sequence[Span], needed: timedelta) -> tuple[Span, ...]:
    """Return the latest time that suffices, or all there is."""
    taken: list[Span] = []
    for span in reversed(free):
        if needed <= timedelta():
            break
        start = max(span.start, span.end - needed)
        taken.append(Span(start=start, end=span.end))
        needed -= span.end - start
    return tuple(reversed(taken))


def _free(
    start: datetime, deadline: datetime, windows: Sequence[Span]
) -> tuple[Span, ...]:
    """Return the time in which charging may be."""
    whole = Span(start=start, end=deadline)
    return common([whole], windows) if windows else joined([whole])


def _kept(
    before: Plan | None, free: Sequence[Span], needed: timedelta
) -> tuple[Span, ...] | None:
    """Return what is left of a plan, if it still suffices and is still allowed."""
    if before is None or before.is_late:
        return None
    ahead = Span(start=free[0].start, end=max((free[-1].end, *_ends(before))))
    rest = common(before.spans, [ahead])
    if not rest or total(rest) + _SLACK < needed or common(rest, free) != rest:
        return None
    return _first(rest, needed)


def _ends(plan: Plan) -> tuple[datetime, ...]:
    """Return when the spans of a plan end."""
    return tuple(span.end for span in plan.spans)


def _first(spans: Sequence[Span], needed: timedelta) -> tuple[Span, ...]:
    """Return the first of spans that suffice: what is over is cut from the end."""
    taken: list[Span] = []
    for span in spans:
        end = min(span.end, span.start + needed)
        taken.append(Span(start=span.start, end=end))
        needed -= end - span.start
        if needed <= timedelta():
            break
    return tuple(taken)


def _best(
    free: Sequence[Span],
    needed: timedelta,
    known: Prices,
    minimum: timedelta,
    kept: tuple[Span, ...] | None,
) -> tuple[Span, ...]:
    """Return the cheapest time, or what is kept if that is hardly dearer."""
    late = latest(free, needed)
    best = cheapest(free, needed, known, minimum) or late
    if _price(late, known) < _price(best, known):
        best = late
    if kept is None:
        return best
    # Per hour, because what is kept may be shorter by the slack.
    saved = _price(kept, known) / total(kept).total_seconds()
    saved -= _price(best, known) / total(best).total_seconds()
    return best if saved * total(kept).total_seconds() > known.switching else kept


def _price(spans: Sequence[Span], known: Prices) -> float:
    """Return what a kW costs in spans."""
    return sum(known.cost(span) for span in spans)


def _cost(spans: Sequence[Span], known: Prices | None) -> float | None:
    """Return what a kW costs in spans, if every price is known."""
    if known is None or not known.are_known(spans):
        return None
    return _price(spans, known)
