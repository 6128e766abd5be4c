"""Tells the owner, once each, when a share of the month's budget is gone.

a billed request, other options, a new month ─▶ look ─▶ event, repair issue
                                                  └──▶ noted in the journal, first

The issue names the highest share. It goes when the budget is raised and with the
month; one that the owner ignores stays ignored until a higher share is gone.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_track_utc_time_change
from homeassistant.util import dt as dt_util

from . import issues
from .account import Account
from .const import DOMAIN
from .fleet.budget import Budget, Told, to_show, untold
from .fleet.checks import Trouble

EVENT_BUDGET_REACHED: Final = f"{DOMAIN}_budget_reached"
"""Fired with `device_id`, `share`, `spent`, `budget` and `currency`, once each."""


class Spending:
    """Watches what an account spends while it runs."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, account: Account
    ) -> None:
        """Take over what the journal says was told."""
        self._hass = hass
        self._entry = entry
        self._account = account
        self._budget = account.budget
        self._seen: tuple[Budget, Decimal, date] | None = None

    @callback
    def async_start(self) -> None:
        """Watch until the entry is unloaded."""
        for end in (
            self._account.async_add_listener(self._async_look),
            self._account.journal.async_listen(self._async_look),
            # Tesla's month begins at midnight UTC.
            async_track_utc_time_change(
                self._hass, self._async_midnight, hour=0, minute=0, second=0
            ),
        ):
            self._entry.async_on_unload(end)
        self._async_look()

    @callback
    def _async_midnight(self, _: datetime) -> None:
        """Look, as the month may be a new one."""
        self._async_look()

    @callback
    def _async_look(self) -> None:
        """Tell what is new, and show what is so."""
        budget, spent = self._account.budget, self._account.cost
        seen = (budget, spent, dt_util.utcnow().date())
        # The list comes every minute, and rarely has anything been spent meanwhile.
        if seen == self._seen:
            return
        self._seen = seen
        before, self._budget = self._budget, budget
        # Who has just raised a budget knows what of it is gone.
        is_raised = budget != before and budget.used(spent) <= before.used(spent)
        journal, today = self._account.journal, dt_util.utcnow().date()
        news = untold(budget, spent, today, journal.told, aloud=not is_raised)
        journal.note_told(news)
        aloud = [told for told in news if told.aloud]
        for told in aloud:
            self._async_fire(told)
        self._async_show(
            to_show(budget, spent, today, journal.told), is_new=bool(aloud)
        )

    @callback
    def _async_fire(self, told: Told) -> None:
        """Let automations know."""
        device = dr.async_get(self._hass).async_get_device_by_identifier(
            (DOMAIN, self._entry.unique_id or ""), self._entry.entry_id
        )
        self._hass.bus.async_fire(
            EVENT_BUDGET_REACHED,
            {
                "device_id": device and device.id,
                "share": told.share,
                "spent": f"{self._account.cost:f}",
                "budget": f"{told.amount:f}",
                "currency": told.currency,
            },
        )

    @callback
    def _async_show(self, share: int | None, *, is_new: bool) -> None:
        """Raise the one issue, or take it back."""
        trouble = Trouble.BUDGET_REACHED
        if share is None or is_new:
            # A lower share may have been ignored; this is another matter.
            issues.async_clear(self._hass, self._entry, trouble)
        if share is None:
            return
        budget = self._account.budget
        issues.async_raise(
            self._hass,
            self._entry,
            trouble,
            detail=f"{share} % of {budget.amount:f} {budget.currency}",
        )
