"""The ledger over crashes, against a model that only lists requests."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from hypothesis import settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from custom_components.fleet_pulse.fleet.journal_lines import (
    entry_line,
    replay,
    settle_line,
)
from custom_components.fleet_pulse.fleet.usage import BILLABLE, Category, Entry, Ledger

from .requests import ENTRIES, STATUSES

MONTHS: Final = (date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1))
BILLED: Final = ENTRIES.filter(lambda entry: entry.category in BILLABLE)
"""What is free is counted while the program runs, and never written."""


@dataclass
class Known:
    """All that the model knows of a request."""

    entry: Entry
    on_disk: int | None = None
    """Its status as written, None where nothing is or an answer got lost."""
    in_memory: int | None = None

    @property
    def billed(self) -> int:
        """Say what it counts for."""
        status = self.in_memory
        is_free = status is not None and (status == 0 or status >= 500)
        return 0 if is_free else self.entry.count


class Crashes(RuleBasedStateMachine):
    """Requests begin and end, lines wait to be written, and the program dies."""

    requests = Bundle("requests")

    def __init__(self) -> None:
        """Begin with an empty journal."""
        super().__init__()
        self.ledger = Ledger()
        self.disk = ""
        self.waiting: list[tuple[Known, int | None]] = []
        self.model: dict[str, Known] = {}

    @rule(target=requests, entry=BILLED)
    def open(self, entry: Entry) -> Known:
        """Write a request down before it leaves; ids come once."""
        known = Known(entry)
        if entry.id in self.model:
            return self.model[entry.id]
        self.write()
        self.disk += entry_line(entry)
        self.ledger = self.ledger.opened(entry)
        self.model[entry.id] = known
        return known

    @rule(known=consumes(requests), status=STATUSES)
    def settle(self, known: Known, status: int | None) -> None:
        """Note an answer, which is written later."""
        if known.entry.id not in self.ledger.pending:
            return
        self.ledger = self.ledger.settled(known.entry.id, status)
        known.in_memory = status
        self.waiting.append((known, status))

    @rule()
    def write(self) -> None:
        """Write what waits, in its order."""
        for known, status in self.waiting:
            self.disk += settle_line(known.entry.id, status)
            known.on_disk = status
        self.waiting.clear()

    @rule(entry=BILLED, data=st.data())
    def crash(self, entry: Entry, data: st.DataObject) -> None:
        """Die: what waited is lost, and a line that was being written is torn."""
        line = entry_line(entry)
        self.disk += line[: data.draw(st.integers(0, len(line) - 2))]
        self.waiting.clear()
        self._start()

    @rule()
    def restart(self) -> None:
        """End in peace, and begin anew."""
        self.write()
        self._start()

    def _start(self) -> None:
        """Read the journal; what has no end never gets one."""
        replayed = replay(self.disk.splitlines())
        self.disk += "\n"
        self.ledger = replayed.ledger
        for entry in replayed.unsettled:
            self.ledger = self.ledger.settled(entry.id, None)
            self.disk += settle_line(entry.id, None)
        for known in self.model.values():
            known.in_memory = known.on_disk

    @invariant()
    def the_ledger_counts_as_the_model_does(self) -> None:
        """By month and category, billed and asked; nothing under way is forgotten."""
        counted = [
            (self.ledger.billed(month), self.ledger.counts(month)) for month in MONTHS
        ]
        assert counted == [
            (self._sum(month, "billed"), self._sum(month, "count")) for month in MONTHS
        ]

    def _sum(self, month: date, what: str) -> dict[Category, int]:
        """Add up what the model knows of a month."""
        sums: dict[Category, Any] = dict.fromkeys(Category, 0)
        for known in self.model.values():
            at = known.entry.at
            if (at.year, at.month) == (month.year, month.month):
                one = known.billed if what == "billed" else known.entry.count
                sums[known.entry.category] += one
        return sums


class TestCrashes(Crashes.TestCase):  # type: ignore[misc] # Hypothesis makes it
    """Run it."""

    settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
