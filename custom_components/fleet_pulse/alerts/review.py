"""Decides about a car anew: what has begun, what is over, what is to be told.

OK ── raised ──▶ PENDING ── held long enough ──▶ ACTIVE ── cleared ──▶ CLEARING
▲  ◀── cleared ──┘                                 ▲ ◀── not cleared ─────┘ │
└───────────────────────────────────────────────────── over long enough ────┘

An episode lasts from the way into ACTIVE to the way out of CLEARING, so that raised
and cleared alternate. PENDING also waits for the cooldown, and for the end of a
silence. What is neither raised nor cleared, or not known, leaves PENDING as it is.

Invariants: what is too old raises nothing; no kind of an alert is raised twice within
its cooldown; the same looks give the same episodes; more looks in between change none.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from ..model.record import record
from .alert import Alert
from .deliver import Step, deliver
from .facts import Facts
from .kind import Kind, Nature, Seen
from .kinds import KINDS
from .look import Look
from .machine import moved_on, run_out
from .memory import AlertMemory
from .news import AlertNews, Episode, Message, NewsKind
from .timing import awoken, next_look
from .track import Track


@record
class Reviewed:
    """What came of a look."""

    memory: AlertMemory
    news: tuple[AlertNews, ...] = ()
    messages: tuple[Message, ...] = ()
    active: tuple[Episode, ...] = ()
    """The episodes that go on, the oldest first."""
    look_at: datetime | None = None
    """When time alone may change something; UTC."""


def review(
    memory: AlertMemory, facts: Facts, alerts: Iterable[Alert], *, is_first: bool
) -> Reviewed:
    """Look at a car; `is_first` since the start: what changed meanwhile is old."""
    past = memory.past.after(facts.state)
    facts = replace(facts, past=past)
    alerts = tuple(alerts)
    moved = [
        _moved(memory.track(alert.id, kind.key), alert, kind, facts, is_first=is_first)
        for alert in alerts
        for kind in KINDS
        if _is_wanted(alert, kind, facts)
    ]
    left = _left(memory, alerts, {_name(one.step.after) for one in moved})
    steps = (*(one.step for one in moved), *left)
    delivery = deliver(steps, memory.sent, facts)
    tracks = sorted((one for one in delivery.tracks if not one.is_blank), key=_name)
    looks = (*(one.look_at for one in moved), delivery.look_at)
    return Reviewed(
        memory=AlertMemory(tracks=tuple(tracks), sent=delivery.sent, past=past),
        news=tuple(one for step in steps for one in _news(step)),
        messages=delivery.messages,
        active=_active(tracks),
        look_at=min((at for at in looks if at is not None), default=None),
    )


@record
class _Moved:
    """A track that moved on, and when it may move by itself."""

    step: Step
    look_at: datetime | None


def _is_wanted(alert: Alert, kind: Kind, facts: Facts) -> bool:
    """Say whether somebody wants to be told of a kind of a car."""
    return kind.key in alert.kinds and (not alert.vins or facts.vin in alert.vins)


def _moved(
    track: Track, alert: Alert, kind: Kind, facts: Facts, *, is_first: bool
) -> _Moved:
    """Return how far a kind has come by what is seen now."""
    after = run_out(awoken(track, facts.now), kind, facts.now)
    seen: Seen | None = kind.see(facts, alert)
    if seen is None:
        return _Moved(step=Step(alert=alert, before=track, after=after), look_at=None)
    look = Look(kind=kind, alert=alert, facts=facts, seen=seen, is_first=is_first)
    after = moved_on(after, look)
    is_same = kind.cooldown is not None or seen.of == track.of
    is_undone = is_same and kind.nature is Nature.LEVEL
    step = Step(alert=alert, before=track, after=after, is_undone=is_undone)
    return _Moved(step=step, look_at=next_look(after, look))


def _left(
    memory: AlertMemory, alerts: tuple[Alert, ...], moved: set[tuple[str, str]]
) -> tuple[Step, ...]:
    """Return what nobody wants to be told of any more: it is over, and forgotten."""
    known = {alert.id: alert for alert in alerts}
    return tuple(
        Step(
            alert=known.get(one.alert, Alert(id=one.alert, name="")),
            before=one,
            after=Track(alert=one.alert, kind=one.kind),
            is_dropped=True,
        )
        for one in memory.tracks
        if _name(one) not in moved
    )


def _news(step: Step) -> tuple[AlertNews, ...]:
    """Return what began and what ended in a step."""
    was, is_now = step.before.episode, step.after.episode
    if (was and was.id) == (is_now and is_now.id):
        return ()
    told = ((NewsKind.CLEARED, was), (NewsKind.RAISED, is_now))
    return tuple(AlertNews(kind=kind, episode=one) for kind, one in told if one)


def _active(tracks: list[Track]) -> tuple[Episode, ...]:
    """Return the episodes that go on, the oldest first."""
    episodes = (track.episode for track in tracks if track.episode is not None)
    return tuple(sorted(episodes, key=lambda one: (one.since, one.alert, one.kind)))


def _name(track: Track) -> tuple[str, str]:
    """Return what a track is of."""
    return track.alert, track.kind
