"""What a car answers to a command."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ActResult:
    """Tesla's `result` and `reason`; the reason is empty where the result is true."""

    result: bool
    reason: str = ""


DONE: Final = ActResult(result=True)


def refused(reason: str) -> ActResult:
    """Answer no, in Tesla's words."""
    return ActResult(result=False, reason=reason)
