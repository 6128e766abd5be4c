"""Decides what of the episodes is told now, what later, and what never.

Told is at most so much an hour and a day; what is too much waits, and becomes one
digest. In quiet hours only what is about security is told, the rest after them, if it
is still so. What was told is told to be over; what was not is not.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
import hashlib
from typing import Final

from ..model.record import record
from .alert import Alert
from .facts import Facts
from .kind import Severity
from .kinds import BY_KEY
from .news import Act, Episode, Message
from .track import Phase, Track

LIMITS: Final = ((timedelta(hours=1), 3), (timedelta(days=1), 10))
_DAY: Final = timedelta(days=1)
_DIGEST: Final = "digest"


@record
class Step:
    """A track before and after it moved on."""

    alert: Alert
    before: Track
    after: Track
    is_dropped: bool = False
    """Nobody wants to be told of it any more."""
    is_undone: bool = True
    """If it is over, then because it is so no more: not as the plan or the month is."""


@record
class Delivery:
    """What is told now, what is remembered of it, and when to look again."""

    tracks: tuple[Track, ...]
    sent: tuple[datetime, ...]
    messages: tuple[Message, ...]
    look_at: datetime | None


def deliver(
    steps: Iterable[Step], sent: tuple[datetime, ...], facts: Facts
) -> Delivery:
    """Tell what there is to be told, and may be."""
    steps = tuple(steps)
    sent = tuple(at for at in sent if timedelta() <= facts.now - at < _DAY)
    waiting = [one for one in steps if _may_be_told(one, facts)]
    told = _told(waiting, _room(sent, facts.now), facts)
    sent += (facts.now,) * len(told)
    ends = _ends(steps, _room(sent, facts.now), facts)
    sent += (facts.now,) * sum(one.act is Act.TELL_OVER for one in ends)
    tracks = _marked(steps, told, facts.now)
    return Delivery(
        tracks=tuple(tracks),
        sent=sent,
        messages=(*ends, *told),
        look_at=_look_at(steps, tracks, sent, facts),
    )


def tag(alert: str, vin: str, kind: str) -> str:
    """Return what tells notifications apart; a car's number stands in none."""
    return hashlib.sha256(repr((alert, vin, kind)).encode()).hexdigest()[:16]


# ---- what begins


def _may_be_told(step: Step, facts: Facts) -> bool:
    """Say whether there is something to tell, and nothing against telling it now."""
    track, now = step.after, facts.now
    if track.owes_silenced:
        return not _is_quiet(step, facts)
    if not track.owes_telling or track.phase is not Phase.ACTIVE:
        return False
    is_unwanted = track.is_snoozed(now) or track.is_silent(now)
    return not is_unwanted and not _is_quiet(step, facts)


def _is_quiet(step: Step, facts: Facts) -> bool:
    """Say whether it must wait for the morning."""
    if BY_KEY[step.after.kind].severity is Severity.SECURITY:
        return False
    return step.alert.is_quiet(_wall_time(facts))


def _told(waiting: list[Step], room: int, facts: Facts) -> tuple[Message, ...]:
    """Return what is told now; what is too much for one by one is one digest."""
    if room <= 0:
        return ()
    silenced = [_silenced(one, facts) for one in waiting if one.after.owes_silenced]
    tells = sorted(
        (one for one in waiting if not one.after.owes_silenced), key=_urgency
    )
    if len(tells) + len(silenced) <= room or len(tells) < room:
        return (*(_digest([one], facts) for one in tells), *silenced)[:room]
    alone, rest = tells[: room - 1], tells[room - 1 :]
    together = [one for one in rest if one.alert.id == rest[0].alert.id]
    return (*(_digest([one], facts) for one in alone), _digest(together, facts))


def _urgency(step: Step) -> tuple[bool, str, str, str]:
    """Order what is told: security first, then what began first."""
    episode = step.after.episode
    assert episode is not None
    is_other = episode.severity is not Severity.SECURITY
    return is_other, episode.since.isoformat(), episode.alert, episode.kind


def _digest(steps: list[Step], facts: Facts) -> Message:
    """Return what tells of several at once; one is told as itself."""
    first = steps[0].after
    episodes = [step.after.episode for step in steps]
    is_one = len(steps) == 1
    kind = first.kind if is_one else ""
    return Message(
        act=Act.TELL if is_one else Act.DIGEST,
        alert=first.alert,
        vin=facts.vin,
        tag=tag(first.alert, facts.vin, kind or _DIGEST),
        kind=kind,
        episodes=tuple(_delivered(one) for one in episodes if one is not None),
    )


