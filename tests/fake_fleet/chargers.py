"""What a car can be plugged into."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Charger:
    """A charging point: AC by volts, phases and amps, or DC by power."""

    key: str
    volts: int
    phases: int
    amps: int
    """What the pilot signal offers."""
    dc_kw: float = 0
    """Above zero it is a fast charger."""

    @property
    def is_dc(self) -> bool:
        """Whether it feeds the pack directly."""
        return self.dc_kw > 0


CHARGERS: Final[dict[str, Charger]] = {
    charger.key: charger
    for charger in (
        Charger(key="ac", volts=230, phases=3, amps=16),
        Charger(key="ac_slow", volts=230, phases=1, amps=15),
        Charger(key="ac_socket", volts=230, phases=1, amps=10),
        Charger(key="ac_us", volts=240, phases=1, amps=48),
        Charger(key="dc", volts=400, phases=0, amps=0, dc_kw=250),
    )
}
