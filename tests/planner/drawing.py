"""Plans as drawings: one character a quarter of an hour."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from custom_components.fleet_pulse.planner.rate import Rate
from custom_components.fleet_pulse.planner.window import Span

QUARTER: Final = timedelta(minutes=15)
EVENING: Final = datetime(2026, 3, 2, 18, tzinfo=UTC)
"""Where drawings begin."""


def at(quarters: float) -> datetime:
    """Return a moment by its place in a drawing."""
    return EVENING + quarters * QUARTER


def drawn(spans: Iterable[Span], length: int) -> str:
    """Return spans as a drawing; a part of a quarter is shown as a dash."""
    spans = tuple(spans)
    return "".join(_mark(spans, quarter) for quarter in range(length))


def _mark(spans: tuple[Span, ...], quarter: int) -> str:
    """Return how a quarter is drawn."""
    whole = Span(start=at(quarter), end=at(quarter + 1))
    covered = sum(
        (min(span.end, whole.end) - max(span.start, whole.start)) / QUARTER
        for span in spans
        if span.meets(whole)
    )
    return "#" if covered > 0.999 else "-" if covered else "."


def spans_of(drawing: str) -> tuple[Span, ...]:
    """Return what a drawing shows, a quarter a piece."""
    return tuple(
        Span(start=at(quarter), end=at(quarter + 1))
        for quarter, mark in enumerate(drawing)
        if mark == "#"
    )


def priced(drawing: str, quarters: int = 4) -> tuple[Rate, ...]:
    """Return prices by their figures, tenths a kWh; a space is an unknown one."""
    return tuple(_priced(drawing, quarters))


def _priced(drawing: str, quarters: int) -> Iterator[Rate]:
    """Yield a price for each figure; a letter is as much below nothing: a is -0.1."""
    for place, figure in enumerate(drawing):
        start = at(place * quarters)
        end = start + quarters * QUARTER
        if figure.isdigit():
            yield Rate(start=start, end=end, price=int(figure) / 10)
        elif figure.isalpha():
            yield Rate(start=start, end=end, price=(ord("a") - 1 - ord(figure)) / 10)
