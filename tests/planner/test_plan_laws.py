"""Laws of plans, whatever the prices, the windows and the need."""

from datetime import timedelta
from typing import Final

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.planner.plan import Plan, plan
from custom_components.fleet_pulse.planner.rate import Rate
from custom_components.fleet_pulse.planner.window import Span, common, joined, total

from .drawing import QUARTER, at

MINUTE: Final = timedelta(minutes=1)
LENGTH: Final = 24 * 60
NEEDS: Final = st.integers(1, 16 * 60).map(lambda minutes: minutes * MINUTE)
PRICES: Final = st.integers(-40, 90).map(lambda price: price / 100)


@st.composite
def rates(draw: st.DrawFn) -> tuple[Rate, ...]:
    """Make up prices of a day, for each hour, half or quarter of one."""
    quarters = draw(st.sampled_from([1, 2, 4]))
    prices = draw(st.lists(PRICES, min_size=96 // quarters, max_size=96 // quarters))
    return tuple(
        Rate(start=at(place * quarters), end=at((place + 1) * quarters), price=price)
        for place, price in enumerate(prices)
    )


@st.composite
def windows(draw: st.DrawFn) -> tuple[Span, ...]:
    """Make up windows, in any order, which may overlap; or none."""
    edges = draw(
        st.lists(st.tuples(st.integers(0, LENGTH - 1), st.integers(1, 600)), max_size=4)
    )
    return tuple(
        Span(start=at(0) + begin * MINUTE, end=at(0) + (begin + length) * MINUTE)
        for begin, length in edges
    )


def made(
    needed: timedelta,
    prices: tuple[Rate, ...],
    allowed: tuple[Span, ...],
    *,
    now: timedelta = timedelta(),
    before: Plan | None = None,
) -> Plan:
    """Return a plan of a day."""
    return plan(
        now=at(0) + now,
        since=at(0),
        deadline=at(0) + LENGTH * MINUTE,
        needed=needed,
        rates=prices,
        windows=allowed,
        before=before,
    )


def free(allowed: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return the time in which charging may be."""
    whole = [Span(start=at(0), end=at(0) + LENGTH * MINUTE)]
    return common(whole, allowed or whole)


@settings(max_examples=150, deadline=None)
@given(NEEDS, rates() | st.just(()), windows())
def test_a_plan_never_exceeds_need_nor_window(
    needed: timedelta, prices: tuple[Rate, ...], allowed: tuple[Span, ...]
) -> None:
    """It is as long as needed or as there is time for, and wholly in the windows."""
    found = made(needed, prices, allowed)

    assert total(found.spans) == min(needed, total(free(allowed)))
    assert common(found.spans, free(allowed)) == found.spans
    assert found.is_late is (total(free(allowed)) < needed)


@settings(max_examples=150, deadline=None)
@given(NEEDS, rates(), windows())
def test_a_plan_never_costs_more_than_the_latest_start(
    needed: timedelta, prices: tuple[Rate, ...], allowed: tuple[Span, ...]
) -> None:
    """Whoever knows prices pays no more than who does not."""
    cheap = made(needed, prices, allowed)
    late = made(needed, (), allowed)

    assert cost(cheap, prices) <= cost(late, prices) + 1e-9
    assert cost(cheap, prices) == pytest.approx(cheap.cost or 0, abs=1e-9)


def cost(plan: Plan, prices: tuple[Rate, ...]) -> float:
    """Return what a kW costs over a plan, minute by minute of prices."""
    return sum(
        rate.price
        * (min(rate.end, span.end) - max(rate.start, span.start))
        / timedelta(hours=1)
        for rate in prices
        for span in plan.spans
        if span.start < rate.end and rate.start < span.end
    )


@settings(max_examples=150, deadline=None)
@given(NEEDS, rates() | st.just(()), windows(), st.integers(0, LENGTH - 1))
def test_a_plan_is_stable_under_replanning_with_nothing_new(
    needed: timedelta,
    prices: tuple[Rate, ...],
    allowed: tuple[Span, ...],
    minutes: int,
) -> None:
    """At any later minute, with as much charged as was planned, the rest is the same."""
    now = minutes * MINUTE
    first = made(needed, prices, allowed)
    rest = common(first.spans, [Span(start=at(0) + now, end=at(200))])
    still = needed - (total(first.spans) - total(rest))

    second = made(still, prices, allowed, now=now, before=first)

    assert second.spans == rest


@settings(max_examples=100, deadline=None)
@given(NEEDS, rates())
def test_no_run_is_short_where_there_is_a_choice(
    needed: timedelta, prices: tuple[Rate, ...]
) -> None:
    """Nothing is switched for less than half an hour, if so much is needed at all."""
    found = made(needed, prices, ())

    shortest = min(span.length for span in found.spans)
    assert shortest >= min(2 * QUARTER, needed)


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 24), st.lists(PRICES, min_size=24, max_size=24))
def test_no_other_choice_of_whole_hours_is_cheaper(
    hours: int, figures: list[float]
) -> None:
    """Where only hours and no starts count, it is the cheapest hours there are."""
    prices = tuple(
        Rate(start=at(4 * place), end=at(4 * place + 4), price=price)
        for place, price in enumerate(figures)
    )
    found = made(hours * 4 * QUARTER, prices, ())
    least = sum(sorted(figures)[:hours])
    spread = max(figures) - min(figures) or 1.0
    # Each start may cost 5 % of the spread for an hour, and being late a trifle more.
    worth = 0.05 * spread * (len(joined(found.spans)) + hours)

    assert least - 1e-9 <= (found.cost or 0) <= least + worth + 0.02 * spread * hours
