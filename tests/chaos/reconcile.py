"""Compares a journal on disk with what the cloud saw, request by request.

The journal is read here by itself, as a stranger would read it: lines of JSON.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
import json
from pathlib import Path
from typing import Any, Final

from tests.fake_fleet.bill import CENT, PER_DOLLAR, Month, month_of
from tests.fake_fleet.log import Request

LONGEST: Final = timedelta(minutes=20)
"""So long after a request was noted the cloud may have seen it, slow as it may be."""
NEVER_SENT: Final = 0


@dataclass(slots=True, kw_only=True)
class Noted:
    """A request as the journal has it, and as the cloud saw it."""

    at: datetime
    category: str
    vin: str | None
    reason: str = ""
    status: int | None = None
    """None where no answer was noted."""
    seen: Request | None = None

    @property
    def is_counted(self) -> bool:
        """Say whether the ledger counts it as spent."""
        return self.status is None or NEVER_SENT < self.status < 500

    @property
    def is_billed(self) -> bool:
        """Say whether it stands on the cloud's bill."""
        return self.seen is not None and self.seen.billed


@dataclass(slots=True, kw_only=True)
class Reconciled:
    """Both sides, request by request."""

    noted: list[Noted]
    broken: list[str] = field(default_factory=list)
    """What one side has and the other cannot."""

    @property
    def unanswered(self) -> list[Noted]:
        """The requests of which the journal does not know how they ended."""
        return [one for one in self.noted if one.status is None]

    @property
    def too_many(self) -> list[Noted]:
        """Those of them that the cloud did not bill: the ledger is too high by each."""
        return [one for one in self.unanswered if not one.is_billed]

    def polled_over(self, budget: Decimal) -> list[Noted]:
        """Give the looks that nobody asked for, begun with the budget spent."""
        return [
            one
            for one in self.noted
            if one.reason.startswith("poll: ")
            and one.reason not in ("poll: asked", "poll: command_sent")
            and self._spent_before(one.at) >= budget
        ]

    def _spent_before(self, moment: datetime) -> Decimal:
        """Give what the month of a moment had cost before it, in dollars."""
        counts = Counter(
            one.category
            for one in self.noted
            if one.is_counted
            and one.at < moment
            and month_of(one.at) == month_of(moment)
        )
        return cost(counts)

    def counted(self) -> Counter[tuple[Month, str]]:
        """Count what a ledger must say, by month and category."""
        return Counter(
            (month_of(one.at), one.category) for one in self.noted if one.is_counted
        )

    def billed(self) -> Counter[tuple[Month, str]]:
        """Count what is left once those without an answer are looked up one by one."""
        return Counter(
            (month_of(one.seen.at), one.category)
            for one in self.noted
            if one.is_counted and one.is_billed and one.seen is not None
        )


def files(folder: Path) -> list[Path]:
    """List the months of a journal."""
    return sorted((folder / ".storage").glob("fleet_pulse.journal.*"))


def told(folder: Path) -> list[tuple[str, int]]:
    """Read which share of the budget was told in which month."""
    events = (line for path in files(folder) for line in _events(path))
    return [(line["month"], line["share"]) for line in events if line["kind"] == "told"]


def journal(folder: Path) -> list[Noted]:
    """Read a journal: what was opened, and how each ended first."""
    noted: dict[str, Noted] = {}
    ended: set[str] = set()
    for path in files(folder):
        for line in _events(path):
            if line["kind"] == "opened":
                noted[line["id"]] = Noted(
                    at=datetime.fromisoformat(line["at"]),
                    category=line["category"],
                    vin=line["vin"],
                    reason=line["reason"],
                )
            elif line["kind"] == "settled" and line["id"] not in ended:
                ended.add(line["id"])
                noted[line["id"]].status = line["status"]
    return list(noted.values())


def _events(path: Path) -> Iterable[dict[str, Any]]:
    """Read the whole lines; the last one before a kill may be torn."""
    for line in path.read_text().splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def reconcile(noted: list[Noted], requests: Iterable[Request]) -> Reconciled:
    """Find for each request that the cloud saw its own line of the journal."""
    found = Reconciled(noted=noted)
    waiting: dict[tuple[str, str | None], list[Noted]] = {}
    for one in noted:
        waiting.setdefault((one.category, one.vin), []).append(one)
    for request in requests:
        if request.category not in PER_DOLLAR:
            continue
        lines = waiting.get((request.category, request.vin), [])
        if (one := _line_of(request, lines)) is None:
            found.broken.append(f"the journal has no line for {request.as_dict()}")
        else:
            one.seen = request
            lines.remove(one)
    found.broken += [
        f"the cloud never saw {one}"
        for lines in waiting.values()
        for one in lines
        if one.status not in (None, NEVER_SENT)
    ]
    return found


def _line_of(request: Request, lines: list[Noted]) -> Noted | None:
    """Choose the line with the same answer, or else one without any."""
    near = [one for one in lines if timedelta() <= request.at - one.at <= LONGEST]
    same = [one for one in near if one.status == request.status]
    lost = [one for one in near if one.status is None]
    return next(iter(same + lost), None)


def cost(counts: Counter[str]) -> Decimal:
    """Give what counts cost, each category rounded to the cent."""
    return sum(
        (
            (Decimal(counts[category]) / per_dollar).quantize(CENT, ROUND_HALF_UP)
            for category, per_dollar in PER_DOLLAR.items()
        ),
        Decimal(0),
    )
