"""Tells the owner which rule cannot do its work: its entity is gone, or its car balks.

    runner ─▶ views    ─▶ entity missing? ─▶ repair issue ─▶ Submit ─▶ the rule's dialog
           ─▶ failures ─▶ tried in vain?  ─▶ repair issue ─▶ Submit ─▶ tried once more
    no: the issue goes by itself

A rule has one issue at most: what misses its entity sends nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.translation import async_get_exception_message

from .const import DOMAIN
from .errors import Problem
from .model import commands
from .model.record import record
from .rules.reason import ChargeWhy, DepartureWhy
from .runner import Runner
from .runtime import FleetPulseConfigEntry
from .steering import Failure
from .words import async_text

ENTITY_MISSING: Final = "rule_entity_missing"
IN_VAIN: Final = "rule_in_vain"
CONF_ISSUE: Final = "issue"
CONF_RULE: Final = "rule_id"
_MISSING: Final = (ChargeWhy.ENTITY_MISSING, DepartureWhy.ENTITY_MISSING)
COMMANDS: Final[Mapping[str, str]] = {
    commands.CHARGE_START.key: "in_vain_charge_start",
    commands.CHARGE_STOP.key: "in_vain_charge_stop",
    commands.SET_CHARGE_LIMIT.key: "in_vain_set_charge_limit",
    commands.SET_CHARGING_AMPS.key: "in_vain_set_charging_amps",
}
"""How an issue calls what a rule has its car do."""


@record
class _Issue:
    """What the owner is told of a rule."""

    rule: str
    key: str
    words: Mapping[str, str]


@callback
def async_watch(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> None:
    """Raise and take back the issues of an account's rules, as long as it runs.

    While Home Assistant starts, what is only not there yet is not missed.
    """
    runner = entry.runtime_data.runner
    raised: dict[str, _Issue] = {}

    @callback
    def review() -> None:
        nonlocal raised
        found = {issue.rule: issue for issue in _issues(hass, runner)}
        for rule_id in raised.keys() - found.keys():
            ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, rule_id))
        for rule_id, issue in found.items():
            if raised.get(rule_id) != issue:
                _raise(hass, entry, issue)
        raised = found

    @callback
    def begin(_: HomeAssistant) -> None:
        _clear_all(hass, entry)
        entry.async_on_unload(runner.async_listen(review))
        review()

    entry.async_on_unload(async_at_started(hass, begin))


def _issues(hass: HomeAssistant, runner: Runner) -> Iterator[_Issue]:
    """Yield what the owner must know of rules; the later of two of a rule counts."""
    for failure in runner.failures:
        words = _in_vain(hass, failure)
        yield _Issue(rule=failure.by, key=IN_VAIN, words=words)
    for rule_id, view in runner.views.items():
        if view.reason.why in _MISSING:
            entity = str(view.reason.values.get("entity", "-"))
            words = {"rule": view.name, "entity": entity}
            yield _Issue(rule=rule_id, key=ENTITY_MISSING, words=words)


def _in_vain(hass: HomeAssistant, failure: Failure) -> Mapping[str, str]:
    """Return what was tried in vain, and why, in words."""
    if failure.error is None:
        why = async_text(hass, "in_vain_unexplained", {})
    else:
        problem = Problem(failure.error)
        why = async_get_exception_message(DOMAIN, problem.key, problem.placeholders)
    does = async_text(hass, COMMANDS[failure.command], {})
    return {"rule": failure.name, "command": does, "why": why}


def _issue_id(entry: FleetPulseConfigEntry, rule_id: str) -> str:
    """Return the id of a rule's issue."""
    return f"rule_{entry.entry_id}_{rule_id}"


def _raise(hass: HomeAssistant, entry: FleetPulseConfigEntry, issue: _Issue) -> None:
    """Tell the owner."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(entry, issue.rule),
        data={
            "entry_id": entry.entry_id,
            CONF_ISSUE: issue.key,
            CONF_RULE: issue.rule,
        },
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=issue.key,
        translation_placeholders=dict(issue.words),
    )


@callback
def _clear_all(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> None:
    """Take back what was raised before a reload: a rule may be gone since."""
    beginning = _issue_id(entry, "")
    issues = list(ir.async_get(hass).issues)
    for domain, issue_id in issues:
        if domain == DOMAIN and issue_id.startswith(beginning):
            ir.async_delete_issue(hass, domain, issue_id)
