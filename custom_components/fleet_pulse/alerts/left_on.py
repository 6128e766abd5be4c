"""What alerts see of a car that was left running: climate, Sentry, or just awake."""

from typing import Any, Final

from ..model import vehicle_fields as fields
from ..model.field import Field
from ..model.plugged import plugged
from .alert import Alert
from .facts import Facts
from .kind import Seen
from .said import is_charging, is_occupied, said, value
from .seeing import presence, seen

_KEEPERS: Final = ("camp", "dog", "on")
_REASONS: Final[tuple[Field[Any], ...]] = (
    fields.CHARGING_STATE,
    fields.CLIMATE_KEEPER_MODE,
    fields.IS_CLIMATE_ON,
    fields.SENTRY_MODE,
    fields.SHIFT_STATE,
    fields.USER_PRESENT,
)
"""What keeps a car awake, and for a reason."""


def climate(facts: Facts, alert: Alert) -> Seen | None:
    """See climate that runs on the battery and for nobody; a keeper runs for somebody."""
    del alert
    is_meant = (
        value(facts.state, fields.CLIMATE_KEEPER_MODE) in _KEEPERS
        or value(facts.state, fields.CABIN_OVERHEAT_PROTECTION_ACTIVE) is True
    )
    return _left_on(facts, fields.IS_CLIMATE_ON, is_meant=is_meant)


def sentry(facts: Facts, alert: Alert) -> Seen | None:
    """See Sentry Mode that runs on the battery."""
    del alert
    return _left_on(facts, fields.SENTRY_MODE)


def _left_on(
    facts: Facts, field: Field[bool], *, is_meant: bool = False
) -> Seen | None:
    """See what is on in a car that nobody is in, and that has no cable."""
    is_on, cable = said(facts.state, field), plugged(facts.state)
    if is_on is None or cable is None:
        return None
    is_left = not is_occupied(facts.state) and not cable.value and not is_meant
    return seen(
        (is_on,),
        context=(cable, *presence(facts)),
        is_raised=bool(is_on.value) and is_left,
        is_cleared=not is_on.value or not is_left,
    )


def awake(facts: Facts, alert: Alert) -> Seen | None:
    """See a car that does not sleep, though it has nothing to do."""
    del alert
    if facts.heard_at is None:
        return None
    is_idle = facts.online_since is not None and not _has_reason(facts)
    began = (word.at for field in _REASONS if (word := said(facts.state, field)))
    return Seen(
        is_raised=is_idle,
        is_cleared=not is_idle,
        at=facts.heard_at,
        since=max((facts.online_since or facts.heard_at, *began)),
    )


def _has_reason(facts: Facts) -> bool:
    """Say whether the car does something that it cannot do asleep."""
    state = facts.state
    return (
        is_occupied(state)
        or is_charging(state)
        or value(state, fields.IS_CLIMATE_ON) is True
        or value(state, fields.SENTRY_MODE) is True
        or value(state, fields.CLIMATE_KEEPER_MODE) in _KEEPERS
    )
