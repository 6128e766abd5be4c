"""How long a proof is: short for everybody, long where `scripts/prove` is told to be."""

import os
from typing import Final

IS_LONG: Final = "FLEET_PULSE_PROVE_RUNS" in os.environ


def runs(few: int) -> int:
    """Give how often to repeat something: a few times, or as often as is asked for."""
    return int(os.environ.get("FLEET_PULSE_PROVE_RUNS", few))
