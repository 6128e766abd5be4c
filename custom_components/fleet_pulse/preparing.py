"""Has one car begin and end what its departures want: noted, sent, and told.

begin: noted on disk ─▶ sent ─▶ taken ─▶ told ─▶ extras
                            └─▶ refused ─▶ tried again, or given up and told
end:   sent ─▶ noted

What is begun is on disk before it is sent, so that after a crash it is known as ours,
and nothing is begun twice.
"""

from collections.abc import Callable, Iterable

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .climate_sending import ClimateSender
from .climate_store import RememberedClimate
from .commander import Commander, Outcome
from .errors import Problem
from .fleet.errors import FleetError, NotSaved
from .rules.climate_calls import START
from .rules.climate_memory import IN_A_ROW
from .rules.climate_news import skipped, started
from .rules.climate_refusal import refused
from .rules.climate_run import unstopped
from .rules.departure import Departure
from .rules.departures import Leaving
from .rules.precondition import Outlook
from .rules.reason import DepartureWhy, Reason
from .rules.view import News
from .steering import Failure
from .vehicle import VehicleCoordinator


class Preparing:
    """Acts for the departures of one car, and remembers what came of it."""

    def __init__(
        self,
        *,
        commander: Commander,
        vehicle: VehicleCoordinator,
        kept: RememberedClimate,
        tell: Callable[[News], None],
    ) -> None:
        """Have nothing begun."""
        self._sender = ClimateSender(commander, vehicle)
        self._kept = kept
        self._tell = tell
        self._errors: dict[str, FleetError] = {}
        self.is_beginning = False
        """Of what is being begun nobody knows yet what will come of it."""

    def failures(self, rules: Iterable[Departure]) -> tuple[Failure, ...]:
        """Return what the car did not do for one departure after the other."""
        return tuple(
            Failure(
                by=rule.id,
                name=rule.name,
                command=START.command.key,
                error=self._errors.get(rule.id),
            )
            for rule in rules
            if self._kept.now.times_troubled(rule.id) >= IN_A_ROW
        )

    @callback
    def async_left_out(self, leaving: Leaving, reason: Reason) -> News:
        """Remember that it is told that a departure is left out, and return that."""
        why = DepartureWhy(reason.why)
        self._kept.now = self._kept.now.said(leaving, why)
        return skipped(leaving, why)

    async def async_begin(self, one: Outlook) -> None:
        """Begin for a departure: noted, sent, and told."""
        leaving, self.is_beginning = one.leaving, True
        try:
            self._kept.now = self._kept.now.begun(leaving, dt_util.utcnow())
            await self._kept.async_save()
            found = await self._sender.async_start(leaving)
            self._async_take(leaving, found)
            if found is Outcome.SENT:
                await self._kept.async_try()
                await self._sender.async_add_extras(one)
        except NotSaved as err:
            self._async_take(leaving, Problem(err))
        finally:
            self.is_beginning = False

    @callback
    def _async_take(self, leaving: Leaving, found: Outcome | Problem) -> None:
        """Take in what came of a start, and tell it."""
        now = dt_util.utcnow()
        is_lost = isinstance(found, Problem) and found.error.may_have_acted
        self._errors.pop(leaving.rule, None)
        if found is Outcome.SENT or is_lost:
            # Of a lost answer the car's next word shows what became of it.
            self._kept.now = self._kept.now.taken(now)
            self._tell(started(leaving))
            return
        before = self._kept.now.untaken()
        if isinstance(found, Problem):
            self._kept.now = refused(before, leaving, found.error, now)
            self._errors[leaving.rule] = found.error
        else:
            over = DepartureWhy.ALREADY_ON
            self._kept.now = before.dealt(leaving.rule, leaving.at, over)
        why = self._kept.now.over_for(leaving)
        if why is not None and not self._kept.now.was_told(leaving):
            self._tell(self.async_left_out(leaving, Reason(why=why)))

    async def async_tune(self, leaving: Leaving) -> None:
        """Have the car know how warm to make it for what it begins by itself."""
        self._kept.now = self._kept.now.set_for(leaving)
        await self._sender.async_tune(leaving)

    async def async_end(self, why: DepartureWhy) -> None:
        """Stop what was begun; what the car does not take is tried again."""
        found, now = await self._sender.async_stop(), dt_util.utcnow()
        is_over, known = not isinstance(found, Problem), self._kept.now
        self._kept.now = known.ended(why, now) if is_over else unstopped(known, now)
