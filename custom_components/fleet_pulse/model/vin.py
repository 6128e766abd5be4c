"""What a VIN tells before the car has said a word."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

MODELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "3": "Model 3",
        "C": "Cybertruck",
        "R": "Roadster",
        "S": "Model S",
        "T": "Semi",
        "X": "Model X",
        "Y": "Model Y",
    }
)
"""By the fourth character, where Tesla writes the line of the vehicle."""


def model(vin: str) -> str | None:
    """Return the model a VIN stands for; None for one Tesla has not built yet."""
    return MODELS.get(vin[3:4])
