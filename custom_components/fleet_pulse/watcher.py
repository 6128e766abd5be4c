"""Watches a running account, so that repair issues appear and go by themselves.

every quarter of an hour, and when the account's list tells something new
└▶ look: what is known already (no request)  ──▶ raise, clear
some hours after the start, then daily; hourly while something is to be mended
└▶ the doctor's self-check (free requests only)  ──▶ raise, clear
a command that was refused ──▶ raise
"""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from . import issues
from .const import CONF_FINISHED
from .coordinator import VehicleCoordinator
from .doctor import async_self_check
from .fleet.auth import claims
from .fleet.checks import BY_ID, SELF_CHECKS, Trouble, missing
from .fleet.errors import FleetError, KeyLost, KeyNotPaired, NotRegistered, SealBroken
from .fleet.refusals import TokenTrouble
from .fleet.report import CLOCK_WRONG
from .patient import car_name
from .runtime import FleetPulseConfigEntry

LOOK_EVERY: Final = timedelta(minutes=15)
UNFINISHED_AFTER: Final = timedelta(minutes=30)
"""Until then the owner is most likely still in the dialog."""
FIRST_CHECK: Final = timedelta(hours=4)
CHECK_EVERY: Final = timedelta(days=1)
CHECK_OPEN_EVERY: Final = timedelta(hours=1)
_OF_TOKENS: Final = {
    TokenTrouble.CLONED: Trouble.CLONED_SIGN_IN,
    TokenTrouble.CREDENTIAL_REFUSED: Trouble.CREDENTIAL_REFUSED,
    TokenTrouble.REFUSED_THRICE: Trouble.TESLA_REFUSES,
}
_LOOKED_AT: Final = frozenset(
    {
        *_OF_TOKENS.values(),
        Trouble.CLOCK_WRONG,
        Trouble.FINISH_SETUP,
        Trouble.NOT_REGISTERED,
        Trouble.SCOPES_MISSING,
    }
)
"""What a look can see, and take back."""
_CHECKED: Final = frozenset(
    trouble for check in SELF_CHECKS for trouble in BY_ID[check].troubles
)
"""What a self-check can see mended."""


