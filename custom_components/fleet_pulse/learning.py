"""What charging teaches of one car: followed while it charges, and kept on disk.

Also what is under way is kept, so that a restart in the middle of a charge costs
nothing: from what was kept last to the next look it is gone on with.
"""

from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import HomeAssistant, callback

from .errors import tried
from .planner.learned import Learned
from .rule_store import Part, RuleStore
from .rules.charging_session import Ongoing, followed
from .rules.desired import Desired
from .rules.effort import place
from .rules.reason import ChargeWhy
from .rules.situation import Situation

_KEPT_EVERY: Final = timedelta(minutes=10)
"""A stream says something every few seconds, and the disk may be a card."""


class Learning:
    """What is known of how a car charges, and the session under way."""

    def __init__(self, hass: HomeAssistant, store: RuleStore, vin: str) -> None:
        """Take back what was kept of a car."""
        self.known = Learned.load(store.of(vin, Part.LEARNED))
        self._hass = hass
        self._store = store
        self._vin = vin
        self._session = Ongoing.load(store.of(vin, Part.SESSION))
        self._kept = (self.known, self._session)

    @callback
    def async_follow(self, situation: Situation, desired: Desired) -> None:
        """Follow the session under way, and learn from one that ended."""
        self._session, ended = followed(
            self._session,
            situation.state,
            place(situation),
            is_throttled=desired.reason.why is ChargeWhy.SOLAR,
        )
        if ended is not None:
            self.known = self.known.learned(ended)
        if ended is not None or self._is_due:
            self._hass.async_create_task(self._async_keep(), "fleet_pulse learning")

    async def async_stop(self) -> None:
        """Keep what is under way."""
        await self._async_keep()

    @property
    def _is_due(self) -> bool:
        """Say whether what is on disk is too old."""
        before, now = _at(self._kept[1]), _at(self._session)
        if before is None or now is None:
            return before is not now
        return now - before >= _KEPT_EVERY

    async def _async_keep(self) -> None:
        """Write down what was learned with what is under way: neither counts twice."""
        known, session = self.known, self._session
        if (known, session) == self._kept:
            return
        self._kept = (known, session)
        parts = {
            Part.LEARNED: known.dump(),
            Part.SESSION: None if session is None else session.dump(),
        }
        await tried(self._store.async_note_all(self._vin, parts))


def _at(session: Ongoing | None) -> datetime | None:
    """Return the last look of a session."""
    return None if session is None else session.last.at
