"""May a car be asked for its data, when next, and why not now: the poll policy.

Tesla bills a look (`vehicle_data`) also when the car is asleep, and some cars stay
awake for being looked at. The list of an account's products is free. So the list is
asked regularly, and tells who is online; a look needs a reason.

                      list: online                     settled, or something decides
    asleep, offline ───────────────▶ settling (4 min) ──────────────▶ looked at
          ▲                              │                            │  ▲
          └───── list: not online ───────┴────────────────────────────┘  └─ next look
                                                                  by what it does

Invariants: no look at a car that is not online by a list answer at most 5 s old; none
while Tesla asks to wait; none over the budget but for a person; looks are a wait apart
that lets the car fall asleep in between; what a person asks for is tried once, at once.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..model import vehicle_fields as fields
from ..model.field import Source
from ..model.record import record
from ..model.state import State
from .activity import Activity, activity, charge, is_guarding, last_word, told_busy_at
from .budget import BudgetLevel
from .poll import Needs, Poll, PollKind, PollMemory, PollReason
from .waits import Waits

__all__ = ["Needs", "Poll", "PollKind", "PollMemory", "PollReason", "Waits", "decide"]

ONLINE: Final = "online"
_NOT_ONLINE: Final = {"asleep": PollReason.ASLEEP, "offline": PollReason.OFFLINE}
_REASONS: Final = {
    Activity.ATTENDED: PollReason.SOMEONE_PRESENT,
    Activity.CHARGING: PollReason.CHARGING,
    Activity.DRIVING: PollReason.DRIVING,
    Activity.KEPT_AWAKE: PollReason.KEPT_AWAKE,
    Activity.PARKED: PollReason.PARKED,
}
_NEVER_ASLEEP: Final = (Activity.CHARGING, Activity.DRIVING)
_LOOKS: Final = frozenset({Source.POLL, Source.RESTORED})


@record
class _Case:
    """All that a decision rests on."""

    state: State
    memory: PollMemory
    now: datetime
    needs: Needs
    waits: Waits
    budget: BudgetLevel

    @property
    def economy(self) -> bool:
        """Return whether to look less often."""
        return self.budget is BudgetLevel.ECONOMY

    @property
    def online_since(self) -> datetime:
        """Return when the car came online; a restored state is as good as just now."""
        return self.memory.online_since or self.now


@record
class _Wish:
    """A look that somebody or something wants, and from when on."""

    at: datetime
    reason: PollReason
    by_person: bool = False


def decide(
    state: State,
    memory: PollMemory,
    *,
    now: datetime,
    needs: Needs,
    waits: Waits,
    budget: BudgetLevel = BudgetLevel.NORMAL,
) -> Poll:
    """Decide whether to ask for a car's data now, and if not, why not."""
    if (reason := _out_of_reach(state)) is not None:
        return Poll(kind=PollKind.NONE, at=None, reason=reason)
    case = _Case(
        state=state, memory=memory, now=now, needs=needs, waits=waits, budget=budget
    )
    wishes = (_held_back(wish, case) for wish in _wishes(case))
    # Of what is due already, the first speaks: the more particular reason.
    wish = min(wishes, key=lambda wish: max(wish.at, now), default=None)
    if wish is None:
        return Poll(kind=PollKind.NONE, at=None, reason=PollReason.BUDGET)
    if wish.at > now:
        return Poll(kind=PollKind.NONE, at=wish.at, reason=_why_later(wish, case))
    kind = PollKind.FETCH if _is_fresh(case) else PollKind.LIST
    return Poll(kind=kind, at=now, reason=wish.reason)


def _out_of_reach(state: State) -> PollReason | None:
    """Return why no look at the car can succeed, whoever wants it."""
    if state.get(fields.MOBILE_ACCESS_DISABLED):
        return PollReason.MOBILE_ACCESS_OFF
    word = state.said(fields.STATE)
    said = None if word is None else word.value
    if said == ONLINE:
        return None
    return _NOT_ONLINE.get(said or "", PollReason.UNKNOWN)


def _why_later(wish: _Wish, case: _Case) -> PollReason:
    """Return why a look is not due yet; the budget makes every usual pause longer."""
    is_longer = case.economy and wish.reason in _REASONS.values()
    return PollReason.ECONOMY if is_longer else wish.reason


