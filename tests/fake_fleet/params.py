"""Reads the parameters of a command as strictly as a car does."""

from typing import Any


class BadParameter(ValueError):
    """A parameter is missing, of the wrong type, or out of the car's range."""


class Params:
    """The parameters of one command."""

    def __init__(self, given: dict[str, Any]) -> None:
        """Wrap what came."""
        self._given = given

    def __contains__(self, name: str) -> bool:
        """Whether a parameter was given at all."""
        return self._given.get(name) is not None

    def raw(self, name: str) -> Any:
        """Take a parameter as it came."""
        if name not in self:
            raise BadParameter(f"{name} is missing")
        return self._given[name]

    def boolean(self, name: str, default: bool | None = None) -> bool:
        """Read a truth value."""
        if name not in self and default is not None:
            return default
        match self.raw(name):
            case True | 1 | "true":
                return True
            case False | 0 | "false":
                return False
        raise BadParameter(f"{name} is not a boolean")

    def number(self, name: str, low: float, high: float) -> float:
        """Read a number within a range; a string of digits is one to Tesla."""
        value = self.raw(name)
        try:
            number = float("nan") if isinstance(value, bool) else float(value)
        except (TypeError, ValueError) as err:
            raise BadParameter(f"{name} is not a number") from err
        if not low <= number <= high:
            raise BadParameter(f"{name} is out of range")
        return number

    def integer(self, name: str, low: int, high: int) -> int:
        """Read a whole number within a range."""
        number = self.number(name, low, high)
        if number != int(number):
            raise BadParameter(f"{name} is not whole")
        return int(number)

    def text(self, name: str, default: str | None = None) -> str:
        """Read a string."""
        if name not in self and default is not None:
            return default
        value = self.raw(name)
        if not isinstance(value, str):
            raise BadParameter(f"{name} is not a string")
        return value

    def pin(self, name: str) -> str:
        """Read a PIN: four digits."""
        pin = self.text(name)
        if len(pin) != 4 or not pin.isdecimal():
            raise BadParameter(f"{name} is not four digits")
        return pin
