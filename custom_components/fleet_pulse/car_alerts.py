"""The alerts of one car: looked at anew whenever something may have changed.

begin ─▶ look: facts ─▶ review ─▶ remembered ─▶ active ─▶ who shows it
▲                          └─ news, messages ─▶ told, once it is on disk
└── the moment at which time alone changes something
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .alarm import Alarm
from .alerts.alert import Alert, Snooze
from .alerts.facts import Facts
from .alerts.memory import AlertMemory
from .alerts.news import AlertNews, Episode, Message
from .alerts.reached import Reached
from .alerts.review import Reviewed, review
from .coordinator import VehicleCoordinator
from .errors import Problem, tried
from .rule_store import Part, RuleStore

type Tell = Callable[[CarAlerts, Sequence[AlertNews], Sequence[Message]], None]

_KEPT_AFTER: Final = timedelta(minutes=1)
"""What nobody was told of may be lost with a crash: it is only begun anew."""


class CarAlerts:
    """Watches one car for those who want to be told."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        vehicle: VehicleCoordinator,
        store: RuleStore,
        gather: Callable[[VehicleCoordinator], Facts],
        changed: Callable[[], None],
        tell: Tell,
    ) -> None:
        """Take up what was remembered of a car; nothing is looked at yet."""
        self.vehicle = vehicle
        self.active: tuple[Episode, ...] = ()
        self._store = store
        self._gather = gather
        self._changed = changed
        self._tell = tell
        self._alerts: tuple[Alert, ...] = ()
        self._memory = AlertMemory.load(store.of(vehicle.vin, Part.ALERTS))
        self._saved = self._memory
        tracks = self._memory.tracks
        going_on = {one.episode.id for one in tracks if one.episode is not None}
        reached = Reached.load(store.of(vehicle.vin, Part.REACHED))
        self.reached = reached.of(going_on)
        """Whom the beginnings of what goes on have reached."""
        self._look_at = Alarm(hass, self.async_look)
        self._hass = hass
        self._keep_at = Alarm(hass, self._async_keep)
        self._is_to_be_kept = False
        self._end_listening: CALLBACK_TYPE | None = None
        self._is_first = True
        self._may_tell = False

    # ---- start and stop

    @callback
    def async_take_alerts(self, alerts: Iterable[Alert]) -> None:
        """Go by other alerts from now on, those that are about this car."""
        vin = self.vehicle.vin
        self._alerts = tuple(one for one in alerts if not one.vins or vin in one.vins)
        self._async_listen()
        if self._may_tell:
            self.async_look()
        elif self._is_needed:
            # Until everything is there nothing is told; what was so is shown.
            self.active = self._review().active

    @callback
    def async_begin(self) -> None:
        """Begin to tell."""
        self._may_tell = True
        self.async_look()

    @callback
    def async_end(self) -> None:
        """Look at nothing any more."""
        self._alerts, self._may_tell = (), False
        self._async_listen()
        self._look_at.async_set(None)
        self._keep_at.async_set(None)

    async def async_stop(self) -> None:
        """Look at nothing any more, and keep what is remembered."""
        self.async_end()
        await tried(self.async_save())

    @callback
    def _async_listen(self) -> None:
        """Hear what the car says, as long as somebody wants to be told."""
        if self._end_listening is not None:
            self._end_listening()
            self._end_listening = None
        if self._alerts:
            self._end_listening = self.vehicle.async_add_listener(self.async_look)

    # ---- looking

    @property
    def _is_needed(self) -> bool:
        """Say whether somebody wants to be told, or was told of what must be let go."""
        return bool(self._alerts) or self._memory != AlertMemory()

    def _review(self) -> Reviewed:
        """Think about the car as it is; nothing comes of it."""
        facts = self._gather(self.vehicle)
        return review(self._memory, facts, self._alerts, is_first=self._is_first)

    @callback
    def async_look(self, _: datetime | None = None) -> None:
        """Look at the car as it is, show what is active, and tell what is new."""
        if not (self._may_tell and self._is_needed):
            return
        reviewed, before = self._review(), self.active
        self._is_first = False
        self._memory, self.active = reviewed.memory, reviewed.active
        if not self._alerts:
            # What was told is let go; nothing else needs to be known then.
            self._memory = AlertMemory()
        due, now = reviewed.look_at, dt_util.utcnow()
        self._look_at.async_set(due if due is not None and due > now else None)
        if reviewed.news or reviewed.messages:
            self._tell(self, reviewed.news, reviewed.messages)
        elif self._memory != self._saved:
            self._async_keep_later(now)
        if self.active != before:
            self._changed()

    # ---- remembering

    async def async_save(self) -> None:
        """Have on disk what is remembered now; raises NotSaved."""
        memory = self._memory
        if memory != self._saved:
            await self._store.async_note(self.vehicle.vin, Part.ALERTS, memory.dump())
            self._saved = memory

    @callback
    def _async_keep_later(self, now: datetime) -> None:
        """Have it on disk within a minute: readings that never pause are many."""
        if not self._is_to_be_kept:
            self._is_to_be_kept = True
            self._keep_at.async_set(now + _KEPT_AFTER)

    @callback
    def _async_keep(self, _: datetime) -> None:
        """Have it on disk now."""
        self._is_to_be_kept = False
        self._hass.async_create_task(tried(self.async_save()), "fleet_pulse alerts")

    async def async_reached(self, reached: Reached) -> None:
        """Remember who has got what; raises NotSaved."""
        if reached != self.reached:
            self.reached = reached
            dumped = reached.dump()
            await self._store.async_note(self.vehicle.vin, Part.REACHED, dumped)

    async def async_snooze(self, snooze: Snooze) -> None:
        """Tell no more of what somebody knows; raises NotSaved, and forgets it."""
        before, self._memory = self._memory, self._memory.snoozed(snooze)
        saved = await tried(self.async_save())
        if isinstance(saved, Problem):
            self._memory = before
            raise saved.error
        self.async_look()
