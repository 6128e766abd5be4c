"""What alerts see of the battery: too low, or lower than when it was parked."""

from typing import Final

from ..model import vehicle_fields as fields
from .alert import Alert
from .facts import Facts
from .kind import Seen
from .said import is_charging, is_driving, said
from .seeing import seen

LOW: Final = "low_battery"
LOW_PERCENT: Final = 20.0
LOW_CLEARS_AT: Final = 5.0
DROPPED: Final = "battery_dropped"
DROPPED_PERCENT: Final = 3.0


def low(facts: Facts, alert: Alert) -> Seen | None:
    """See a battery that is low, and that nothing fills."""
    level = said(facts.state, fields.BATTERY_LEVEL)
    if level is None or level.value is None:
        return None
    threshold, fills = alert.threshold(LOW, LOW_PERCENT), is_charging(facts.state)
    return seen(
        (level,),
        context=(said(facts.state, fields.CHARGING_STATE),),
        is_raised=level.value < threshold and not fills,
        is_cleared=level.value > threshold + LOW_CLEARS_AT or fills,
        value=level.value,
        threshold=threshold,
    )


def dropped(facts: Facts, alert: Alert) -> Seen | None:
    """See a battery that lost charge while the car only stood there."""
    level, levels = said(facts.state, fields.BATTERY_LEVEL), facts.past.levels
    if level is None or level.value is None:
        return None
    is_over = is_charging(facts.state) or is_driving(facts.state) or not levels
    threshold = alert.threshold(DROPPED, DROPPED_PERCENT)
    highest = levels[0].percent if levels else level.value
    drop = highest - level.value
    return seen(
        (level,),
        is_raised=drop > threshold and not is_over,
        is_cleared=is_over,
        value=drop,
        threshold=threshold,
        values={"from": highest, "to": level.value},
    )
