"""When something may be sent again that a car was told and did not do.

    sent ─▶ not so ─1 min─▶ sent ─5 min─▶ sent ─15 min─▶ sent ─▶ trouble for some hours
      ▲                                                               │
      └───── a person has it tried anew, or the cable was out ────────┘

All of it follows from what is remembered of what was sent, so a restart in between
neither repeats nor forgets anything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from .memory import Sent

PAUSES: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
UNSEEN_FOR: Final = timedelta(minutes=10)
"""So long a look after a command may take."""
GIVEN_UP_FOR: Final = timedelta(hours=3)
"""Whatever was the matter may be over then."""
KEPT_FOR: Final = timedelta(hours=6)
MOST_KEPT: Final = 60
_ONE_MATTER: Final = {"charge_stop": "charge_start"}
"""Commands of which the newer one ends the older one's row."""


def retry_at(
    sent: Sequence[Sent],
    command: str,
    value: int | None,
    *,
    seen_at: datetime | None = None,
) -> datetime | None:
    """Return from when on something may be sent again; None: it was not sent.

    What the car said last about it, `seen_at`, must be newer: until then nobody knows
    that it did not work.
    """
    row = _row(sent, command, value)
    if not row:
        return None
    pause = GIVEN_UP_FOR if len(row) > len(PAUSES) else PAUSES[len(row) - 1]
    if seen_at is None or seen_at <= row[-1].at:
        pause = max(pause, UNSEEN_FOR)
    return row[-1].at + pause


def is_given_up(
    sent: Sequence[Sent], command: str, value: int | None, now: datetime
) -> bool:
    """Say whether something was sent so often that it is no use for now."""
    row = _row(sent, command, value)
    return len(row) > len(PAUSES) and now < row[-1].at + GIVEN_UP_FOR


def is_in_vain(
    sent: Sequence[Sent], command: str, value: int | None, now: datetime
) -> bool:
    """Say whether something was given up lately, though it may be tried once more.

    Whoever asks still wants it: nothing has come of any later try either.
    """
    rows = _rows(sent, command, value)
    is_recent = bool(rows) and now - rows[-1][-1].at < KEPT_FOR
    return is_recent and any(len(row) > len(PAUSES) for row in rows)


def excused(sent: Iterable[Sent]) -> tuple[Sent, ...]:
    """Return what was sent, none of it counted as a try any more."""
    return tuple(one if one.waits else replace(one, is_excused=True) for one in sent)


def noted(sent: Sequence[Sent], new: Sent) -> tuple[Sent, ...]:
    """Return what was sent with one more, and without what is too long ago."""
    kept = [one for one in sent if one.waits or new.at - one.at < KEPT_FOR]
    return (*kept, new)[-MOST_KEPT:]


def _row(sent: Sequence[Sent], command: str, value: int | None) -> list[Sent]:
    """Return how often the same was sent last.

    What was tried before a long pause is another matter.
    """
    return next(reversed(_rows(sent, command, value)), [])


def _rows(sent: Sequence[Sent], command: str, value: int | None) -> list[list[Sent]]:
    """Return when the same was sent, with nothing else about it since, by pauses."""
    about, rows = _ONE_MATTER.get(command, command), list[list[Sent]]()
    for one in sent:
        is_try = not (one.waits or one.is_excused)
        if not is_try or _ONE_MATTER.get(one.command, one.command) != about:
            continue
        if (one.command, one.value) != (command, value):
            rows = []
        elif rows and one.at - rows[-1][-1].at < GIVEN_UP_FOR:
            rows[-1].append(one)
        else:
            rows.append([one])
    return rows
