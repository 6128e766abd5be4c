"""What the parents of `weight` and `scale` ask of their children."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to measure of one contestant beside the real clock."""

    domain: str
    cloud: dict[str, Any]
    """Where the cloud is, and how core's integration is signed in."""
    cars: int = 1
    everything: bool = False
    """Enable also what an owner would have to enable."""
    set_ups: int = 0
    updates: int = 0
    trace: bool = False
    """Count memory, which makes everything else slow."""
