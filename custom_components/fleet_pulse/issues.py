"""Repair issues: what the owner must hear of, and which step mends it.

An issue is raised and cleared by what really is, never by a dialog: the doctor's
checks, the watcher, a refused command and the set-up say what they see.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
import hashlib
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import CONF_DOMAIN, DOMAIN
from .fleet.checks import Trouble
from .fleet.errors import SealBroken
from .fleet.report import Report
from .model.record import record

REAUTH: Final = "reauth"
OPTIONS: Final = "options"
"""The dialog behind the account's gear mends it."""
CHECK_AGAIN: Final = "check_again"
"""No step of a flow mends it: the owner does, and has it looked at again."""


@record
class Issue:
    """One row: how bad it is, and what mends it."""

    trouble: Trouble
    severity: ir.IssueSeverity
    step: str
    """A step of the reconfigure flow, `REAUTH`, `OPTIONS`, or `CHECK_AGAIN`."""

    @property
    def key(self) -> str:
        """Return the key of its texts."""
        return self.trouble.value


_ERROR: Final = ir.IssueSeverity.ERROR
_WARNING: Final = ir.IssueSeverity.WARNING

ISSUES: Final = (
    Issue(trouble=Trouble.BUDGET_REACHED, severity=_WARNING, step=OPTIONS),
    Issue(trouble=Trouble.CLOCK_WRONG, severity=_WARNING, step=CHECK_AGAIN),
    Issue(trouble=Trouble.CLONED_SIGN_IN, severity=_ERROR, step=REAUTH),
    Issue(trouble=Trouble.CREDENTIAL_REFUSED, severity=_ERROR, step="credentials"),
    Issue(trouble=Trouble.FINISH_SETUP, severity=_WARNING, step="finish"),
    Issue(trouble=Trouble.KEY_CHANGED, severity=_ERROR, step="hosting"),
    Issue(trouble=Trouble.KEY_NOT_HOSTED, severity=_WARNING, step="hosting"),
    Issue(trouble=Trouble.LOST_KEY_ENCRYPTION_KEY, severity=_ERROR, step=REAUTH),
    Issue(trouble=Trouble.NOT_PAIRED, severity=_ERROR, step="pair"),
    Issue(trouble=Trouble.NOT_REGISTERED, severity=_ERROR, step="register_again"),
    Issue(trouble=Trouble.PRIVATE_KEY_LOST, severity=_ERROR, step="key"),
    Issue(trouble=Trouble.SCOPES_MISSING, severity=_WARNING, step="scopes"),
    Issue(trouble=Trouble.TESLA_REFUSES, severity=_ERROR, step=REAUTH),
)
BY_TROUBLE: Final[Mapping[Trouble, Issue]] = {row.trouble: row for row in ISSUES}


def issue_id(entry: ConfigEntry, trouble: Trouble, vin: str | None = None) -> str:
    """Return the id of an issue; a car's number stands in none."""
    parts = [trouble.value, entry.entry_id]
    if vin is not None:
        parts.append(hashlib.sha256(vin.encode()).hexdigest()[:8])
    return "_".join(parts)


@callback
def async_raise(
    hass: HomeAssistant,
    entry: ConfigEntry,
    trouble: Trouble,
    *,
    vin: str | None = None,
    car: str | None = None,
    detail: str = "",
) -> None:
    """Tell the owner; an issue that is open already takes over the newer words."""
    row = BY_TROUBLE[trouble]
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id(entry, trouble, vin),
        data={"entry_id": entry.entry_id, "trouble": trouble.value},
        is_fixable=True,
        severity=row.severity,
        translation_key=row.key,
        translation_placeholders={
            "account": entry.title,
            "car": car or "Tesla",
            "detail": detail,
            "domain": entry.data.get(CONF_DOMAIN) or "-",
        },
    )


@callback
def async_clear(
    hass: HomeAssistant, entry: ConfigEntry, trouble: Trouble, vin: str | None = None
) -> None:
    """Take an issue back, if it is open: it is mended."""
    ir.async_delete_issue(hass, DOMAIN, issue_id(entry, trouble, vin))


@callback
def async_clear_all(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take all issues of an account back that goes away."""
    for issue in async_open(hass, entry):
        ir.async_delete_issue(hass, DOMAIN, issue.issue_id)


@callback
def async_open(hass: HomeAssistant, entry: ConfigEntry) -> list[ir.IssueEntry]:
    """Return the issues of an account that are open."""
    return [
        issue
        for (domain, name), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and entry.entry_id in name and issue.active
    ]


@callback
def async_troubles(hass: HomeAssistant, entry: ConfigEntry) -> set[Trouble]:
    """Return what an account's open issues are about."""
    keys = {issue.translation_key for issue in async_open(hass, entry)}
    return {row.trouble for row in ISSUES if row.key in keys}


@callback
def async_reflect(hass: HomeAssistant, entry: ConfigEntry, report: Report) -> None:
    """Raise what a report shows, and take back what it disproves."""
    for (trouble, vin), found in report.raised().items():
        async_raise(
            hass, entry, trouble, vin=vin, car=found.car, detail=found.outcome.seen
        )
    for trouble, vin in report.disproved():
        async_clear(hass, entry, trouble, vin)


@contextmanager
def opening(hass: HomeAssistant, entry: ConfigEntry) -> Generator[None]:
    """Tell the owner why a set-up cannot open what was sealed, as long as it cannot."""
    try:
        yield
    except SealBroken as err:
        async_raise(hass, entry, Trouble.LOST_KEY_ENCRYPTION_KEY, detail=err.detail)
        raise
    async_clear(hass, entry, Trouble.LOST_KEY_ENCRYPTION_KEY)
