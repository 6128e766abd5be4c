"""What the poll policy works with: its answer, the needs around it, its memory."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from ..model.record import record
from ..model.state import State
from .activity import Activity, activity, is_newly_charged, is_unchanged
from .errors import Asleep, BillingLimit, FleetError, RateLimited
from .waits import Waits


class PollKind(StrEnum):
    """What to ask Tesla for, now."""

    FETCH = "fetch"
    """The car's data, billed."""
    LIST = "list"
    """The account's products, free: a look is due and must follow a fresh word."""
    NONE = "none"


class PollReason(StrEnum):
    """Why a car is asked, or why not."""

    ASKED = "asked"
    ASLEEP = "asleep"
    BACKING_OFF = "backing_off"
    BUDGET = "budget"
    CHARGING = "charging"
    COMMAND_SENT = "command_sent"
    DISABLED = "disabled"
    DRIVING = "driving"
    ECONOMY = "economy"
    """Most of the owner's budget is spent: looks are further apart."""
    FIRST_READ = "first_read"
    JUST_STARTED = "just_started"
    """Home Assistant has only just started, and perhaps does so again."""
    KEPT_AWAKE = "kept_awake"
    MOBILE_ACCESS_OFF = "mobile_access_off"
    """The car's owner forbade it in the car: Tesla refuses looks, and bills them."""
    OFFLINE = "offline"
    OUTDATED = "outdated"
    PARKED = "parked"
    POLLING_OFF = "polling_off"
    """The owner switched polling off in Home Assistant."""
    RATE_LIMITED = "rate_limited"
    RULE_DUE = "rule_due"
    SETTLING = "settling"
    SOMEONE_PRESENT = "someone_present"
    TELEMETRY_LIVE = "telemetry_live"
    UNKNOWN = "unknown"
    """Tesla has not said yet whether the car is online."""


@record
class Poll:
    """What to do. For NONE, `at` is when to decide again at the latest.

    None as `at` waits for news of the car; the regular list brings them.
    """

    kind: PollKind
    at: datetime | None
    reason: PollReason


@record
class Needs:
    """What the surroundings want from a look, and what makes it unnecessary."""

    asked_at: datetime | None = None
    """When a person last asked for a look."""
    command_at: datetime | None = None
    """When a command was last sent whose effect must be seen."""
    rule_at: datetime | None = None
    """When the next rule or precondition is due."""
    quiet_until: datetime | None = None
    """Home Assistant has just started: nothing is billed for that before then."""
    is_streaming: bool = False
    """Telemetry is live."""
    has_snapshots: bool = False
    """The free list brings the car's cached snapshots."""
    is_slow_sleeper: bool = False
    """Looks keep it awake: Model S and X before 2021."""
    sleeps_here: bool = True
    """It has been seen to fall asleep at this place, or nobody keeps count."""
    drives: tuple[datetime, ...] = ()
    """When a drive usually starts, around now."""
    is_new: bool = False
    """Too few drives were seen to know any habit."""
    leaves_as_usual: bool = True
    """It drives off at usual times only, or nobody keeps count."""


_TIMES: Final = ("blocked_until", "looked_at", "online_since", "retry_at", "tried_at")


@record
class PollMemory:
    """What the policy remembers of one car, also over a restart: see `recall`."""

    listed_at: datetime | None = None
    """When a list last said that the car is online; None if the last one did not."""
    online_since: datetime | None = None
    looked_at: datetime | None = None
    """When a look last brought data."""
    tried_at: datetime | None = None
    """When a look last ended, whichever way."""
    unchanged: int = 0
    """Looks in a row that found a parked car as it was."""
    parked_looks: int = 0
    """Looks in a row that found the car parked, since it came online."""
    failures: int = 0
    retry_at: datetime | None = None
    """Back-off of ours: a person may try nevertheless."""
    blocked_until: datetime | None = None
    """Tesla's own word: nobody may."""
    blocked_by: PollReason = PollReason.RATE_LIMITED

    def believed(self, *, now: datetime) -> PollMemory:
        """Return the memory moved with a clock that jumped back.

        As it was, it would hold back every look until the clock has caught up.
        """
        known = (self.listed_at, self.looked_at, self.tried_at)
        latest = max((at for at in known if at is not None), default=now)
        if latest <= now:
            return self
        moved: dict[str, Any] = {
            key: at - (latest - now)
            for key in _TIMES
            if (at := getattr(self, key)) is not None
        }
        # How old the word is that it is online, nobody knows any more.
        return replace(self, **(moved | {"listed_at": None}))

    def listed(self, *, online: bool, now: datetime) -> PollMemory:
        """Return the memory after any word of Tesla on whether the car is online."""
        if online:
            return replace(self, listed_at=now, online_since=self.online_since or now)
        return replace(
            self, listed_at=None, online_since=None, unchanged=0, parked_looks=0
        )

    def looked(self, before: State, after: State, *, now: datetime) -> PollMemory:
        """Return the memory after a look that brought data."""
        parked = activity(after) is Activity.PARKED
        unchanged = parked and is_unchanged(before, after)
        # A car that slept since the last look, or is full, has nothing left to settle:
        # further looks would only keep it up, half of an older car's time awake.
        has_slept = self.online_since is not None and (
            self.looked_at is not None and self.looked_at < self.online_since
        )
        count = self.unchanged + (2 if has_slept else 1) if unchanged else 0
        if parked and is_newly_charged(before, after):
            count = 2
        return replace(
            self,
            looked_at=now,
            tried_at=now,
            unchanged=count,
            parked_looks=self.parked_looks + 1 if parked else 0,
            failures=0,
            retry_at=None,
            blocked_until=None,
        )

    def failed(
        self, error: FleetError, *, now: datetime, waits: Waits, jitter: float = 0
    ) -> PollMemory:
        """Return the memory after a look that failed; `jitter` is random, 0 to 1."""
        tried = replace(self, tried_at=now)
        match error:
            case Asleep():
                return tried.listed(online=False, now=now)
            case RateLimited():
                wait = waits.asked_for(error)
                reason = PollReason.RATE_LIMITED
            case BillingLimit():
                wait, reason = waits.disabled, PollReason.DISABLED
            case _:
                failures = self.failures + 1
                wait = waits.after_failures(failures) * (1 - 0.2 * jitter)
                return replace(tried, failures=failures, retry_at=now + wait)
        return replace(tried, blocked_until=now + wait, blocked_by=reason)


def is_slow_sleeper(vin: str) -> bool:
    """Tell whether looks keep a car awake: Model S and X of before 2021.

    The fourth character of a VIN is the model, the tenth the year: A is 2010, and I is
    left out, so that M is 2021.
    """
    return vin[3:4] in ("S", "X") and "A" <= vin[9:10] < "M"
