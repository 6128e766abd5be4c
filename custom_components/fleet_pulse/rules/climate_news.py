"""What is told once of departures, for triggers."""

from .departures import Leaving
from .reason import DepartureWhy
from .view import News, NewsKind


def started(leaving: Leaving) -> News:
    """Return that preconditioning began."""
    return _news(NewsKind.PRECONDITIONING_STARTED, leaving)


def ready(leaving: Leaving) -> News:
    """Return that the car is as wished for, or that it is time to leave."""
    return _news(NewsKind.READY, leaving)


def skipped(leaving: Leaving, why: DepartureWhy) -> News:
    """Return that a departure is left out, and why."""
    return _news(NewsKind.PRECONDITIONING_SKIPPED, leaving, reason=why)


def _news(kind: NewsKind, leaving: Leaving, **values: DepartureWhy) -> News:
    """Return something about a departure."""
    return News(
        kind=kind,
        vin=leaving.departure.vin,
        rule=leaving.rule,
        values={"deadline": leaving.at, **values},
    )