def _is_fresh(case: _Case) -> bool:
    """Tell whether a list has just said that the car is online."""
    listed = case.memory.listed_at
    if listed is None:
        return False
    return timedelta() <= case.now - listed <= case.waits.list_fresh


def _held_back(wish: _Wish, case: _Case) -> _Wish:
    """Return a wish moved behind what holds it back, with that as its reason."""
    memory = case.memory
    barriers = [(memory.blocked_until, memory.blocked_by)]
    if not wish.by_person:
        barriers.append((memory.retry_at, PollReason.BACKING_OFF))
    if memory.tried_at is not None:
        barriers.append((memory.tried_at + case.waits.least_apart, wish.reason))
    for until, reason in barriers:
        if until is not None and until > max(wish.at, case.now):
            wish = replace(wish, at=until, reason=reason)
    return wish


def _wishes(case: _Case) -> list[_Wish]:
    """Return the looks that are wanted and that the budget permits."""
    if not case.budget.permits_person:
        return []
    wishes = [_asked(case), _after_command(case)]
    if case.budget.permits_automatic:
        wishes.append(_after_start(case, _by_itself(case)))
    return [wish for wish in wishes if wish is not None]


def _after_start(case: _Case, wish: _Wish) -> _Wish:
    """Return a wish put off until the start of Home Assistant is over."""
    quiet = case.needs.quiet_until
    if quiet is None or wish.at >= quiet:
        return wish
    return replace(wish, at=quiet, reason=PollReason.JUST_STARTED)


def _asked(case: _Case) -> _Wish | None:
    """Return what a person asked for and nobody has tried yet."""
    asked, tried = case.needs.asked_at, case.memory.tried_at
    if asked is None or (tried is not None and tried >= asked):
        return None
    if case.now - asked > case.waits.matters:
        return None
    return _Wish(at=asked, reason=PollReason.ASKED, by_person=True)


def _after_command(case: _Case) -> _Wish | None:
    """Return the one look that shows what commands did; the stream shows it, too."""
    sent, looked = case.needs.command_at, case.memory.looked_at
    if sent is None or case.needs.is_streaming:
        return None
    due = sent + case.waits.after_command
    is_seen = looked is not None and looked >= due
    if is_seen or case.now - sent > case.waits.matters:
        return None
    return _Wish(at=due, reason=PollReason.COMMAND_SENT)


def _by_itself(case: _Case) -> _Wish:
    """Return the next look that nobody needs to ask for."""
    state, memory, online_since = case.state, case.memory, case.online_since
    if case.needs.is_streaming:
        last = memory.looked_at or last_word(state, _LOOKS)
        is_known = last is not None and last <= case.now
        at = last + case.waits.telemetry if last and is_known else online_since
        return _Wish(at=at, reason=PollReason.TELEMETRY_LIVE)
    # What seems still to come was said before the clock jumped back.
    words = (last_word(state), memory.looked_at)
    word = max((at for at in words if at is not None and at <= case.now), default=None)
    if word is None:
        return _Wish(at=online_since, reason=PollReason.FIRST_READ)
    busy_at = told_busy_at(state)
    has_looked = memory.looked_at is not None and memory.looked_at >= online_since
    if busy_at is not None and online_since <= busy_at <= case.now and not has_looked:
        return _Wish(at=busy_at, reason=_REASONS[activity(state)])
    if word < online_since:
        return _waking_up(case, word)
    doing = activity(state)
    at = word + _pause(case, doing, word)
    tried = memory.tried_at
    if case.needs.is_slow_sleeper and doing is Activity.PARKED and tried is not None:
        # Also a try that brought nothing has kept it up.
        at = max(at, tried + case.waits.slow_sleeper)
    return _Wish(at=at, reason=_REASONS[doing])


