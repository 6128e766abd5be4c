"""Moves one kind of one alert on, by what is seen of a car now.

What must last so long lasts by what the car says: its word at the beginning, and one
in time that still says so after that long. A car that says nothing more, as one that
sleeps, is taken at its last word, once that has stood for as long after we heard it.
So a car's words that come late, one after the other, raise nothing that is over by the
last of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
import hashlib
from typing import Final

from .kind import Kind, Nature
from .look import LATE, Look, is_cleared, is_raised
from .news import Episode
from .timing import CLEARS_AFTER, SILENT_FOR, cooled_at, ends_at, held_at
from .track import Phase, Track

FLAPS: Final = 3
FLAPS_WITHIN: Final = timedelta(hours=1)
_APART: Final = timedelta(minutes=1)
# What is pending goes to disk: not each of a car's words needs to be written.
_COARSE: Final = timedelta(minutes=5)
_TOLD_KEPT: Final = 20


def moved_on(track: Track, look: Look) -> Track:
    """Return how far a kind has come; each phase may lead to the next at once."""
    track = _noted(track, look)
    if _is_overtaken(track, look):
        track = over(track)
    before = None
    while track.phase is not before:
        before, track = track.phase, _PHASES[track.phase](track, look)
    return track


def over(track: Track) -> Track:
    """Return a track whose episode is over."""
    return replace(
        track,
        phase=Phase.OK,
        since=None,
        heard=None,
        said_at=None,
        looks=0,
        is_late=False,
        is_counted=False,
        of="",
        episode=None,
        owes_telling=False,
    )


def run_out(track: Track, kind: Kind, now: datetime) -> Track:
    """Return a track without an episode that nothing ends, if it has gone on enough."""
    ends = ends_at(track, kind)
    return over(track) if ends is not None and ends <= now else track


def _noted(track: Track, look: Look) -> Track:
    """Return a track that knows what the car had, before anything changes."""
    if look.kind.nature is Nature.LEVEL:
        return track
    seen = look.seen
    is_news = not look.is_first and track.noted is not None and seen.is_raised
    if is_news or not (seen.is_raised or seen.is_cleared):
        return track
    return replace(track, noted=seen.of)


def _is_overtaken(track: Track, look: Look) -> bool:
    """Say whether an episode, or what is pending, was for something else."""
    if track.phase is Phase.OK or look.kind.cooldown is not None:
        return False
    return look.seen.is_raised and look.seen.of != track.of


# ---- phase by phase


def _when_ok(track: Track, look: Look) -> Track:
    """Begin, if it is so, and was not told of already."""
    seen = look.seen
    was_told = look.kind.cooldown is None and seen.of in track.told_of
    is_over = is_cleared(track, look)
    if was_told or is_over or not is_raised(track, look):
        return track
    return replace(_pending(track, look), phase=Phase.PENDING, of=seen.of)


def _pending(track: Track, look: Look) -> Track:
    """Return a track that is pending from now on."""
    is_late = look.seen.is_streamed and look.now - look.began > LATE
    return replace(
        track,
        since=look.began,
        heard=look.now,
        said_at=look.seen.at,
        looks=1,
        is_late=is_late,
        is_counted=False,
    )


def _when_pending(track: Track, look: Look) -> Track:
    """Raise it, once it has been so for long enough, and may be told again."""
    if is_cleared(track, look):
        return over(track)
    if not is_raised(track, look):
        return track
    track = _said_again(track, look)
    if not _has_held(track, look):
        return track
    track = _counted(track, look)
    cooled = cooled_at(track, look.kind)
    is_cooling = cooled is not None and look.now < cooled
    if is_cooling or track.is_silent(look.now):
        return track
    return _raised(track, look)


def _said_again(track: Track, look: Look) -> Track:
    """Return a track that knows of a newer word, which may be one of its own."""
    at, known = look.seen.at, track.said_at
    if known is None or at - known > look.kind.max_age:
        # Nobody knows how it was in between, so it begins anew.
        return _pending(track, look)
    if track.is_late and look.is_in_time:
        track = replace(track, is_late=False)
    if at - known >= (_APART if track.looks < look.kind.looks else _COARSE):
        return replace(track, said_at=at, looks=min(track.looks + 1, look.kind.looks))
    return track


def _has_held(track: Track, look: Look) -> bool:
    """Say whether it has been so for long enough, and is still, as far as is known."""
    if track.is_late or track.looks < look.kind.looks or not look.is_fresh:
        return False
    if look.is_in_time and _lasts(track, look, look.kind.hold):
        return True
    held = held_at(track, look.kind.hold)
    return held is not None and held <= look.now


def _lasts(track: Track, look: Look, hold: timedelta) -> bool:
    """Say whether the car itself says that it has been so for long enough."""
    return track.since is not None and look.seen.at - track.since >= hold


def _counted(track: Track, look: Look) -> Track:
    """Return a track that knows how often it came about, and is silent if too often."""
    if track.is_counted:
        return track
    recent = (at for at in track.onsets if look.now - at < FLAPS_WITHIN)
    track = replace(track, onsets=(*recent, look.now), is_counted=True)
    if len(track.onsets) <= FLAPS or track.is_silent(look.now):
        return track
    until = look.now + SILENT_FOR
    tells = bool(look.alert.notify) and not look.kind.is_issue
    return replace(track, onsets=(), silenced_until=until, owes_silenced=tells)


def _raised(track: Track, look: Look) -> Track:
    """Return a track with an episode."""
    is_change = look.kind.nature is Nature.CHANGE
    told_of = (*track.told_of, track.of)[-_TOLD_KEPT:]
    return replace(
        track,
        phase=Phase.ACTIVE,
        raised_at=look.now,
        noted=track.of if is_change else track.noted,
        told_of=told_of if look.kind.cooldown is None else (),
        episode=_episode(track, look),
        owes_telling=bool(look.alert.notify) and not look.kind.is_issue,
    )


def _episode(track: Track, look: Look) -> Episode:
    """Return the episode that begins; its id is the same when a tape is played again."""
    seen, since = look.seen, track.since or look.began
    names = (track.alert, look.facts.vin, track.kind, since, look.now)
    return Episode(
        id=hashlib.sha256(repr(names).encode()).hexdigest()[:16],
        alert=track.alert,
        vin=look.facts.vin,
        kind=track.kind,
        severity=look.kind.severity,
        since=since,
        said_at=seen.at,
        value=seen.value,
        threshold=seen.threshold,
        values=seen.values,
    )


def _when_active(track: Track, look: Look) -> Track:
    """Wait whether it is really over, if it seems so."""
    if not is_cleared(track, look):
        return track
    return replace(track, phase=Phase.CLEARING, since=look.began, heard=look.now)


def _when_clearing(track: Track, look: Look) -> Track:
    """End the episode, once it has been over for long enough."""
    if not is_cleared(track, look):
        return replace(track, phase=Phase.ACTIVE)
    if look.is_in_time and _lasts(track, look, CLEARS_AFTER):
        return over(track)
    held = held_at(track, CLEARS_AFTER)
    return over(track) if held is not None and held <= look.now else track


_PHASES: Final[Mapping[Phase, Callable[[Track, Look], Track]]] = {
    Phase.ACTIVE: _when_active,
    Phase.CLEARING: _when_clearing,
    Phase.OK: _when_ok,
    Phase.PENDING: _when_pending,
}
