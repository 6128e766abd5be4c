"""What the owner chose among an account's options, and what is usual."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from .const import (
    CONF_BUDGET,
    CONF_CURRENCY,
    CONF_HARD_STOP,
    CONF_LIST_EVERY,
    CONF_WAKE_POSTS,
    CONF_WAKES_DAILY,
    CONF_WAKES_SCHEDULED,
)
from .fleet.budget import Budget
from .fleet.waits import Waits
from .fleet.wake import Limits

DEFAULT_BUDGET: Final = Budget(amount=Decimal(10), currency="USD")
DEFAULT_LIST_EVERY: Final = 60
"""Seconds between two free lists."""
DEFAULT_WAKES: Final[Mapping[str, int]] = {
    CONF_WAKES_DAILY: Limits().daily,
    CONF_WAKES_SCHEDULED: Limits().daily_scheduled,
    CONF_WAKE_POSTS: Limits().max_posts,
}


def budget_of(options: Mapping[str, Any]) -> Budget:
    """Return what the owner allows an account to cost, or what is usual."""
    hard_stop = bool(options.get(CONF_HARD_STOP))
    if CONF_BUDGET not in options:
        return replace(DEFAULT_BUDGET, hard_stop=hard_stop)
    amount = Decimal(options[CONF_BUDGET])
    currency = options[CONF_CURRENCY]
    return Budget(amount=amount, currency=currency, hard_stop=hard_stop)


def waits_of(options: Mapping[str, Any], scale: float) -> Waits:
    """Return how long to wait for what, as the owner wants it.

    The list keeps nearer to real time: only the cars of a demo live faster, not Tesla.
    """
    list_every = options.get(CONF_LIST_EVERY, DEFAULT_LIST_EVERY)
    waits = Waits(list_every=timedelta(seconds=list_every))
    return replace(
        waits.scaled(scale),
        list_every=max(waits.list_every / scale, timedelta(seconds=5)),
        list_apart=waits.list_apart,
    )


def limits_of(options: Mapping[str, Any], scale: float) -> Limits:
    """Return how often the owner lets a car be woken, or what is usual."""
    chosen = {key: options.get(key, usual) for key, usual in DEFAULT_WAKES.items()}
    return Limits(
        daily=chosen[CONF_WAKES_DAILY],
        daily_scheduled=chosen[CONF_WAKES_SCHEDULED],
        max_posts=chosen[CONF_WAKE_POSTS],
    ).scaled(scale)
