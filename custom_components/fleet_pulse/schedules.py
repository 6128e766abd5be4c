"""Brings the schedules that rules want into a car, and takes out what they do not.

wanted, kept, waiting ─▶ differences ─▶ commander: when awake, or in time
│ refused: again in 1, 5, 15, 60 min …
▼
the car lists them with the look that follows anyway
"""

from collections.abc import Awaitable, Callable, Sequence, Set as AbstractSet
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .commander import NOW, Cause, Commander, Urgency
from .errors import Problem, tried
from .model.command import Call
from .model.record import record
from .rules.memory import Memory
from .rules.native import Compiled
from .rules.schedule_changes import Waits, must_stop, schedule_changes
from .rules.situation import Situation
from .rules.stored import stored
from .vehicle import VehicleCoordinator

type Note = Callable[[Call], Awaitable[None]]

_CAUSE: Final = Cause(reason="rule: schedule in the car", scheduled=True)
_ASKED: Final = Cause(reason="owner: schedule in the car", scheduled=False)
_JUST: Final = timedelta(minutes=2)
"""So long after somebody changed a rule, what follows is that person's doing."""
_PAUSES: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(days=1),
)


@record
class _Failed:
    """What came to nothing, how often in a row, and when it is tried again."""

    times: int
    again_at: datetime


class Schedules:
    """Keeps the schedules of one account's cars as rules want them."""

    def __init__(self, commander: Commander) -> None:
        """Keep the one way to a car."""
        self._commander = commander
        self._failed: dict[tuple[object, ...], _Failed] = {}
        self._asked: dict[str, datetime] = {}

    @callback
    def async_asked(self, vin: str) -> None:
        """Know that somebody changes, right now, what a car should do."""
        self._asked[vin] = dt_util.utcnow()

    async def async_bring(
        self,
        vehicle: VehicleCoordinator,
        wanted: Sequence[Compiled],
        situation: Situation,
        memory: Memory,
        note: Note,
    ) -> datetime | None:
        """Send what differs; return when to come back for what a car did not take.

        `note` is awaited right before a command leaves, so that its effect is known for
        ours whatever happens.
        """
        vehicle.wants_schedules = bool(wanted or stored(situation.state))
        waiting = [
            Waits(call=one.call, wake_at=one.wake_at)
            for one in vehicle.deferred.waiting
            if one.call.command.keeps is not None
        ]
        asked_at = self._asked.get(vehicle.vin)
        is_asked = asked_at is not None and situation.now - asked_at < _JUST
        changes = schedule_changes(wanted, situation, waiting, is_asked=is_asked)
        for call in changes.withdraw:
            await tried(self._commander.async_withdraw(vehicle, call))
        for change in changes.send:
            cause = _ASKED if is_asked else _CAUSE
            await self._async_send(vehicle, change.call, cause, change.urgency, note)
        # Removing the last schedule may be what a car begins to charge for.
        after = replace(situation, state=vehicle.data, now=dt_util.utcnow())
        stop = must_stop(wanted, memory, after)
        if stop is not None:
            await self._async_send(vehicle, stop, _CAUSE, NOW, note)
        calls = [one.call for one in changes.send] + ([stop] if stop else [])
        tried_now = {(vehicle.vin, *call.identity) for call in calls}
        return self._again_at(vehicle, tried_now)

    async def _async_send(
        self,
        vehicle: VehicleCoordinator,
        call: Call,
        cause: Cause,
        urgency: Urgency,
        note: Note,
    ) -> None:
        """Send one command, unless it failed a moment ago."""
        key, now = (vehicle.vin, *call.identity), dt_util.utcnow()
        failed = self._failed.get(key)
        if failed is not None and now < failed.again_at:
            return
        await note(call)
        found = await tried(self._commander.async_send(vehicle, call, cause, urgency))
        if not isinstance(found, Problem):
            self._failed.pop(key, None)
            return
        times = 0 if failed is None else failed.times
        pause = _PAUSES[min(times, len(_PAUSES) - 1)]
        self._failed[key] = _Failed(times=times + 1, again_at=now + pause)

    def _again_at(
        self, vehicle: VehicleCoordinator, wanted: AbstractSet[tuple[object, ...]]
    ) -> datetime | None:
        """Return when what failed is tried again; what nobody wants now is forgotten."""
        self._failed = {
            key: failed
            for key, failed in self._failed.items()
            if key[0] != vehicle.vin or key in wanted
        }
        own = (self._failed[key].again_at for key in wanted & self._failed.keys())
        return min(own, default=None)
