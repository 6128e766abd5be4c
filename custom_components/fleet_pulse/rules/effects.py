"""What must be sent so that a car does what it should; nothing where it does.

    limit ─▶ current ─▶ start, stop

A limit waits until the car is awake anyway, if only because it begins to charge by what
it keeps. It is woken for one only where the next charging would otherwise not begin, and
then in the evening rather than at night.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from ..fleet.deferred import NOW, WHEN_AWAKE, Urgency, by
from ..model import commands, vehicle_fields as fields
from ..model.command import Call
from ..model.record import record
from ..model.state import State
from ..planner.window import Span
from .desired import Desired
from .guards import is_charging, is_plugged
from .memory import Memory
from .nightfall import EARLY, nightfall
from .reason import ChargeWhy
from .situation import Situation
from .stored import TOLERANCE, is_charge, is_here, of_rule, spans

MOST_SOLAR: Final = 6
"""Commands in an hour; the last of them is for a stop, the one before for a start."""
_HOUR: Final = timedelta(hours=1)
_OBEYS_WITHIN: Final = timedelta(minutes=5)
"""Of its schedule's start a car charges, and of its end it does not."""
_WORD_HOLDS: Final = timedelta(minutes=15)
"""So long a car that sleeps now may have been charging until just before."""
_MARGIN: Final = 3
"""Percent under its limit at which a car begins to charge by itself."""
_HANDS_OFF: Final = frozenset(
    {
        ChargeWhy.BUDGET,
        ChargeWhy.FAST_CHARGING,
        ChargeWhy.IN_SERVICE,
        ChargeWhy.NOT_PERMITTED,
        ChargeWhy.TROUBLE,
        ChargeWhy.UPDATING,
    }
)
_SOLAR: Final = frozenset({ChargeWhy.SOLAR, ChargeWhy.WAITING_FOR_SUN})
_COUNTED: Final = frozenset({"charge_start", "charge_stop", "set_charging_amps"})


@record
class Effect:
    """A command that is wanted, and how long it may wait."""

    call: Call
    urgency: Urgency
    why: str = ""
    """Id of the rule or one-off; empty: what was before comes back."""


def effects(
    desired: Desired, memory: Memory, situation: Situation
) -> tuple[Effect, ...]:
    """Return what is to be sent, in order."""
    if desired.reason.why in _HANDS_OFF:
        return ()
    left = MOST_SOLAR
    if desired.reason.why in _SOLAR:
        since = situation.now - _HOUR
        left -= sum(one.command in _COUNTED and one.at > since for one in memory.sent)
    return (
        *_limit(desired, memory, situation),
        *(_amps(desired, memory, situation) if left > 2 else ()),
        *_start(desired, memory, situation, left),
    )


def _limit(desired: Desired, memory: Memory, situation: Situation) -> Iterator[Effect]:
    """Yield the limit that differs."""
    wanted = desired.limit
    if wanted is None and memory.raised is not None:
        wanted = memory.raised.restore
    state = situation.state
    known = state.get(fields.CHARGE_LIMIT_SOC)
    if wanted is None or (wanted := _taken(wanted, state)) == known:
        return
    yield Effect(
        call=commands.SET_CHARGE_LIMIT.call(percent=wanted),
        urgency=_urgency(wanted, known, desired, situation),
        why=desired.rule or "",
    )


def _taken(limit: int, state: State) -> int:
    """Return the limit that a car takes."""
    least = state.get(fields.CHARGE_LIMIT_SOC_MIN) or 50
    most = state.get(fields.CHARGE_LIMIT_SOC_MAX) or 100
    return max(int(least), min(limit, int(most)))


def _urgency(
    wanted: int, known: int | None, desired: Desired, situation: Situation
) -> Urgency:
    """Return how long a limit may wait: as long as the car would charge without it."""
    level = situation.state.get(fields.BATTERY_LEVEL)
    is_raise = known is not None and wanted > known
    if not is_raise or level is None or level >= wanted:
        return WHEN_AWAKE
    if known is None or level < known - _MARGIN or not is_plugged(situation.state):
        return WHEN_AWAKE
    start = min((one.start for one in desired.spans), default=None)
    own = _own_start(start, desired, situation)
    if own is not None:
        # It wakes by itself to begin, and goes on to a limit that it hears of then.
        return by(own + _OBEYS_WITHIN)
    if desired.charging:
        return NOW
    return WHEN_AWAKE if start is None else by(_wake_at(start, situation))


