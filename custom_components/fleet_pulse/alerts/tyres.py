"""What alerts see of the tyres, whose pressure counts while they are cold."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..model import vehicle_fields as fields
from ..model.field import Field, Reading
from ..model.record import record
from .alert import Alert
from .facts import Facts
from .kind import Seen
from .said import is_driving, said, value
from .seeing import seen

TYRES: Final = "tyre_pressure"
LOW_BAR: Final = 2.4
CLEARS_AT: Final = 0.1
# A tyre that was driven shows about a tenth more for every ten degrees it is warmer.
_WARM: Final = 0.3
_COLD_AFTER: Final = timedelta(hours=2)


@record
class _Tyre:
    """Where it is, and what the car says of it."""

    key: str
    pressure: Field[float]
    warning: Field[bool]
    measured: Field[datetime]


_TYRES: Final = (
    _Tyre(
        key="front_left",
        pressure=fields.TPMS_PRESSURE_FL,
        warning=fields.TPMS_SOFT_WARNING_FL,
        measured=fields.TPMS_LAST_SEEN_FL,
    ),
    _Tyre(
        key="front_right",
        pressure=fields.TPMS_PRESSURE_FR,
        warning=fields.TPMS_SOFT_WARNING_FR,
        measured=fields.TPMS_LAST_SEEN_FR,
    ),
    _Tyre(
        key="rear_left",
        pressure=fields.TPMS_PRESSURE_RL,
        warning=fields.TPMS_SOFT_WARNING_RL,
        measured=fields.TPMS_LAST_SEEN_RL,
    ),
    _Tyre(
        key="rear_right",
        pressure=fields.TPMS_PRESSURE_RR,
        warning=fields.TPMS_SOFT_WARNING_RR,
        measured=fields.TPMS_LAST_SEEN_RR,
    ),
)
TYRE_KEYS: Final = tuple(tyre.key for tyre in _TYRES)
"""What may stand in `values["tyre"]`, which has texts."""


def low(facts: Facts, alert: Alert) -> Seen | None:
    """See a tyre that lost air: measured cold, or warned of by the car itself."""
    measured = {tyre.key: word for tyre in _TYRES if (word := _word(facts, tyre))}
    if not measured:
        return None
    threshold = alert.threshold(TYRES, LOW_BAR)
    key, word = min(measured.items(), key=lambda one: (one[1].bar, one[0]))
    is_warned = any(one.is_warned for one in measured.values())
    enough = threshold + CLEARS_AT + (0.0 if word.is_cold else _WARM)
    return seen(
        (word.said,),
        is_raised=is_warned or (word.bar < threshold and word.is_cold),
        is_cleared=not is_warned and word.bar > enough,
        value=round(word.bar, 2),
        threshold=threshold,
        values={"tyre": key},
    )


@record
class _Word:
    """What the car says of a tyre."""

    said: Reading[float]
    bar: float
    is_cold: bool
    is_warned: bool


def _word(facts: Facts, tyre: _Tyre) -> _Word | None:
    """Return what the car says of a tyre, as old as it was measured."""
    pressure = said(facts.state, tyre.pressure)
    if pressure is None or pressure.value is None:
        return None
    # The poll repeats what a wheel said when it last turned.
    measured = value(facts.state, tyre.measured)
    at = pressure.at if measured is None else min(measured, pressure.at)
    parked = facts.past.parked_at
    is_parked = parked is not None and not is_driving(facts.state)
    return _Word(
        said=replace(pressure, at=at),
        bar=pressure.value,
        is_cold=is_parked and parked is not None and at - parked >= _COLD_AFTER,
        is_warned=value(facts.state, tyre.warning) is True,
    )
