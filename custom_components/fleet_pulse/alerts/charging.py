"""What alerts see of charging: no cable, no current, not in time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from ..model import vehicle_fields as fields
from ..model.plugged import plugged
from .alert import Alert
from .facts import Facts, Upcoming
from .kind import Seen
from .said import is_plugged, said, value
from .seeing import is_home, seen

NOT_PLUGGED_IN: Final = "not_plugged_in"
EVENING: Final = 20.0
"""The hour of the evening before."""
NOT_READY: Final = "will_not_be_ready"
LATE_MINUTES: Final = 15.0
# A battery at its target is shown a percent below it now and then.
_NEARLY: Final = 1
_DAY: Final = timedelta(days=1)


def not_plugged_in(facts: Facts, alert: Alert) -> Seen | None:
    """See a car at home, without a cable on the evening before it has to be charged."""
    cable = plugged(facts.state)
    if cable is None:
        return None
    plan = next((one for one in facts.upcoming if one.is_charging), None)
    hour = alert.threshold(NOT_PLUGGED_IN, EVENING)
    begins = None if plan is None else _evening(facts, plan, hour)
    is_time = begins is not None and begins <= facts.now
    is_due = is_time and is_home(facts, alert.zones) and not cable.value
    found = seen(
        (cable,),
        is_raised=is_due,
        is_cleared=not is_due,
        threshold=hour,
        values={} if plan is None else {"rule": plan.name, "deadline": plan.deadline},
        of="" if begins is None else begins.astimezone(facts.zone).date().isoformat(),
        look_at=begins,
    )
    return found if begins is None else _not_before(found, begins)


def stopped(facts: Facts, alert: Alert) -> Seen | None:
    """See a car that charged, has not enough, and takes no more."""
    del alert
    state, target = facts.state, facts.target_soc
    charging = said(state, fields.CHARGING_STATE)
    level = said(state, fields.BATTERY_LEVEL)
    if charging is None or level is None or level.value is None:
        return None
    is_short = target is not None and level.value < target - _NEARLY
    is_idle = charging.value in ("no_power", "stopped") or _takes_nothing(facts)
    is_wanted = facts.past.has_charged and is_short and not facts.is_held
    is_raised = is_idle and is_wanted and is_plugged(state) is True
    return seen(
        (charging, level),
        is_raised=is_raised,
        is_cleared=not is_raised,
        value=level.value,
        threshold=target,
    )


def not_ready(facts: Facts, alert: Alert) -> Seen | None:
    """See a charge that will end after the car is needed."""
    level = said(facts.state, fields.BATTERY_LEVEL)
    if level is None:
        return None
    plan = next((one for one in facts.upcoming if _is_foreseen(one, facts.now)), None)
    if plan is None or plan.estimated_ready is None or facts.is_held:
        return seen((level,), is_raised=False, is_cleared=True)
    late = (plan.estimated_ready - plan.deadline) / timedelta(minutes=1)
    threshold = alert.threshold(NOT_READY, LATE_MINUTES)
    found = seen(
        (level,),
        is_raised=late > threshold,
        is_cleared=late < 0,
        value=round(late),
        threshold=threshold,
        values={
            "rule": plan.name,
            "deadline": plan.deadline,
            "estimated_ready": plan.estimated_ready,
            "target": plan.target_soc,
        },
        of=f"{plan.rule} {plan.deadline.astimezone(facts.zone).date()}",
        look_at=plan.deadline,
    )
    # It comes of time that passes, and not only of what the car says.
    return _not_before(found, facts.now)


def _is_foreseen(plan: Upcoming, now: datetime) -> bool:
    """Say whether it is known when a plan that is not over will be reached."""
    return plan.is_charging and plan.estimated_ready is not None and now < plan.deadline


def _evening(facts: Facts, plan: Upcoming, hour: float) -> datetime | None:
    """Return when the evening before a plan begins."""
    deadline = plan.deadline.astimezone(facts.zone)
    if deadline <= facts.now:
        return None
    before = datetime.combine(deadline.date() - _DAY, datetime.min.time(), facts.zone)
    minutes = round(hour * 60)
    local = before.replace(hour=minutes // 60 % 24, minute=minutes % 60)
    return local.astimezone(UTC)


def _takes_nothing(facts: Facts) -> bool:
    """Say whether the car says it charges, and takes no current."""
    if value(facts.state, fields.CHARGING_STATE) != "charging":
        return False
    power = value(facts.state, fields.CHARGER_POWER)
    # A car at an ordinary socket takes less than half a kilowatt, which is shown as 0.
    current = value(facts.state, fields.CHARGER_ACTUAL_CURRENT)
    return power == 0 and not current


def _not_before(found: Seen, moment: datetime) -> Seen:
    """Return what is seen as begun at a moment, if the car's words are older."""
    return replace(found, since=max(found.since or found.at, moment))
