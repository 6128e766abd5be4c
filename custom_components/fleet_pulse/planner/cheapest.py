"""The cheapest slots: which quarters of an hour to charge in.

Seen from the end of the time, a quarter is a step with three kinds of state:

    off ──begins a run, pays for switching──▶ bound 1 … bound m-1 ──▶ free
     ▲                                        (must go on)            │ may go on,
     └────────────────────────────────────────────────────────────────┘ may end

The value of a state is what the rest costs at least, for each number of quarters that
are still to be had; the way along the smallest values is the plan.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Final

from ..model.record import record
from .rate import Rate
from .window import Span, joined

SLOT: Final = timedelta(minutes=15)
"""Prices change at quarters of an hour at most, everywhere."""
_SWITCHING: Final = 0.05
"""What another start must save: so much of the spread of prices, for an hour."""
_BIAS: Final = 0.0005
"""What an hour earlier must save, in the same measure: otherwise the later is taken."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

type _Values = list[float]
type _Step = list[_Values]
"""The values of a step: off, bound …, free; each by quarters still to be had."""


@record
class Prices:
    """Prices over a time, with something to reckon with where none is known."""

    rates: tuple[Rate, ...]
    unknown: float
    """Reckoned with where nobody said a price."""
    spread: float

    def cost(self, span: Span) -> float:
        """Return what a kW costs over a span."""
        known, cost = 0.0, 0.0
        for rate in self.rates:
            hours = _hours_in(rate, span)
            known += hours
            cost += hours * rate.price
        return cost + (span.length / timedelta(hours=1) - known) * self.unknown

    def are_known(self, spans: Sequence[Span]) -> bool:
        """Say whether there is a price for every moment of them."""
        hours = sum(_hours_in(rate, span) for rate in self.rates for span in spans)
        wanted = sum(span.length / timedelta(hours=1) for span in spans)
        return abs(hours - wanted) < 1e-6

    @property
    def switching(self) -> float:
        """Return what another start must save."""
        return _SWITCHING * self.spread


def _hours_in(rate: Rate, span: Span) -> float:
    """Return how much of a span a price holds for."""
    overlap = min(rate.end, span.end) - max(rate.start, span.start)
    return max(overlap / timedelta(hours=1), 0.0)


def prices(rates: Sequence[Rate], over: Sequence[Span]) -> Prices | None:
    """Return the prices in a time; None: nobody said any.

    A price that is still to come is taken for the lowest known one, so that nothing is
    charged now for want of knowing better; being paid is not waited for.
    """
    met = tuple(
        rate
        for rate in sorted(rates, key=lambda rate: rate.start)
        if any(_hours_in(rate, span) for span in over)
    )
    if not met:
        return None
    low, high = min(r.price for r in met), max(r.price for r in met)
    spread = high - low or abs(high) or 1.0
    return Prices(rates=_apart(met), unknown=max(low, 0.0), spread=spread)


def _apart(rates: Sequence[Rate]) -> tuple[Rate, ...]:
    """Return prices of which each holds until the next one does."""
    ends = [*(rate.start for rate in rates[1:]), rates[-1].end]
    cut = (
        Rate(start=rate.start, end=min(rate.end, end), price=rate.price)
        for rate, end in zip(rates, ends, strict=True)
    )
    return tuple(rate for rate in cut if rate.start < rate.end)


