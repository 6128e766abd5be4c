"""What a car's wakes came to, as entities and actions show it."""

from typing import Any

from homeassistant.util import dt as dt_util

from .coordinator import VehicleCoordinator
from .fleet.wake import Tally, WakeAttempt, tally
from .fleet.wake_news import of_attempt


def counted(vehicle: VehicleCoordinator) -> Tally:
    """Return how often a car was woken in 24 hours, and may be still."""
    account = vehicle.account
    return tally(
        account.journal.wakes,
        vehicle.vin,
        now=dt_util.utcnow(),
        limits=account.limits,
    )


def last_wake(vehicle: VehicleCoordinator) -> WakeAttempt | None:
    """Return the last attempt at a car, which may be going on."""
    wakes = reversed(vehicle.account.journal.wakes)
    return next((wake for wake in wakes if wake.vin == vehicle.vin), None)


def last_wake_said(vehicle: VehicleCoordinator) -> dict[str, Any]:
    """Return who wanted the last attempt, and what became of it."""
    attempt = last_wake(vehicle)
    if attempt is None or attempt.outcome is None:
        return {}
    news = of_attempt(attempt)
    return {
        "reason": news.reason,
        "result": news.result,
        "seconds": round(news.took.total_seconds()),
        "posts": news.posts,
    }
