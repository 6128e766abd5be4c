"""When rules have no car charge, whatever they say; the first that fits counts."""

from collections.abc import Callable
from typing import Final

from ..model import vehicle_fields as fields
from ..model.plugged import plugged
from ..model.state import State
from .charge_rule import ChargeRule
from .memory import Memory
from .reason import ChargeWhy, Reason
from .situation import Situation
from .stored import foreign


def guard(situation: Situation) -> Reason | None:
    """Return why no rule may charge a car now; None if they may."""
    if situation.obstacle is not None:
        return Reason(why=situation.obstacle)
    state = situation.state
    why = next((why for why, applies in _GUARDS if applies(state)), None)
    if why is None and foreign(situation):
        why = ChargeWhy.FOREIGN_CONTROL
    return None if why is None else Reason(why=why)


def is_plugged(state: State) -> bool | None:
    """Say whether there is a cable in a car, by its newest word; None: none known."""
    said = plugged(state)
    return None if said is None else said.value


def is_charging(state: State) -> bool:
    """Say whether a car takes energy, or is about to."""
    return state.get(fields.CHARGING_STATE) in ("charging", "starting")


def blocked(rule: ChargeRule, memory: Memory, situation: Situation) -> Reason | None:
    """Return why one rule does not count now; None if it does."""
    if rule.id in memory.disabled:
        return Reason(why=ChargeWhy.DISABLED)
    today = situation.now.astimezone(situation.zone).date()
    if rule.expires is not None and today > rule.expires:
        return Reason(why=ChargeWhy.EXPIRED)
    if missing := rule.entities & situation.missing:
        return Reason(why=ChargeWhy.ENTITY_MISSING, values={"entity": min(missing)})
    if not rule.zones:
        return None
    if situation.zones is None:
        return Reason(why=ChargeWhy.LOCATION_UNKNOWN)
    is_there = not situation.zones.isdisjoint(rule.zones)
    return None if is_there else Reason(why=ChargeWhy.AWAY)


def _is_in_service(state: State) -> bool:
    """Say whether a workshop has the car."""
    return True in (state.get(fields.IN_SERVICE), state.get(fields.SERVICE_MODE))


def _is_fast(state: State) -> bool:
    """Say whether the car is at a fast charger, whose time is not for rules."""
    return state.get(fields.FAST_CHARGER_PRESENT) is True


_GUARDS: Final[tuple[tuple[ChargeWhy, Callable[[State], bool]], ...]] = (
    (ChargeWhy.IN_SERVICE, _is_in_service),
    (
        ChargeWhy.UPDATING,
        lambda state: state.get(fields.SOFTWARE_UPDATE_STATUS) == "installing",
    ),
    (ChargeWhy.SOC_UNKNOWN, lambda state: is_plugged(state) is None),
    (ChargeWhy.UNPLUGGED, lambda state: is_plugged(state) is False),
    (ChargeWhy.FAST_CHARGING, _is_fast),
    (
        ChargeWhy.FOREIGN_CONTROL,
        lambda state: state.get(fields.MANAGED_CHARGING_ACTIVE) is True,
    ),
)
