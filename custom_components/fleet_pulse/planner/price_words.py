"""Reads the moments, numbers and units that other integrations write."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from math import isfinite
from typing import Any, Final

from .window import wall

_MILLISECONDS: Final = 1e11
"""What counts the time since 1970 in milliseconds is beyond, for the next 3000 years."""
_CENTS: Final = frozenset(
    {
        "c",
        "cent",
        "cents",
        "ct",
        "c€",
        "¢",
        "eurocent",
        "ore",
        "p",
        "pence",
        "snt",
        "öre",
        "øre",
    }
)
"""What the hundredth parts of currencies are called."""
_KILO: Final[Mapping[str, float]] = {"kwh": 1, "mwh": 0.001, "wh": 1000}


def moment(raw: Any, zone: tzinfo) -> datetime | None:
    """Return the moment that somebody wrote; without an offset it is a wall time."""
    try:
        if isinstance(raw, str):
            raw = datetime.fromisoformat(raw)
        elif isinstance(raw, int | float) and not isinstance(raw, bool):
            seconds = raw / 1000 if raw > _MILLISECONDS else raw
            raw = datetime.fromtimestamp(seconds, UTC)
        if not isinstance(raw, datetime):
            return None
        if raw.tzinfo is None:
            return wall(raw.date(), raw.time(), zone)
        return raw.astimezone(UTC)
    except ValueError, OverflowError, OSError:
        return None


def number(raw: Any) -> float | None:
    """Return a number that somebody wrote."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    try:
        number = float(raw)
    except ValueError, OverflowError:
        return None
    return number if isfinite(number) else None


def factor(attributes: Mapping[str, Any]) -> float:
    """Return what makes prices in an entity's unit those of a kWh."""
    unit = attributes.get("unit_of_measurement")
    if not isinstance(unit, str) or "/" not in unit:
        in_cents = attributes.get("price_in_cents") is True
        energy, coin = attributes.get("unit"), "c" if in_cents else ""
        return _KILO.get(str(energy).casefold(), 1) * _part(coin)
    coin, _, energy = unit.casefold().partition("/")
    return _KILO.get(energy.strip(), 1) * _part(coin.strip())


def _part(coin: str) -> float:
    """Return which part of a currency a coin is, by its name."""
    return 0.01 if coin in _CENTS else 1