def _own_start(
    start: datetime | None, desired: Desired, situation: Situation
) -> datetime | None:
    """Return when a car begins by itself with what starts then; None: it does not."""
    runs = _runs(desired.rule or "", situation)
    ahead = [run.start for run in runs if run.end > situation.now]
    own = min(ahead, default=None)
    is_for_it = own is not None and start is not None and own <= start + TOLERANCE
    return own if is_for_it else None


def _wake_at(start: datetime, situation: Situation) -> datetime:
    """Return when a car is woken for a start: not at night, if there is an evening."""
    at = start - EARLY
    evening = nightfall(at, situation.zone)
    if evening is None or situation.now >= evening + _HOUR:
        return at
    return evening


def _amps(desired: Desired, memory: Memory, situation: Situation) -> Iterator[Effect]:
    """Yield the current that differs, where the car hears it or must be woken anyway."""
    state, wanted, why = situation.state, desired.amps or memory.amps, desired.rule
    is_woken = desired.charging and not is_charging(state)
    is_due = situation.is_online or (is_woken and _needs_start(why or "", situation))
    if wanted is None or not is_due or not is_plugged(state):
        return
    wanted = min(wanted, state.get(fields.CHARGE_CURRENT_REQUEST_MAX) or wanted)
    if wanted != state.get(fields.CHARGE_CURRENT_REQUEST):
        call = commands.SET_CHARGING_AMPS.call(charging_amps=wanted)
        yield Effect(call=call, urgency=NOW, why=desired.rule or "")


def _start(
    desired: Desired, memory: Memory, situation: Situation, left: int
) -> Iterator[Effect]:
    """Yield a start or a stop."""
    why, is_on = desired.rule or "", _charges(situation)
    if desired.charging and not is_on and _needs_start(why, situation) and left > 1:
        yield Effect(call=commands.CHARGE_START.call(), urgency=NOW, why=why)
    # Nothing is woken to be stopped: what charges is awake.
    ends = desired.charging is False and is_on and situation.is_online
    if ends and left > 0 and not _is_ending(memory.started_by or "", situation):
        yield Effect(call=commands.CHARGE_STOP.call(), urgency=NOW, why=why)


def _charges(situation: Situation) -> bool:
    """Say whether a car charges; one that sleeps does not, whatever it said last."""
    said = situation.state.reading(fields.CHARGING_STATE)
    is_old = said is not None and situation.now - said.at > _WORD_HOLDS
    return is_charging(situation.state) and (situation.is_online or not is_old)


def _needs_start(by: str, situation: Situation) -> bool:
    """Say whether a car that should charge must be told: most do it by themselves."""
    said = situation.state.said(fields.CHARGING_STATE)
    if said is not None and said.value == "no_power":
        return False
    now, runs = situation.now, [*_runs(by, situation)]
    # A plan that moved but a little is not worth a command, let alone a wake.
    if any(now < run.start <= now + TOLERANCE for run in runs):
        return False
    running = [run.start for run in runs if run.covers(now)]
    if not running:
        return True
    # A car that sleeps begins by its schedule, but not again once it was stopped; one
    # that is awake had its time.
    had_time = said is not None and said.at >= max(running) + _OBEYS_WITHIN
    is_stopped = said is not None and said.value == "stopped"
    return had_time and (situation.is_online or is_stopped)


def _is_ending(by: str, situation: Situation) -> bool:
    """Say whether a car is about to stop by itself: by its limit, or its schedule."""
    now, state = situation.now, situation.state
    level, limit = state.get(fields.BATTERY_LEVEL), state.get(fields.CHARGE_LIMIT_SOC)
    if level is not None and limit is not None and level >= limit:
        return True
    # What it said before the end, however long ago, says nothing of after it.
    said = state.said(fields.CHARGING_STATE)
    heard_at = now if said is None else min(said.at, now)
    return any(
        run.end <= now and heard_at < run.end + _OBEYS_WITHIN
        for run in _runs(by, situation)
    )


def _runs(by: str, situation: Situation) -> Iterator[Span]:
    """Yield when the car charges by what it keeps of a rule, where it stands."""
    for one in of_rule(by, situation.state):
        if is_charge(one) and one.enabled and is_here(one, situation):
            yield from spans(one, situation.now, situation.zone)
