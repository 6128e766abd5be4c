"""The end of an account: what is deleted here, and what the owner is told to delete.

A removal must work although Tesla, the sealed files or the application is broken, so
files are deleted by name and nothing is asked of anybody.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from homeassistant.components import persistent_notification
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.translation import async_get_translations

from . import application, credentials, well_known
from .const import (
    CONF_ACCOUNT,
    CONF_AUTH_IMPLEMENTATION,
    CONF_DOMAIN,
    CONF_HOSTING,
    DOMAIN,
)
from .fleet.errors import FleetError
from .journal import Journal
from .orders import OrderBook
from .rule_store import RuleStore
from .store import SnapshotStore
from .tokens import ACCOUNT_KIND
from .vault import async_delete, file_name, identify

_HERE: Final = "here"
_PROXY: Final = "proxy"


async def async_remove(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete everything kept of an account, and say what remains elsewhere.

    This is the place to take back first what Tesla or the car was told on behalf of
    the account: today nothing is.
    """
    others = [
        other
        for other in hass.config_entries.async_entries(DOMAIN)
        if other.entry_id != entry.entry_id
    ]
    _async_end_dialogs(hass, entry)
    try:
        await _async_delete_files(hass, entry, others)
    finally:
        _async_delete_issues(hass, entry, is_last=not others)
        remains = [*_remains(entry), *_remains_of_application(entry, others)]
        await _async_tell(hass, entry, "removed", remains)


@callback
def _async_end_dialogs(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """End what is open about an account: it could seal another key for nobody."""
    flows = hass.config_entries.flow
    about = {"entry_id": entry.entry_id}
    for flow in flows.async_progress_by_handler(
        DOMAIN, include_uninitialized=True, match_context=about
    ):
        flows.async_abort(flow["flow_id"])


# ---- files


async def _async_delete_files(
    hass: HomeAssistant, entry: ConfigEntry, others: list[ConfigEntry]
) -> None:
    """Delete what is on disk; with the last account everything of ours."""
    identity: str = entry.data[CONF_ACCOUNT]
    await Journal(hass, identity).async_remove()
    await OrderBook(hass, identity).async_remove()
    await RuleStore(hass, identity).async_remove()
    await SnapshotStore(hass, identify(identity)).async_remove()
    own = {file_name(ACCOUNT_KIND, identity)}
    if not _share_application(entry, others):
        auth_domain: str = entry.data[CONF_AUTH_IMPLEMENTATION]
        own.add(file_name(credentials.KIND, auth_domain))
    used = await _async_used_keys(hass, others)
    keys = f"{DOMAIN}.{application.KIND}."

    def is_doomed(name: str) -> bool:
        if not others or name in own:
            return True
        return used is not None and name.startswith(keys) and name not in used

    await async_delete(hass, is_doomed)


def _share_application(entry: ConfigEntry, others: Iterable[ConfigEntry]) -> bool:
    """Return whether another account signed in with the same application."""
    own = entry.data[CONF_AUTH_IMPLEMENTATION]
    return any(other.data.get(CONF_AUTH_IMPLEMENTATION) == own for other in others)


async def _async_used_keys(
    hass: HomeAssistant, entries: Iterable[ConfigEntry]
) -> set[str] | None:
    """Return the names of the sealed keys that accounts use.

    None is for not known: no key is deleted then that somebody may have in a car.
    """
    used = set[str]()
    for entry in entries:
        try:
            found = await application.async_application(hass, entry)
        except FleetError, HomeAssistantError:
            return None
        used.add(file_name(application.KIND, found.client_id))
    return used


@callback
def _async_delete_issues(
    hass: HomeAssistant, entry: ConfigEntry, *, is_last: bool
) -> None:
    """Delete what Repairs still shows of an account."""
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and (is_last or entry.entry_id in issue_id):
            ir.async_delete_issue(hass, domain, issue_id)


# ---- what remains


def _remains(entry: ConfigEntry) -> Iterator[str]:
    """Yield the texts of what is left outside Home Assistant of an account."""
    if CONF_DOMAIN in entry.data:
        yield "remains_car_key"
    yield "remains_schedules"
    yield "remains_consent"


def _remains_of_application(
    entry: ConfigEntry, others: list[ConfigEntry]
) -> Iterator[str]:
    """Yield the texts of what is left of an application that nobody uses any more."""
    if _share_application(entry, others):
        return
    if CONF_DOMAIN in entry.data:
        hosting = entry.data.get(CONF_HOSTING, _HERE)
        if hosting != _HERE:
            is_proxy = hosting == _PROXY
            yield "remains_proxy" if is_proxy else "remains_hosted_elsewhere"
    yield "remains_application"


def _remains_disabled(entry: ConfigEntry) -> Iterator[str]:
    """Yield the texts of what goes on while an account is disabled."""
    yield from _remains(entry)
    if CONF_DOMAIN in entry.data and entry.data.get(CONF_HOSTING, _HERE) == _HERE:
        yield "remains_hosted_here"


async def _async_tell(
    hass: HomeAssistant, entry: ConfigEntry, what: str, remains: Iterable[str]
) -> None:
    """Show the owner what happened, and what remains, in their language."""
    found = await async_get_translations(hass, hass.config.language, "common", [DOMAIN])
    filled = {
        "account": entry.title,
        "domain": entry.data.get(CONF_DOMAIN, ""),
        "path": well_known.PATH,
    }

    def text(key: str) -> str:
        return found[f"component.{DOMAIN}.common.{key}"].format_map(filled)

    lines = (f"- {text(key)}" for key in remains)
    persistent_notification.async_create(
        hass,
        "\n".join([text(what), "", *lines]),
        title=text(f"{what}_title"),
        notification_id=_notification(entry),
    )


def _notification(entry: ConfigEntry) -> str:
    """Return the id of the one notification about the end of an account."""
    return f"{DOMAIN}.{entry.entry_id}"


# ---- disabling


@callback
def async_watch(hass: HomeAssistant) -> None:
    """Tell once, when an account is disabled, what goes on all the same."""
    told = {
        entry.entry_id
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry.disabled_by
    }

    async def changed(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain != DOMAIN or change is not ConfigEntryChange.UPDATED:
            return
        if entry.disabled_by is None:
            if entry.entry_id in told:
                told.remove(entry.entry_id)
                persistent_notification.async_dismiss(hass, _notification(entry))
        elif entry.entry_id not in told:
            told.add(entry.entry_id)
            await _async_tell(hass, entry, "disabled", _remains_disabled(entry))

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, changed)