class Watcher:
    """Raises and clears the repair issues of one account while it runs."""

    def __init__(self, hass: HomeAssistant, entry: FleetPulseConfigEntry) -> None:
        """Take over what an earlier run left open."""
        self._hass = hass
        self._entry = entry
        self._account = entry.runtime_data.account
        self._started_at = dt_util.utcnow()
        self._checked_at: datetime | None = None
        self._checking: asyncio.Task[None] | None = None
        self._raised = issues.async_troubles(hass, entry) & _LOOKED_AT
        self._set_up = entry.data

    @callback
    def async_start(self) -> None:
        """Watch until the entry is unloaded; nothing is asked now."""
        entry = self._entry
        entry.async_on_unload(self._account.async_add_listener(self._async_look))
        entry.async_on_unload(
            entry.runtime_data.commander.async_listen(self._async_refused)
        )
        entry.async_on_unload(
            async_track_time_interval(
                self._hass, self._async_tick, LOOK_EVERY, cancel_on_shutdown=True
            )
        )
        entry.async_on_unload(self._async_stop)

    @callback
    def _async_stop(self) -> None:
        """Take everything back of an account that its owner switched off."""
        if self._entry.disabled_by is not None:
            issues.async_clear_all(self._hass, self._entry)

    @callback
    def _async_tick(self, now: datetime) -> None:
        """Look, and have a self-check when one is due."""
        self._account.async_follow_clock(now)
        self._async_look()
        if now >= self._check_due():
            self._async_begin_check()

    @callback
    def _async_begin_check(self) -> None:
        """Check in the background, unless that is being done."""
        if self._checking is None:
            self._checking = self._entry.async_create_background_task(
                self._hass, self._async_check(), "fleet_pulse self-check"
            )

    def _check_due(self) -> datetime:
        """Return when to check next."""
        is_open = issues.async_troubles(self._hass, self._entry) & _CHECKED
        if self._checked_at is None:
            return self._started_at + (CHECK_OPEN_EVERY if is_open else FIRST_CHECK)
        return self._checked_at + (CHECK_OPEN_EVERY if is_open else CHECK_EVERY)

    async def _async_check(self) -> None:
        """Have the doctor look at what is free."""
        self._checked_at = dt_util.utcnow()
        try:
            await async_self_check(self._hass, self._entry)
        finally:
            self._checking = None

    # ---- what is known without asking

    @callback
    def _async_look(self) -> None:
        """Raise and clear what can be seen without a request."""
        self._async_follow_permissions()
        seen = dict(self._seen())
        for trouble, detail in seen.items():
            issues.async_raise(self._hass, self._entry, trouble, detail=detail)
        for trouble in self._raised - seen.keys():
            issues.async_clear(self._hass, self._entry, trouble)
        self._raised = set(seen)
        if self._set_up != self._entry.data:
            self._set_up = self._entry.data
            # What was reached just now may have mended what only a check can see.
            if issues.async_troubles(self._hass, self._entry) & _CHECKED:
                self._async_begin_check()
        for vin, vehicle in self._account.vehicles.items():
            if not vehicle.is_listed:
                issues.async_clear(self._hass, self._entry, Trouble.NOT_PAIRED, vin)

    @callback
    def _async_follow_permissions(self) -> None:
        """Start anew where the newest sign-in permits something else than the last.

        The owner may take a permission back at Tesla at any time.
        """
        granted = claims(self._entry.runtime_data.tokens.pair.access_token).scopes
        if granted != self._account.scopes:
            self._hass.config_entries.async_schedule_reload(self._entry.entry_id)

    def _seen(self) -> Iterator[tuple[Trouble, str]]:
        """Yield what is wrong as far as known, each with its words."""
        skew = self._account.client.skew
        if skew is not None and abs(skew) > CLOCK_WRONG:
            yield Trouble.CLOCK_WRONG, f"{abs(skew).total_seconds() / 60:.0f}"
        age = dt_util.utcnow() - self._started_at
        if not self._entry.data.get(CONF_FINISHED) and (
            age >= UNFINISHED_AFTER or Trouble.FINISH_SETUP in self._raised
        ):
            yield Trouble.FINISH_SETUP, ""
        if self._is_unregistered():
            yield Trouble.NOT_REGISTERED, ""
        if lacks := missing(self._account.scopes):
            yield Trouble.SCOPES_MISSING, ", ".join(lacks)
        if (trouble := self._entry.runtime_data.tokens.trouble) in _OF_TOKENS:
            yield _OF_TOKENS[trouble], ""

    def _is_unregistered(self) -> bool:
        """Return whether Tesla refuses the list because nobody is registered there."""
        error = self._account.last_exception
        if self._account.last_update_success or error is None:
            return False
        return isinstance(error.__cause__, NotRegistered)

    # ---- commands

    @callback
    def _async_refused(self, vehicle: VehicleCoordinator, error: FleetError) -> None:
        """Raise what a refused command shows; a self-check sees it mended."""
        if isinstance(error, KeyLost | SealBroken):
            issues.async_raise(self._hass, self._entry, Trouble.PRIVATE_KEY_LOST)
        elif isinstance(error, KeyNotPaired):
            self._async_unpaired(vehicle)

    @callback
    def _async_unpaired(self, vehicle: VehicleCoordinator) -> None:
        """Send the owner to the end of the set-up, or to the one car's code."""
        if not self._entry.data.get(CONF_FINISHED):
            self._raised |= {Trouble.FINISH_SETUP}
            self._async_look()
            return
        issues.async_raise(
            self._hass,
            self._entry,
            Trouble.NOT_PAIRED,
            vin=vehicle.vin,
            car=car_name(vehicle),
        )
