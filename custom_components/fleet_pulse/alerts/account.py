"""What alerts see of the account: its budget, its troubles, and telemetry's silence."""

from datetime import timedelta
from typing import Final

from ..model import vehicle_fields as fields
from .alert import Alert
from .facts import Facts
from .kind import Seen
from .said import is_charging, is_driving, said

BUDGET: Final = "budget"
STEPS: Final = (100, 80, 50)
# The budget has a kind of its own, which comes before it is gone.
_ELSEWHERE: Final = "budget_reached"
# A car that drives or charges says something several times a minute.
_SILENT: Final = timedelta(minutes=1)


def budget(facts: Facts, alert: Alert) -> Seen | None:
    """See how much of the month's budget is gone, in steps."""
    share = facts.spent_share
    if share is None or facts.month is None:
        return None
    lowest = alert.threshold(BUDGET, STEPS[-1])
    steps = (max(one, lowest) for one in STEPS)
    step = next((one for one in steps if one <= share), None)
    return Seen(
        is_raised=step is not None,
        is_cleared=step is None,
        at=facts.now,
        value=share,
        threshold=step,
        of="" if step is None else f"{facts.month.isoformat()} {step:g}",
    )


def trouble(facts: Facts, alert: Alert) -> Seen | None:
    """See what keeps the account from working."""
    del alert
    troubles = tuple(one for one in facts.troubles if one != _ELSEWHERE)
    return Seen(
        is_raised=bool(troubles),
        is_cleared=not troubles,
        at=facts.now,
        value=next(iter(troubles), None),
        values={"troubles": troubles},
    )


def silent(facts: Facts, alert: Alert) -> Seen | None:
    """See a car that drives or charges, and whose telemetry says nothing of it."""
    del alert
    last, heard = facts.telemetry_at, facts.heard_at
    if last is None or heard is None:
        return None
    is_active = facts.online_since is not None and (
        is_driving(facts.state) or is_charging(facts.state)
    )
    is_silent = is_active and facts.now - last > _SILENT
    words = (fields.SHIFT_STATE, fields.CHARGING_STATE)
    began = (word.at for field in words if (word := said(facts.state, field)))
    return Seen(
        is_raised=is_silent,
        is_cleared=not is_silent,
        at=heard,
        since=max((last, facts.online_since or last, *began)),
        look_at=last + _SILENT + timedelta.resolution,
    )