def cheapest(
    free: Sequence[Span], needed: timedelta, known: Prices, minimum: timedelta
) -> tuple[Span, ...] | None:
    """Return the cheapest slots in a time; None: whole quarters cannot hold them.

    No run is shorter than the minimum, unless less than that is needed. What is more
    than needed, because a quarter is, is cut from where it is dearest.
    """
    slots = [*_slots(free)]
    count, least = -(-needed // SLOT), max(-(-minimum // SLOT), 1)
    surplus = SLOT * count - needed
    # Where every run is as short as can be, none can be cut: longer ones can.
    best = _cut(_runs(slots, known, count, least), surplus, known, minimum)
    if _is_long(best, minimum):
        return best
    longer = _cut(_runs(slots, known, count, least + 1), surplus, known, minimum)
    return (longer if _is_long(longer, minimum) else best) or None


def _is_long(runs: Sequence[Span], minimum: timedelta) -> bool:
    """Say whether there are runs, and none of them too short."""
    return bool(runs) and all(run.length >= minimum for run in runs)


def _runs(
    slots: Sequence[Span], known: Prices, count: int, least: int
) -> tuple[Span, ...]:
    """Return the cheapest quarters in runs of a least length; none: there are none."""
    if count > len(slots):
        return ()
    costs = _costs(slots, known)
    steps = _steps(slots, costs, count, min(least, count), known.switching)
    if steps[0][0][count] == inf:
        return ()
    return joined(slots[at] for at in _way(slots, costs, steps, count))


def _slots(free: Sequence[Span]) -> Iterator[Span]:
    """Yield the whole quarters of an hour in a time."""
    for span in free:
        at = _EPOCH + -(-(span.start - _EPOCH) // SLOT) * SLOT
        while at + SLOT <= span.end:
            yield Span(start=at, end=at + SLOT)
            at += SLOT


def _costs(slots: Sequence[Span], known: Prices) -> list[float]:
    """Return what each quarter costs, a later one a trifle less than an earlier."""
    last = slots[-1].start
    bias = _BIAS * known.spread * (SLOT / timedelta(hours=1))
    return [
        known.cost(slot) + bias * ((last - slot.start) / timedelta(hours=1))
        for slot in slots
    ]


def _steps(
    slots: Sequence[Span],
    costs: Sequence[float],
    count: int,
    least: int,
    switching: float,
) -> list[_Step]:
    """Return the values of every step, and of the end after the last one."""
    never = [inf] * (count + 1)
    done = [0.0, *never[1:]]
    steps = [[done, *([never] * (least - 1)), done]]
    for at in range(len(slots) - 1, -1, -1):
        goes_on = at > 0 and slots[at - 1].end == slots[at].start
        steps.append(_step(steps[-1], costs[at], switching, goes_on=goes_on))
    steps.reverse()
    return steps


def _step(after: _Step, cost: float, switching: float, *, goes_on: bool) -> _Step:
    """Return the values of a step by those of the one after it."""
    off = _least(after[0], _bought(after[1], cost + switching))
    never = [inf] * len(off)
    bound = [_bought(follows, cost) if goes_on else never for follows in after[2:]]
    free = _least(off, _bought(after[-1], cost)) if goes_on else off
    return [off, *bound, free]


def _bought(after: _Values, cost: float) -> _Values:
    """Return values with one quarter more to be had before."""
    return [inf, *(value + cost for value in after[:-1])]


def _least(some: _Values, others: _Values) -> _Values:
    """Return the smaller value of each two."""
    return [*map(min, some, others, strict=True)]


def _way(
    slots: Sequence[Span], costs: Sequence[float], steps: Sequence[_Step], count: int
) -> Iterator[int]:
    """Yield which quarters the smallest values lead through."""
    state, free = 0, len(steps[0]) - 1
    for at in range(len(slots)):
        if state == free and not _stays(slots, costs, steps, at, count):
            state = 0
        after = steps[at + 1]
        if state == 0 and after[0][count] <= steps[at][0][count]:
            continue
        state, count = min(state + 1, free), count - 1
        yield at
        if not count:
            return


def _stays(
    slots: Sequence[Span],
    costs: Sequence[float],
    steps: Sequence[_Step],
    at: int,
    count: int,
) -> bool:
    """Say whether a run that may end goes on."""
    if at == 0 or slots[at - 1].end != slots[at].start:
        return False
    return costs[at] + steps[at + 1][-1][count - 1] <= steps[at][0][count]


def _cut(
    runs: Sequence[Span], surplus: timedelta, known: Prices, minimum: timedelta
) -> tuple[Span, ...]:
    """Return runs without the surplus, taken from the dearest end that can spare it."""
    if surplus <= timedelta() or not runs:
        return tuple(runs)
    cuts = [*_cuts(runs, surplus)]
    long = [cut for cut in cuts if _is_long(cut, minimum)]
    return min(long or cuts, key=lambda cut: sum(known.cost(span) for span in cut))


def _cuts(runs: Sequence[Span], surplus: timedelta) -> Iterator[tuple[Span, ...]]:
    """Yield every way to take a surplus from one end of one run, the latest first."""
    for at, run in enumerate(runs):
        rest = runs[:at], runs[at + 1 :]
        late = Span(start=run.start + surplus, end=run.end)
        soon = Span(start=run.start, end=run.end - surplus)
        yield (*rest[0], late, *rest[1])
        yield (*rest[0], soon, *rest[1])
