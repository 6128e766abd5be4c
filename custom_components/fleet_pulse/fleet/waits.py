"""How long the poll policy waits for what: one table of durations."""

from dataclasses import fields as dataclass_fields, replace
from datetime import timedelta
from typing import Any, Final

from ..model.record import record
from .errors import FleetError

_SHORTEST: Final = timedelta(seconds=1)
LONGEST_RETRY_AFTER: Final = timedelta(days=1)


@record
class Waits:
    """How long the policy waits for what."""

    list_every: timedelta = timedelta(minutes=1)
    list_longest: timedelta = timedelta(minutes=5)
    """To this the list is stretched after errors."""
    list_apart: timedelta = timedelta(seconds=10)
    """However often people ask."""
    list_fresh: timedelta = timedelta(seconds=5)
    """So old may the word be that a car is online when it is looked at."""

    settle: timedelta = timedelta(minutes=4)
    """Cars wake themselves hourly for 2 to 3 min; a look keeps some up for 15."""
    outdated: timedelta = timedelta(hours=12)
    rule_lead: timedelta = timedelta(minutes=30)
    after_command: timedelta = timedelta(seconds=20)
    matters: timedelta = timedelta(minutes=15)
    """So long a command, or a person who asked, still wants to be shown something."""
    least_apart: timedelta = timedelta(seconds=2)
    """Between any two looks; Tesla allows 60 a minute."""

    driving: timedelta = timedelta(minutes=10)
    driving_economy: timedelta = timedelta(minutes=90)
    charging_ac: timedelta = timedelta(minutes=4)
    charging_ac_economy: timedelta = timedelta(minutes=10)
    charging_dc: timedelta = timedelta(minutes=2)
    charging_dc_economy: timedelta = timedelta(minutes=5)
    charging_longest: timedelta = timedelta(hours=6)
    charged: timedelta = timedelta(minutes=1)
    """After the predicted end of a charge."""
    charged_cached: timedelta = timedelta(minutes=30)
    """The same where the snapshot at sleep says it first, free."""
    attended: timedelta = timedelta(minutes=11)
    attended_near: timedelta = timedelta(minutes=7)
    """The same when it usually leaves, and the cable is about to be pulled."""
    attended_economy: timedelta = timedelta(minutes=30)
    kept_awake: timedelta = timedelta(minutes=32)
    kept_awake_economy: timedelta = timedelta(minutes=60)
    leaves: timedelta = timedelta(minutes=16)
    """Between looks at a busy car that may be driven off at any time."""
    drive_near: timedelta = timedelta(minutes=9)
    """Between looks at a car kept awake when it usually leaves."""
    before_drive: timedelta = timedelta(minutes=15)
    after_drive: timedelta = timedelta(minutes=20)
    parked: timedelta = timedelta(minutes=10)
    slow_sleeper: timedelta = timedelta(minutes=15)
    """Least between looks at an idle car that looks keep awake."""
    still_online: timedelta = timedelta(minutes=16)
    """A car that could sleep has slept by then, so something goes on."""
    still_online_economy: timedelta = timedelta(minutes=60)
    stays_awake: timedelta = timedelta(minutes=10)
    """At least so long a car stays awake after somebody used it."""
    telemetry: timedelta = timedelta(hours=24)
    """Between looks for what the stream does not say."""

    back_off: timedelta = timedelta(seconds=30)
    back_off_longest: timedelta = timedelta(minutes=15)
    rate_limited: timedelta = timedelta(minutes=1)
    """Where Tesla does not say how long to wait."""
    disabled: timedelta = timedelta(minutes=15)
    """Between tries while Tesla has disabled the application."""

    points: float = 4.3
    """So far the level may have moved unseen while charging."""
    points_economy: float = 8
    parked_looks: int = 3
    """Looks at a place where the car has never been seen to fall asleep."""
    unchanged: int = 2
    """So often unchanged, a parked car is left to fall asleep."""
    time_scale: float = 1
    """How much faster than real time the cars live; predictions come true sooner."""

    def scaled(self, time_scale: float) -> Waits:
        """Return all waits divided, for a demo; no less than a second of real time."""
        divided: dict[str, Any] = {
            field.name: max(wait / time_scale, min(wait, _SHORTEST))
            for field in dataclass_fields(self)
            if isinstance(wait := getattr(self, field.name), timedelta)
        }
        return replace(self, **divided, time_scale=self.time_scale * time_scale)

    def asked_for(self, error: FleetError) -> timedelta:
        """Return how long Tesla wants us to wait, within reason."""
        if error.retry_after is None:
            return self.rate_limited
        longest = LONGEST_RETRY_AFTER.total_seconds()
        return timedelta(seconds=min(max(error.retry_after, 1), longest))

    def after_failures(self, failures: int) -> timedelta:
        """Return the back-off after so many failures in a row, one at least."""
        doubled = self.back_off * (1 << min(max(failures - 1, 0), 20))
        return min(doubled, self.back_off_longest)
