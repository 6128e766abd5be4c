"""The journal on disk: what is asked of Tesla is written down before it is asked.

One file per account and calendar month (UTC), one line per event. The line of a
billable request is on disk before the request leaves; how it ended follows. After a
crash an unsettled line counts as spent, so that the ledger can be a request too high,
never too low, and a wake that crashed cannot be forgotten.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
import logging
import os
from pathlib import Path
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .fleet.budget import Told
from .fleet.errors import NotSaved
from .fleet.journal_lines import (
    Noted,
    command_end_line,
    command_line,
    entry_line,
    replay,
    settle_line,
    told_line,
    wake_line,
)
from .fleet.usage import BILLABLE, Entry, Ledger
from .fleet.wake import WakeAttempt
from .vault import identify
from .waiting import async_outlive

_LOGGER = logging.getLogger(__name__)

MONTHS_KEPT: Final = 13
_MONTH: Final = timedelta(days=31)


def _month(at: datetime) -> str:
    """Return the month whose file holds a moment."""
    return f"{at:%Y-%m}"


def _not_saved(err: OSError) -> NotSaved:
    """Return the error of a journal that cannot be written or read."""
    return NotSaved(err.strerror or type(err).__name__)


def _append(path: Path, text: str) -> None:
    """Add lines and wait until they are on disk."""
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _read(folder: Path, stem: str) -> list[str]:
    """Return the lines of the months that are kept, and delete older ones.

    A crash may have torn the last line; the next one must not be glued to it.
    """
    folder.mkdir(exist_ok=True)
    paths = sorted(folder.glob(f"{stem}.*"))
    for path in paths[:-MONTHS_KEPT]:
        path.unlink()
    lines: list[str] = []
    for path in paths[-MONTHS_KEPT:]:
        text = path.read_text(encoding="utf-8", errors="replace")
        if text and not text.endswith("\n"):
            _append(path, "\n")
        lines.extend(text.splitlines())
    return lines


class Journal:
    """The ledger of one account and the wakes of its cars, durable."""

    def __init__(self, hass: HomeAssistant, account: str) -> None:
        """Keep the journal of an account."""
        self._hass = hass
        self._folder = Path(hass.config.config_dir) / STORAGE_DIR
        self._stem = f"{DOMAIN}.journal.{identify(account)}"
        self._lock = asyncio.Lock()
        self._waiting: list[str] = []
        self._is_failing = False
        self.ledger = Ledger()
        self.wakes: tuple[WakeAttempt, ...] = ()
        self.unsettled: tuple[Entry, ...] = ()
        """What had no answer when the program died: spent, and perhaps done."""
        self.told: frozenset[Told] = frozenset()
        """The shares of budgets that the owner was told of."""
        self.under_way: tuple[Noted, ...] = ()
        """The commands that were on their way when the program died."""
        self.done: frozenset[str] = frozenset()
        """The ids of commands that had been carried out by then, of the last days."""
        self._listeners: list[CALLBACK_TYPE] = []

    async def async_load(self) -> None:
        """Read what was asked before; what has no end counts as spent."""
        try:
            lines = await self._hass.async_add_executor_job(
                _read, self._folder, self._stem
            )
        except OSError as err:
            raise _not_saved(err) from err
        found = await self._hass.async_add_executor_job(replay, lines)
        self.ledger, self.unsettled = found.ledger, found.unsettled
        self.wakes, self.told = found.wakes, found.told
        self.under_way, self.done = found.under_way, found.done
        if self.unsettled:
            _LOGGER.warning(
                "%s requests had no answer when Home Assistant ended; they count as"
                " sent and are not repeated",
                len(self.unsettled),
            )
        for entry in self.unsettled:
            self.settled(entry, None)
        for noted in self.under_way:
            # Whatever became of it, the next start must not come back to it.
            self.note_command_end(noted.id, done=True)

    async def opened(self, entry: Entry) -> None:
        """Put a billable request on disk before it leaves; raises NotSaved."""
        self.ledger = self.ledger.opened(entry)
        await self._async_write(entry_line(entry))

    @callback
    def settled(self, entry: Entry, status: int | None) -> None:
        """Note how a request ended; free ones are only counted."""
        if entry.category not in BILLABLE:
            self.ledger = self.ledger.posted(entry, status)
            return
        self.ledger = self.ledger.settled(entry.id, status)
        self._note(settle_line(entry.id, status))
        for listener in tuple(self._listeners):
            listener()

    @callback
    def async_listen(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Tell when a billable request has ended."""
        self._listeners.append(listener)
        return partial(self._listeners.remove, listener)

    @callback
    def note_told(self, told: Iterable[Told]) -> None:
        """Note shares of the budget, so that nobody is told of them again."""
        for one in told:
            self.told |= {one}
            self._note(told_line(one))

    @callback
    def note_command(self, noted: Noted) -> None:
        """Note a command that is about to leave.

        The line of its first request takes this one along to the disk: one write.
        """
        self._waiting.append(command_line(noted))

    @callback
    def note_command_end(self, note_id: str, *, done: bool) -> None:
        """Note whether a command was carried out."""
        self._note(command_end_line(note_id, done=done))

    async def async_note_wake(self, attempt: WakeAttempt) -> None:
        """Put an attempt on disk before it posts; raises NotSaved."""
        self._remember(attempt)
        await self._async_write(wake_line(attempt))

    @callback
    def note_wake_end(self, attempt: WakeAttempt) -> None:
        """Note how an attempt ended; the guard looks at it ever after."""
        self._remember(attempt)
        self._note(wake_line(attempt))

    async def async_finish(self) -> None:
        """Wait until everything noted is on disk, if it can be written at all."""
        await self._async_flush()

    async def async_remove(self) -> None:
        """Delete all months."""
        await self.async_finish()

        def delete() -> None:
            for path in self._folder.glob(f"{self._stem}.*"):
                path.unlink()

        await self._hass.async_add_executor_job(delete)

    def _remember(self, attempt: WakeAttempt) -> None:
        """Put an attempt, as it is now, in the place of what was known of it."""
        recent = dt_util.utcnow() - _MONTH
        others = (
            other
            for other in self.wakes
            if other.at > recent and (other.vin, other.at) != (attempt.vin, attempt.at)
        )
        self.wakes = (*others, attempt)

    @callback
    def _note(self, line: str) -> None:
        """Have a line written soon; what it says has happened already."""
        self._waiting.append(line)
        self._hass.async_create_task(self._async_flush(), "fleet_pulse journal")

    async def _async_flush(self) -> None:
        """Write what waits; what cannot be written now goes on waiting."""
        try:
            await self._async_write()
        except NotSaved as err:
            if not self._is_failing:
                _LOGGER.error("The journal cannot be written: %s", err)  # noqa: TRY400 - the cause is in it
            self._is_failing = True
        else:
            self._is_failing = False

    async def _async_write(self, line: str = "") -> None:
        """Append what waits and a line, in order; raises NotSaved.

        A caller that gives up does not end the writing, or lines would change places.
        """
        await async_outlive(
            self._hass.async_create_task(self._async_append(line), "fleet_pulse write")
        )

    async def _async_append(self, line: str) -> None:
        """Write one after the other, off the event loop."""
        async with self._lock:
            waiting = tuple(self._waiting)
            text = "".join(waiting) + line
            if not text:
                return
            path = self._folder / f"{self._stem}.{_month(dt_util.utcnow())}"
            try:
                await self._hass.async_add_executor_job(_append, path, text)
            except OSError as err:
                raise _not_saved(err) from err
            del self._waiting[: len(waiting)]
