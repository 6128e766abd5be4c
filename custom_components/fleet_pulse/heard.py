"""One car as it was heard: its state, whichever source spoke, and what it teaches.

    list (free) ──▶ async_receive_product ─┐
    snapshot, stream, command ─────────────┼▶ async_receive ──▶ shown and kept
    restart ──▶ async_recall               │
                                           └▶ what the next looks can be saved by

Nothing here asks anybody anything.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .account import Account
from .const import DOMAIN
from .fleet import habits
from .fleet.habits import Habits
from .fleet.poll import PollMemory
from .fleet.recall import dump_looks, load_looks
from .fleet.roster import Absence
from .fleet.unused import Unused
from .model import vehicle_fields as fields
from .model.field import Reading, Source
from .model.persist import dump
from .model.product import ProductReader
from .model.state import State
from .model.unread import Unread

_LOGGER = logging.getLogger(__name__)

ONLINE: Final = "online"


class HeardVehicle(DataUpdateCoordinator[State]):
    """What is known of one car, and how it came to be known."""

    config_entry: ConfigEntry

    absence: Absence | None = None
    """Since when the account's lists do not name the car."""
    has_snapshots = False
    """The car's snapshots in the free list really arrive: looks can be saved."""
    is_falling_asleep = False
    signs: bool | None = None
    """What the car itself said about signed commands, against Tesla's list."""
    refused_schedules_on: str | None = None
    """The software with which the car said that it knows no schedules."""
    online_at: datetime | None = None
    touched_at: datetime | None = None
    """When a command last left for the car, whatever came of it."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        account: Account,
        vin: str,
        state: State,
    ) -> None:
        """Serve a car from what was known of it."""
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            # The name appears in the log, so it must not be the VIN.
            name=f"{DOMAIN} vehicle",
            always_update=False,
        )
        self.account = account
        self.vin = vin
        self.data = state
        self.memory = PollMemory()
        self.habits = Habits()
        self._unread = Unread()
        self._product = ProductReader(self._unread)
        self._unused = Unused()

    # ---- what is known

    @property
    def is_online(self) -> bool:
        """Return whether Tesla's last word was that the car is online."""
        said = self.data.said(fields.STATE)
        return said is not None and said.value == ONLINE and self.heard_at is not None

    @property
    def heard_at(self) -> datetime | None:
        """Return when Tesla last told us, since the start, whether it is online."""
        said = self.data.said(fields.STATE)
        if said is None or said.source is Source.RESTORED:
            return None
        return said.at

    def is_surely_online(self, now: datetime) -> bool:
        """Return whether the word that it is online is recent enough to act on."""
        heard_at, waits = self.heard_at, self.account.waits
        longest = max(waits.list_longest, waits.list_every)
        return self.is_online and heard_at is not None and now - heard_at <= longest

    def is_still_as(
        self, said_at: datetime, now: datetime, *, within: timedelta
    ) -> bool:
        """Return whether a look not older than that said it last."""
        looked_at = self.memory.looked_at
        if looked_at is None or self._is_touched_since(said_at - self.account.lag):
            return False
        return now - looked_at <= within

    def is_unused_since(self, said_at: datetime) -> bool:
        """Return whether the car sleeps and was not used since it said something."""
        # The list and our commands are dated by our clock, the car's words by its own.
        said_at -= self.account.lag
        word = self.data.said(fields.STATE)
        sleeps = word is not None and self._unused.until == word.at
        covered = sleeps and self._unused.covers(said_at)
        return covered and not self._is_touched_since(said_at)

    def has_said_since_awake(self, said_at: datetime) -> bool:
        """Return whether a word is of this awake period, and no command came after it."""
        since = self.memory.online_since
        is_of_now = self.is_online and since is not None and said_at >= since
        return is_of_now and not self._is_touched_since(said_at)

    def _is_touched_since(self, moment: datetime) -> bool:
        """Return whether a command of ours may have changed the car since then."""
        return self.touched_at is not None and self.touched_at >= moment

    @property
    def car_now(self) -> datetime:
        """Return what time it is for the car, where our clock is known to lag."""
        return dt_util.utcnow() + self.account.lag

    @property
    def is_listed(self) -> bool:
        """Return whether the account has the car, as far as its lists say."""
        return self.absence is None

    @property
    def is_reachable(self) -> bool:
        """Return whether the account still shows us the car, asleep or not."""
        return self.is_listed and not self.account.is_refused

    @property
    def takes_signed(self) -> bool:
        """Return whether the car wants its commands signed."""
        if self.signs is not None:
            return self.signs
        return self.data.get(fields.COMMAND_SIGNING) in ("allowed", "required")

    @property
    def knows_no_schedules(self) -> bool:
        """Return whether the car said so itself, with the software that it has."""
        return self.refused_schedules_on in ("", self._software)

    @property
    def _software(self) -> str:
        """Return the car's software; empty: not known."""
        return self.data.get(fields.CAR_VERSION) or ""

    # ---- what is kept

    def kept(self) -> dict[str, Any]:
        """Return all of the car that must outlast a restart."""
        return {
            "state": dump(self.data),
            "signs": self.signs,
            "refused_schedules_on": self.refused_schedules_on,
            "looks": dump_looks(self.memory),
            "habits": self.habits.dump(),
        }

    @callback
    def async_recall(self, kept: Mapping[str, Any]) -> None:
        """Take back what was kept beside the state, as far as it can be trusted."""
        signs = kept.get("signs")
        self.signs = signs if isinstance(signs, bool) else None
        refused_on = kept.get("refused_schedules_on")
        self.refused_schedules_on = refused_on if isinstance(refused_on, str) else None
        now, waits = dt_util.utcnow(), self.account.waits
        self.memory = load_looks(kept.get("looks"), now=now, waits=waits)
        self.habits = habits.load(kept.get("habits"))

    # ---- what is heard

    @callback
    def async_receive(self, readings: Iterable[Reading[Any]]) -> None:
        """Merge what any source said, and tell whoever shows it."""
        self._async_show(self.data.merged(readings).settled(self.car_now))

    @callback
    def _async_show(self, state: State) -> None:
        """Take over a state; tell and keep what is new in it."""
        before, was_online = self.data, self.is_online
        self.data = state
        if state is before or not state.brings_news(before):
            return
        self.account.async_save_later()
        self.is_falling_asleep = was_online and not self.is_online
        self.async_update_listeners()
        self.is_falling_asleep = False

    @callback
    def async_receive_product(
        self, body: Mapping[str, Any], snapshot: Iterable[Reading[Any]] = ()
    ) -> None:
        """Merge Tesla's word on online or asleep, and the snapshot that came with it."""
        now = dt_util.utcnow()
        if self.heard_at is not None and self.heard_at > now:
            # The clock was set back: what it dated is over.
            self.data, self.memory = self.data.until(now), self.memory.believed(now=now)
        before, online_since = self.data, self.memory.online_since
        self.async_receive([*self._product.read(body, now=now), *snapshot])
        self.memory = self.memory.listed(online=self.is_online, now=now)
        self._async_learn(before, online_since or self.memory.online_since)
        # The list's word is newer than any other.
        word = self.data.get(fields.STATE)
        self._unused = self._unused.heard(word, now=now, waits=self.account.waits)
        if self.is_online:
            self.online_at = now

    @callback
    def _async_learn(self, before: State, online_since: datetime | None) -> None:
        """Learn from what was just heard when it usually leaves and where it sleeps."""
        if self.knows_no_schedules:
            # It may have said so before anybody knew with which software.
            self.refused_schedules_on = self._software
        known, now = self.habits, dt_util.utcnow()
        self.habits = known.learned(
            before, self.data, online_since=online_since, now=now
        )
        if self.habits is not known:
            self.account.async_save_later()

    @callback
    def async_correct_asleep(self) -> None:
        """Note that the car sleeps although the list still said online."""
        now = dt_util.utcnow()
        # The list's word may be of this very moment; the car's comes after it.
        at = max(now, (self.heard_at or now) + timedelta(microseconds=1))
        asleep = Reading(field=fields.STATE, value="asleep", at=at, source=Source.POLL)
        self.async_receive([asleep])
        self.memory = self.memory.listed(online=False, now=now)
