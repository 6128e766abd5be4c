"""What the car should say after a command."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .field import Field
from .template import Slot

# A car that shows Fahrenheit keeps whole degrees of it: 0.28 °C off at most.
ROUNDING: Final = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Expect:
    """What the car should say after the command."""

    field: Field[Any]
    value: Any
    """A value, a `Slot`, or a `Computed`."""
    also: tuple[Any, ...] = ()
    """Other answers of the car that are as good."""
    when: tuple[str, Any] | None = None
    """Only for this value of this parameter."""

    def applies(self, params: Mapping[str, Any]) -> bool:
        """Say whether these parameters are about the field."""
        return self.when is None or params.get(self.when[0]) == self.when[1]

    def wanted(self, params: Mapping[str, Any]) -> Any:
        """Return the expected value for these parameters; None expects nothing."""
        if not self.applies(params):
            return None
        if isinstance(self.value, Slot):
            return self.value.fill(params)
        return self.value(params) if callable(self.value) else self.value

    def agrees(self, shown: Any, wanted: Any) -> bool:
        """Say whether a value is as wanted; cars round what they are given."""
        if isinstance(wanted, float) and isinstance(shown, float | int):
            return abs(shown - wanted) <= ROUNDING
        return shown == wanted or shown in self.also
