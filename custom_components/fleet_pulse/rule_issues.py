"""Tells the owner which rule or alert cannot do what it should.

runner, account ─▶ something missing? ─▶ repair issue ─▶ Submit ─▶ the rule's dialog
runner          ─▶ tried in vain?     ─▶ repair issue ─▶ Submit ─▶ tried once more
runner          ─▶ cold, twice?       ─▶ repair issue ─▶ Submit ─▶ the rule's dialog
no: the issue goes by itself
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.translation import async_get_exception_message

from .alert_targets import async_missing
from .alert_words import async_target
from .alerts.alert import ALERT
from .const import DOMAIN
from .errors import Problem
from .model import commands
from .rules import climate_calls
from .rules.reason import ChargeWhy, DepartureWhy
from .runtime import FleetPulseConfigEntry
from .steering import Failure
from .words import async_entity, async_text

CONF_ISSUE: Final = "issue"
CONF_RULE: Final = "rule_id"
IN_VAIN: Final = "rule_in_vain"
COMMANDS: Final[Mapping[str, str]] = {
    climate_calls.START.command.key: "in_vain_auto_conditioning_start",
    commands.CHARGE_START.key: "in_vain_charge_start",
    commands.CHARGE_STOP.key: "in_vain_charge_stop",
    commands.SET_CHARGE_LIMIT.key: "in_vain_set_charge_limit",
    commands.SET_CHARGING_AMPS.key: "in_vain_set_charging_amps",
}
"""How an issue calls what a rule has its car do."""
_MISSING: Final = (ChargeWhy.ENTITY_MISSING, DepartureWhy.ENTITY_MISSING)

type Missed = dict[str, dict[str, str]]
"""What the issue quotes, by the id of the subentry that it is about."""


@callback
def _missed_by_rules(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> Missed:
    """Return which rules pause, as an entity is gone."""
    return {
        rule_id: {
            "rule": view.name,
            "entity": async_entity(hass, str(view.reason.values["entity"])),
        }
        for rule_id, view in entry.runtime_data.runner.views.items()
        if view.reason.why in _MISSING
    }


@callback
def _missed_by_alerts(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> Missed:
    """Return which alerts name somebody or a place that is gone."""
    missed = {
        one.subentry_id: (one.title, async_missing(hass, _named(one.data)))
        for one in entry.subentries.values()
        if one.subentry_type == ALERT
    }
    return {
        alert_id: {
            "rule": title,
            "entity": ", ".join(async_target(hass, one) for one in gone),
        }
        for alert_id, (title, gone) in missed.items()
        if gone
    }


def _named(data: Mapping[str, Any]) -> list[str]:
    """Return whom and which places an alert names by itself."""
    return [one for key in ("notify", "zones") for one in data.get(key, ())]


@callback
def _in_vain(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> Missed:
    """Return which rules told their car something in vain; of several, the last."""
    return _told_in_vain(hass, entry.runtime_data.runner.failures)


@callback
def _departures_in_vain(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> Missed:
    """Return which departures were not prepared, one after the other."""
    return _told_in_vain(hass, entry.runtime_data.runner.departure_failures)


@callback
def _told_in_vain(hass: HomeAssistant, failures: Iterable[Failure]) -> Missed:
    """Return what an issue quotes of what cars did not do."""
    return {
        one.by: {
            "rule": one.name,
            "command": async_text(hass, COMMANDS[one.command], {}),
            "why": _why(hass, one),
        }
        for one in failures
    }


@callback
def _why(hass: HomeAssistant, failure: Failure) -> str:
    """Return why it was in vain, as far as anybody said."""
    if failure.error is None:
        return async_text(hass, "in_vain_unexplained", {})
    problem = Problem(failure.error)
    return async_get_exception_message(DOMAIN, problem.key, problem.placeholders)


ISSUES: Final[
    Mapping[str, Callable[[HomeAssistant, FleetPulseConfigEntry], Missed]]
] = {
    "alert_target_missing": _missed_by_alerts,
    "departure_in_vain": _departures_in_vain,
    "rule_entity_missing": _missed_by_rules,
    IN_VAIN: _in_vain,
}
"""What finds those that cannot do what they should, by the issue that tells of it."""


@callback
def async_watch(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> None:
    """Raise and take back the issues of an account's rules, as long as it runs.

    While Home Assistant starts, what is only not there yet is not missed.
    """
    data = entry.runtime_data
    raised: dict[str, Missed] = {key: {} for key in ISSUES}

    @callback
    def review() -> None:
        for key, find in ISSUES.items():
            missed, before = find(hass, entry), raised[key]
            for rule_id in before.keys() - missed.keys():
                ir.async_delete_issue(hass, DOMAIN, _issue_id(key, entry, rule_id))
            for rule_id, quoted in missed.items():
                if before.get(rule_id) != quoted:
                    _raise(hass, key, entry, rule_id, quoted)
            raised[key] = missed

    @callback
    def begin(_: HomeAssistant) -> None:
        _clear_all(hass, entry)
        entry.async_on_unload(data.runner.async_listen(review))
        entry.async_on_unload(data.account.async_add_listener(review))
        review()

    entry.async_on_unload(async_at_started(hass, begin))


def _issue_id(key: str, entry: FleetPulseConfigEntry, rule_id: str) -> str:
    """Return the id of a rule's issue."""
    return f"{key}_{entry.entry_id}_{rule_id}"


def _raise(
    hass: HomeAssistant,
    key: str,
    entry: FleetPulseConfigEntry,
    rule_id: str,
    quoted: dict[str, str],
) -> None:
    """Tell the owner."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(key, entry, rule_id),
        data={"entry_id": entry.entry_id, CONF_ISSUE: key, CONF_RULE: rule_id},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders=quoted,
    )


@callback
def _clear_all(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> None:
    """Take back what was raised before a reload: a rule may be gone since."""
    beginnings = tuple(_issue_id(key, entry, "") for key in ISSUES)
    issues = list(ir.async_get(hass).issues)
    for domain, issue_id in issues:
        if domain == DOMAIN and issue_id.startswith(beginnings):
            ir.async_delete_issue(hass, domain, issue_id)
