"""Benchmark 4: how long a command takes, to a car that is awake and to one that sleeps.

Both go through Home Assistant's own actions, in an interpreter of their own.
"""

from collections.abc import Mapping
from statistics import median, quantiles
from typing import Any, Final

from .weight import child

REPETITIONS: Final = 200
QUICK: Final = 20
AWAKE_BOUND_MS: Final = 15.0
ASLEEP_BOUND_S: Final = 2.0


def p95(values: list[float]) -> float:
    """Give what nineteen of twenty do not exceed."""
    return quantiles(values, n=20, method="inclusive")[-1]


def run(quick: bool) -> dict[str, Any]:
    """Measure both; `quick` repeats less often."""
    found = child("latency_live", str(QUICK if quick else REPETITIONS))
    awake, asleep = found["awake_ms"], found["asleep_s"]
    return {
        "awake_overhead_ms": median(awake),
        "awake_overhead_p95_ms": p95(awake),
        "awake_overhead_max_ms": max(awake),
        "awake_round_trip_ms": median(found["round_trip_ms"]),
        "awake_first_ms": found["first_ms"],
        "awake_commands": len(awake),
        "asleep_after_online_s": median(asleep),
        "asleep_after_online_p95_s": p95(asleep),
        "asleep_after_online_max_s": max(asleep),
        "asleep_until_online_s": median(found["woke_s"]),
        "asleep_commands": len(asleep),
        "wakes": found["wakes"],
    }


def promised(
    figures: Mapping[str, Any] | None,
) -> list[tuple[str, float, float]]:
    """Give what was promised: what, measured, bound; nothing if nothing was measured."""
    if figures is None:
        return []
    return [
        (
            "own time of a command to a car that is awake, median ms",
            figures["awake_overhead_ms"],
            AWAKE_BOUND_MS,
        ),
        (
            "from online to accepted, median s",
            figures["asleep_after_online_s"],
            ASLEEP_BOUND_S,
        ),
    ]