def _silenced(step: Step, facts: Facts) -> Message:
    """Return what tells that a kind is silent from now on."""
    track = step.after
    return Message(
        act=Act.SILENCED,
        alert=track.alert,
        vin=facts.vin,
        tag=tag(track.alert, facts.vin, track.kind),
        kind=track.kind,
        until=track.silenced_until,
    )


def _delivered(episode: Episode) -> Episode:
    """Return an episode that somebody was notified of."""
    return replace(episode, is_delivered=True)


def _marked(
    steps: tuple[Step, ...], told: tuple[Message, ...], now: datetime
) -> list[Track]:
    """Return the tracks, which know what was told of them."""
    ids = {episode.id for message in told for episode in message.episodes}
    silenced = {(one.alert, one.kind) for one in told if one.act is Act.SILENCED}
    return [_mark(step.after, ids, silenced, now) for step in steps]


def _mark(
    track: Track, told: set[str], silenced: set[tuple[str, str]], now: datetime
) -> Track:
    """Return a track that owes no more what was told, or nobody needs to hear now."""
    is_said = (track.alert, track.kind) in silenced or not track.is_silent(now)
    if track.owes_silenced and is_said:
        track = replace(track, owes_silenced=False)
    if track.episode is None or track.episode.id not in told:
        return track
    return replace(track, episode=_delivered(track.episode), owes_telling=False)


# ---- what ends


def _ends(steps: tuple[Step, ...], room: int, facts: Facts) -> tuple[Message, ...]:
    """Return what is told of episodes that somebody was notified of, and are over."""
    ended = [step for step in steps if _has_ended(step)]
    worth = [step for step in ended if _is_worth_telling(step, facts)][: max(room, 0)]
    return tuple(_end(step, facts, is_told=step in worth) for step in ended)


def _has_ended(step: Step) -> bool:
    """Say whether an episode is over that somebody was notified of, and still is."""
    was, is_now = step.before.episode, step.after.episode
    # Of an alert that is gone only glue still knows whom it told.
    is_theirs = step.is_dropped or bool(step.alert.notify)
    if was is None or not was.is_delivered or not is_theirs:
        return False
    return is_now is None or is_now.id != was.id


def _is_worth_telling(step: Step, facts: Facts) -> bool:
    """Say whether somebody wants to hear that it is over."""
    was, track = step.before.episode, step.after
    if was is None or was.is_acknowledged or step.is_dropped or not step.is_undone:
        return False
    if track.is_snoozed(facts.now) or track.is_silent(facts.now):
        return False
    return not _is_quiet(step, facts)


def _end(step: Step, facts: Facts, *, is_told: bool) -> Message:
    """Return what tells that an episode is over, or takes back that it began."""
    was = step.before.episode
    return Message(
        act=Act.TELL_OVER if is_told else Act.RETRACT,
        alert=step.before.alert,
        vin=facts.vin,
        tag=tag(step.before.alert, facts.vin, step.before.kind),
        kind=step.before.kind,
        episodes=() if was is None else (was,),
    )


# ---- when


def _room(sent: tuple[datetime, ...], now: datetime) -> int:
    """Return how many more may be told now."""
    return min(most - sum(now - at < length for at in sent) for length, most in LIMITS)


def _room_at(sent: tuple[datetime, ...], now: datetime) -> datetime:
    """Return when there is room for one more."""
    times = [now]
    for length, most in LIMITS:
        recent = [at for at in sent if now - at < length]
        if len(recent) >= most:
            times.append(recent[-most] + length)
    return max(times)


def _look_at(
    steps: tuple[Step, ...],
    tracks: list[Track],
    sent: tuple[datetime, ...],
    facts: Facts,
) -> datetime | None:
    """Return when something that waits may be told."""
    times: list[datetime] = []
    for step, track in zip(steps, tracks, strict=True):
        if not track.owes_telling and not track.owes_silenced:
            continue
        times.append(_room_at(sent, facts.now))
        times += [at for at in (track.snoozed_until, track.silenced_until) if at]
        if _is_quiet(step, facts):
            times.append(_quiet_ends(step.alert, facts))
    return min((at for at in times if at > facts.now), default=None)


def _wall_time(facts: Facts) -> time:
    """Return what the owner's clock shows."""
    return facts.now.astimezone(facts.zone).time()


def _quiet_ends(alert: Alert, facts: Facts) -> datetime:
    """Return when the quiet hours end next."""
    local = facts.now.astimezone(facts.zone)
    ends = datetime.combine(local.date(), alert.quiet_until or time(), facts.zone)
    if ends.astimezone(UTC) <= facts.now:
        ends = datetime.combine(local.date() + _DAY, ends.time(), facts.zone)
    return ends.astimezone(UTC)