def _waking_up(case: _Case, word: datetime) -> _Wish:
    """Return the first look of an awake period: most of them end by themselves."""
    needs, waits, since = case.needs, case.waits, case.online_since
    if not needs.has_snapshots and since - word >= waits.outdated:
        return _Wish(at=since, reason=PollReason.OUTDATED)
    is_over = activity(case.state) in _NEVER_ASLEEP
    if is_over and since - word >= waits.stays_awake and not needs.has_snapshots:
        # It slept, so it no longer does what it did at its last word.
        return _Wish(at=since, reason=PollReason.OUTDATED)
    settled = since + waits.settle
    if needs.rule_at is not None and needs.rule_at - waits.rule_lead <= settled:
        at = max(since, needs.rule_at - waits.rule_lead)
        return _Wish(at=at, reason=PollReason.RULE_DUE)
    return _Wish(at=settled, reason=PollReason.SETTLING)


def _pause(case: _Case, doing: Activity, word: datetime) -> timedelta:
    """Return how long after the car's last word it is looked at again."""
    waits = case.waits
    match doing:
        case Activity.DRIVING:
            return waits.driving_economy if case.economy else waits.driving
        case Activity.CHARGING:
            return _charging(case, word)
        case Activity.ATTENDED:
            return _attended(case, word)
        case Activity.KEPT_AWAKE:
            return _kept_awake(case, word)
        case Activity.PARKED:
            return _parked(case)


def _charging(case: _Case, word: datetime) -> timedelta:
    """Return the time until the level has moved far enough, or the end is over.

    Nothing that is free tells when somebody pulls the cable and drives off. Looks that
    would show it soon are paid for where that may happen.
    """
    waits, going = case.waits, charge(case.state)
    if going.is_dc:
        least = waits.charging_dc_economy if case.economy else waits.charging_dc
    else:
        least = waits.charging_ac_economy if case.economy else waits.charging_ac
    pause = least
    if going.minutes_per_point is not None:
        points = waits.points_economy if case.economy else waits.points
        pause = timedelta(minutes=points * going.minutes_per_point) / waits.time_scale
    if going.left is not None and (left := going.left / waits.time_scale) <= pause:
        snapshots = case.needs.has_snapshots
        pause = left + (waits.charged_cached if snapshots else waits.charged)
    if not case.economy:
        needs, leaves = case.needs, waits.leaves
        if needs.is_new and not needs.has_snapshots and not is_guarding(case.state):
            # Unplugged, it soon sleeps, and then nothing could still tell.
            leaves = waits.stays_awake
        if not needs.leaves_as_usual:
            pause = min(pause, leaves)
        pause = _near_drives(case, word, pause, leaves)
    return max(min(pause, waits.charging_longest), least)


def _attended(case: _Case, word: datetime) -> timedelta:
    """Return the pause of a car in which someone is, or soon will be."""
    waits = case.waits
    if case.economy:
        return waits.attended_economy
    # With snapshots, all looks follow the one at waking: at ten minutes each they meet
    # the cable after it was pulled just too late.
    near = waits.attended_near if case.needs.has_snapshots else waits.attended
    return _near_drives(case, word, waits.attended, near)


def _kept_awake(case: _Case, word: datetime) -> timedelta:
    """Return the pause of a car that cannot sleep: shorter when it usually leaves."""
    waits = case.waits
    if case.economy:
        return waits.kept_awake_economy
    pause = waits.kept_awake
    if not case.needs.leaves_as_usual:
        pause = min(pause, waits.leaves)
    return _near_drives(case, word, pause, waits.drive_near)


def _near_drives(
    case: _Case, word: datetime, pause: timedelta, near: timedelta
) -> timedelta:
    """Return a pause that is no longer than `near` when the car usually leaves."""
    waits = case.waits
    for drive in case.needs.drives:
        until = max(drive - waits.before_drive - word, near)
        if word + until <= drive + waits.after_drive:
            pause = min(pause, until)
    return pause


def _parked(case: _Case) -> timedelta:
    """Return the pause of a parked car: long enough for it to fall asleep."""
    memory, needs, waits = case.memory, case.needs, case.waits
    if case.economy:
        return waits.still_online_economy
    if needs.has_snapshots:
        # The snapshot at sleep brings the end state, free.
        is_curious = not needs.sleeps_here and memory.parked_looks < waits.parked_looks
    else:
        is_curious = memory.unchanged < waits.unchanged
    pause = waits.parked if is_curious else waits.still_online
    return max(pause, waits.slow_sleeper) if needs.is_slow_sleeper else pause
