"""What the doctor found: read for people, for repair issues, and for suspicion."""

from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from ..model.record import record
from .checks import SUSPECTS, Check, CheckId, Suspicion, Trouble

CLOCK_WRONG: Final = timedelta(minutes=5)
"""From here on signed commands and sign-ins begin to fail."""
CLOCK_OFF: Final = timedelta(seconds=30)
"""From here on it is worth a word."""


class Result(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    """Not set up, not asked for, or nobody here can judge it."""


@record
class Outcome:
    """What came of one check."""

    result: Result
    seen: str
    trouble: Trouble | None = None
    """What the owner must hear of, if it is certain."""


def passed(seen: str) -> Outcome:
    """Return that all is well, and what was seen."""
    return Outcome(result=Result.PASSED, seen=seen)


def failed(seen: str, trouble: Trouble | None = None) -> Outcome:
    """Return that something is wrong, and what was seen."""
    return Outcome(result=Result.FAILED, seen=seen, trouble=trouble)


def skipped(why: str) -> Outcome:
    """Return why nothing was looked at."""
    return Outcome(result=Result.SKIPPED, seen=why)


NOT_SET_UP: Final = skipped("not set up")


@record
class Finding:
    """The outcome of one check on the account, or on one of its cars."""

    check: Check
    outcome: Outcome
    vin: str | None = field(default=None, repr=False)
    car: str | None = None
    """What the owner calls the car."""

    def as_dict(self) -> dict[str, Any]:
        """Return it as an action answers it: without the VIN."""
        result = self.outcome.result
        return {
            "id": self.check.id.value,
            **({} if self.car is None else {"car": self.car}),
            "result": result.value,
            "seen": self.outcome.seen,
            "do": self.check.do if result is Result.FAILED else None,
        }


@record
class Report:
    """All that one examination found."""

    at: datetime
    findings: tuple[Finding, ...]

    @property
    def is_healthy(self) -> bool:
        """Return whether nothing failed."""
        return not self._failed()

    def suspects(self) -> dict[Suspicion, list[CheckId]]:
        """Return the failed checks by what the owner sees go wrong, first one first."""
        wrong = self._failed()
        return {
            kind: [check for check in chain if check in wrong]
            for kind, chain in SUSPECTS.items()
            if wrong.intersection(chain)
        }

    def raised(self) -> dict[tuple[Trouble, str | None], Finding]:
        """Return what the owner must hear of, on which car, and what shows it."""
        return {
            (found.outcome.trouble, found.vin): found
            for found in reversed(self.findings)
            if found.outcome.trouble is not None
        }

    def disproved(self) -> frozenset[tuple[Trouble, str | None]]:
        """Return what is mended: a check that could show it passed, and none shows it."""
        well = {
            (trouble, found.vin)
            for found in self.findings
            if found.outcome.result is Result.PASSED
            for trouble in found.check.troubles
        }
        return frozenset(well - self.raised().keys() - self._unproven())

    def as_dict(self) -> dict[str, Any]:
        """Return it as an action answers it."""
        return {
            "at": self.at.isoformat(timespec="seconds"),
            "healthy": self.is_healthy,
            "checks": [found.as_dict() for found in self.findings],
            "suspects": {
                kind.value: [check.value for check in chain]
                for kind, chain in self.suspects().items()
            },
        }

    def _failed(self) -> set[CheckId]:
        """Return the checks that failed, on whichever car."""
        return {
            found.check.id
            for found in self.findings
            if found.outcome.result is Result.FAILED
        }

    def _unproven(self) -> frozenset[tuple[Trouble, str | None]]:
        """Return what another check might have shown that came to no end."""
        return frozenset(
            (trouble, found.vin)
            for found in self.findings
            if found.outcome.result is Result.FAILED
            for trouble in found.check.troubles
        )


def clock_outcome(skew: timedelta | None) -> Outcome:
    """Judge how far Tesla's clock is from ours."""
    if skew is None:
        return skipped("Tesla has not told its time yet")
    off = abs(skew)
    if off > CLOCK_WRONG:
        word = "behind" if skew > timedelta() else "ahead of"
        minutes = off.total_seconds() / 60
        return failed(
            f"this machine's clock is {minutes:.0f} minutes {word} Tesla's",
            Trouble.CLOCK_WRONG,
        )
    seconds = f"{off.total_seconds():.0f} seconds apart"
    if off > CLOCK_OFF:
        return passed(f"{seconds}: that still works, but set the clock")
    return passed(seconds)
