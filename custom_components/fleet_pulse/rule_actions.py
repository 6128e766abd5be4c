"""The actions that ask for something of rules once: charge, leave alone, go on."""

from datetime import datetime
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.util import dt as dt_util
import voluptuous as vol

from . import words
from .const import DOMAIN
from .coordinator import VehicleCoordinator
from .model.invalid import InvalidInput
from .rules.charge_rule import ChargeRule
from .rules.memory import OneOff
from .rules.view import Matter
from .runtime import FleetPulseConfigEntry
from .steps import VehicleAction, moment

ATTR_READY_BY: Final = "ready_by"
ATTR_RULE: Final = "rule"
ATTR_START: Final = "start"
ATTR_TARGET_SOC: Final = "target_soc"
ATTR_UNTIL: Final = "until"
ONCE: Final = "once"
"""Id of what the action asks for: asked again, it replaces what was asked before."""


async def _apply(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, action: ServiceCall
) -> dict[str, Any]:
    """Charge once as asked for, or as a rule would."""
    rule = _rule(entry, vehicle, action)
    target = action.data.get(ATTR_TARGET_SOC, rule and rule.target_soc)
    if target is None:
        raise _invalid("target_or_rule")
    once = OneOff(
        id=ONCE,
        target_soc=target,
        ready_by=_coming(action, ATTR_READY_BY),
        start=_coming(action, ATTR_START),
        name="" if rule is None else rule.name,
        made_at=dt_util.utcnow(),
    )
    if once.start and once.ready_by and once.start >= once.ready_by:
        raise _invalid("start_after_end")
    await entry.runtime_data.runner.async_apply_once(vehicle.vin, once)
    told = {ATTR_TARGET_SOC: target, ATTR_READY_BY: _written(once.ready_by)}
    return {"result": "applied", **told, **_now(entry, vehicle)}


async def _hold(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, action: ServiceCall
) -> dict[str, Any]:
    """Have rules leave a car alone."""
    until = _coming(action, ATTR_UNTIL)
    await entry.runtime_data.runner.async_hold(vehicle.vin, until)
    return {"result": "held", ATTR_UNTIL: _written(until), **_now(entry, vehicle)}


async def _resume(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, action: ServiceCall
) -> dict[str, Any]:
    """Have rules do their work again."""
    await entry.runtime_data.runner.async_resume(vehicle.vin)
    return {"result": "resumed", **_now(entry, vehicle)}


def _rule(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, action: ServiceCall
) -> ChargeRule | None:
    """Return the charge rule that a call names by its device, if it names one."""
    if (device_id := action.data.get(ATTR_RULE)) is None:
        return None
    device = dr.async_get(vehicle.hass).async_get(device_id)
    known = {name for _, name in device.identifiers} if device else set[str]()
    for rule_id in known & entry.subentries.keys():
        subentry = entry.subentries[rule_id]
        if subentry.subentry_type == Matter.CHARGING:
            return _read(subentry)
    raise _invalid("no_charge_rule")


def _read(subentry: ConfigSubentry) -> ChargeRule:
    """Return the charge rule that a subentry keeps; refuse one that must be mended."""
    try:
        return ChargeRule.load(subentry.subentry_id, subentry.title, subentry.data)
    except InvalidInput as err:
        raise _invalid("rule_unreadable") from err


def _coming(action: ServiceCall, field: str) -> datetime | None:
    """Return a moment that a call names; what is over cannot be asked for."""
    named: datetime | None = action.data.get(field)
    if named is None:
        return None
    coming = dt_util.as_utc(named)
    if coming <= dt_util.utcnow():
        raise _invalid("time_is_past")
    return coming


def _now(entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator) -> dict[str, Any]:
    """Return what the rules of a car come to now, for programs and for people."""
    view = entry.runtime_data.runner.car_views[vehicle.vin]
    return {
        "reason": view.reason.why.value,
        "message": words.async_sentence(vehicle.hass, view.reason),
    }


def _written(coming: datetime | None) -> str | None:
    """Return a moment as a response holds it."""
    return None if coming is None else dt_util.as_local(coming).isoformat()


def _invalid(key: str) -> ServiceValidationError:
    """Return what tells that a call cannot be meant so."""
    return ServiceValidationError(translation_domain=DOMAIN, translation_key=key)


RULE_ACTIONS: Final = (
    VehicleAction(
        name="apply_charge_rule",
        fields={
            vol.Optional(ATTR_RULE): cv.string,
            vol.Optional(ATTR_TARGET_SOC): vol.All(
                vol.Coerce(int), vol.Range(min=50, max=100)
            ),
            vol.Optional(ATTR_READY_BY): moment,
            vol.Optional(ATTR_START): moment,
        },
        handle=_apply,
    ),
    VehicleAction(name="hold", fields={vol.Optional(ATTR_UNTIL): moment}, handle=_hold),
    VehicleAction(name="resume", fields={}, handle=_resume),
)
