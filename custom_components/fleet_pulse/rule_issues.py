"""Tells the owner which rule pauses because an entity that it names is gone.

runner ─▶ views ─▶ entity missing? ─▶ repair issue ─▶ Submit ─▶ the rule's dialog
no: the issue goes by itself
"""

from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.start import async_at_started

from .const import DOMAIN
from .rules.reason import ChargeWhy, DepartureWhy
from .rules.view import RuleView
from .runtime import FleetPulseConfigEntry

ISSUE: Final = "rule_entity_missing"
CONF_RULE: Final = "rule_id"
_MISSING: Final = (ChargeWhy.ENTITY_MISSING, DepartureWhy.ENTITY_MISSING)


@callback
def async_watch(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> None:
    """Raise and take back the issues of an account's rules, as long as it runs.

    While Home Assistant starts, what is only not there yet is not missed.
    """
    runner = entry.runtime_data.runner
    raised: dict[str, str] = {}

    @callback
    def review() -> None:
        nonlocal raised
        missed = {
            rule_id: str(view.reason.values.get("entity", "-"))
            for rule_id, view in runner.views.items()
            if view.reason.why in _MISSING
        }
        for rule_id in raised.keys() - missed.keys():
            ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, rule_id))
        for rule_id, entity_id in missed.items():
            if raised.get(rule_id) != entity_id:
                _raise(hass, entry, runner.views[rule_id], entity_id)
        raised = missed

    @callback
    def begin(_: HomeAssistant) -> None:
        _clear_all(hass, entry)
        entry.async_on_unload(runner.async_listen(review))
        review()

    entry.async_on_unload(async_at_started(hass, begin))


def _issue_id(entry: FleetPulseConfigEntry, rule_id: str) -> str:
    """Return the id of a rule's issue."""
    return f"{ISSUE}_{entry.entry_id}_{rule_id}"


def _raise(
    hass: HomeAssistant, entry: FleetPulseConfigEntry, view: RuleView, entity_id: str
) -> None:
    """Tell the owner what a rule misses."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(entry, view.id),
        data={"entry_id": entry.entry_id, CONF_RULE: view.id},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=ISSUE,
        translation_placeholders={"rule": view.name, "entity": entity_id},
    )


@callback
def _clear_all(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> None:
    """Take back what was raised before a reload: a rule may be gone since."""
    beginning = _issue_id(entry, "")
    issues = list(ir.async_get(hass).issues)
    for domain, issue_id in issues:
        if domain == DOMAIN and issue_id.startswith(beginning):
            ir.async_delete_issue(hass, domain, issue_id)
