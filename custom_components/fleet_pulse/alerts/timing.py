"""When a kind of an alert may move on without the car saying anything."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from .kind import Kind
from .look import LATE, Look
from .track import Phase, Track

CLEARS_AFTER: Final = timedelta(minutes=1)
"""So long it must be over before that is told: a door that is slammed twice is one."""
SILENT_FOR: Final = timedelta(hours=6)
_LONGEST_SNOOZE: Final = timedelta(days=366)


def next_look(track: Track, look: Look) -> datetime | None:
    """Return when time alone may change something."""
    times = (
        look.seen.look_at,
        held_at(track, look.kind.hold) if track.phase is Phase.PENDING else None,
        held_at(track, CLEARS_AFTER) if track.phase is Phase.CLEARING else None,
        cooled_at(track, look.kind) if track.phase is Phase.PENDING else None,
        track.silenced_until if track.phase is Phase.PENDING else None,
        ends_at(track, look.kind),
    )
    return min((at for at in times if at is not None and at > look.now), default=None)


def held_at(track: Track, hold: timedelta) -> datetime | None:
    """Return when it has stood for long enough since we heard of it."""
    if track.since is None or track.heard is None:
        return None
    return max(track.since, track.heard) + hold


def cooled_at(track: Track, kind: Kind) -> datetime | None:
    """Return when it may be raised again."""
    if track.raised_at is None or kind.cooldown is None:
        return None
    return track.raised_at + kind.cooldown


def ends_at(track: Track, kind: Kind) -> datetime | None:
    """Return when an episode that nothing ends has gone on enough."""
    if track.episode is None or track.raised_at is None or kind.lasts is None:
        return None
    return track.raised_at + kind.lasts


def awoken(track: Track, now: datetime) -> Track:
    """Return a track whose snooze has begun, and that is not ahead of the clock.

    A clock that was ahead and is right again would else silence a kind for as long.
    """
    if track.snooze_for is not None:
        until = now + min(track.snooze_for, _LONGEST_SNOOZE)
        track = replace(track, snooze_for=None, snoozed_until=until)
    return replace(
        track,
        since=_no_later(track.since, now + LATE),
        heard=_no_later(track.heard, now),
        said_at=_no_later(track.said_at, now + LATE),
        raised_at=_no_later(track.raised_at, now),
        silenced_until=_no_later(track.silenced_until, now + SILENT_FOR),
    )


def _no_later(at: datetime | None, limit: datetime) -> datetime | None:
    """Return a moment, or the latest that can be."""
    return None if at is None else min(at, limit)
