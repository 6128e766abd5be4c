"""The steps of one attempt to wake a car: when to post, when to look, when to give up.

    post ─▶ look every 2 s for 30 s, then every 4 s ─▶ post again ─▶ looks ─▶ failed

A look is free, a post is billed. Cars in deep sleep may take a minute: a post comes
only once a car that takes so long has been looked at after it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from ..model.record import record
from .wake import FASTEST, Limits

POST_EVERY: Final = timedelta(seconds=66)
"""A car that takes 60 s, on a slow line, has been seen awake by then."""
PATIENCE: Final = timedelta(seconds=90)
"""How long every car is given."""
_AFTER_A_POST: Final = timedelta(seconds=30)


class WakeAction(StrEnum):
    """What is done in a step of an attempt."""

    LOOK = "look"
    """Ask, free, whether the car is online; then the attempt is over."""
    POST = "post"
    """Send `wake_up`; it is billed."""


@record
class WakeStep:
    """One step of an attempt, counted from its start."""

    action: WakeAction
    after: timedelta


def plan(*, max_posts: int, time_scale: float = 1) -> tuple[WakeStep, ...]:
    """Return the steps of one attempt in order; it failed when they run out.

    The first step posts, the last one looks, and every other post follows a look.
    """
    posts = [POST_EVERY * number for number in range(min(max(max_posts, 1), 3))]
    end = max(PATIENCE, posts[-1] + _AFTER_A_POST)
    looks = [timedelta(seconds=second) for second in range(2, 31, 2)]
    while looks[-1] < end:
        looks.append(looks[-1] + timedelta(seconds=4))
    looks = sorted({*looks, *posts[1:]})
    steps = [WakeStep(action=WakeAction.POST, after=after) for after in posts]
    steps += [WakeStep(action=WakeAction.LOOK, after=after) for after in looks]
    divisor = min(time_scale, FASTEST)
    # Looks before posts: a car that has just come up is not posted to again.
    return tuple(
        replace(step, after=step.after / divisor)
        for step in sorted(steps, key=lambda step: (step.after, step.action))
    )


def timely(steps: Sequence[WakeStep], *, elapsed: timedelta) -> tuple[WakeStep, ...]:
    """Return the steps without looks that the next step has overtaken.

    An answer may take longer than from one look to the next. Posts are kept, with the
    look before each, and so is the last look.
    """
    steps = tuple(steps)
    return tuple(
        step
        for step, then in zip(steps, (*steps[1:], None), strict=True)
        if then is None
        or WakeAction.POST in (step.action, then.action)
        or then.after > elapsed
    )


def slowed(
    steps: Sequence[WakeStep],
    *,
    elapsed: timedelta,
    wait: timedelta,
    limits: Limits,
) -> tuple[WakeStep, ...]:
    """Return the steps that are left when Tesla asks to wait (429).

    All move later by the same time, so that posts stay apart; what would come after
    an attempt can be in flight is left out. The last step looks, as always.
    """
    if not steps:
        return ()
    shift = max(elapsed + wait - steps[0].after, timedelta())
    moved = [replace(step, after=step.after + shift) for step in steps]
    left = [step for step in moved if step.after < limits.in_flight]
    while left and left[-1].action is WakeAction.POST:
        left.pop()
    return tuple(left)
