"""Values that cannot be read are unknown, and said at debug level: each of them once."""

from collections.abc import Callable
import logging
from typing import Any, Final

from .field import Field

_LOGGER = logging.getLogger(__name__)

_MOST: Final = 1000
"""Lines one memory has room for: Tesla's words are few, a garbled answer's are not."""
_LONGEST: Final = 40
_LARGE: Final = 10**6


class Unread:
    """Remembers what was said of one car, as a car repeats itself with every poll."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._said: set[str] = set()

    def read(self, field: Field[Any], raw: Any, parse: Callable[[Any], Any]) -> Any:
        """Return a field's value; what cannot be read is unknown."""
        value = parse(raw)
        if value is None and not _is_nothing(raw):
            self.say(field.key, _shown(field, raw))
        return value

    def say(self, what: str, shown: str) -> None:
        """Say what cannot be read, unless that was said before."""
        line = f"{what} cannot be read: {shown}"
        if line not in self._said and len(self._said) < _MOST:
            self._said.add(line)
            _LOGGER.debug("%s", line)


def _shown(field: Field[Any], raw: Any) -> str:
    """Return what may be said: a word of a closed list gives nothing away."""
    if field.options and isinstance(raw, str):
        return raw[:_LONGEST]
    if field.options and isinstance(raw, int) and abs(raw) < _LARGE:
        return str(raw)
    return type(raw).__name__


def _is_nothing(raw: Any) -> bool:
    """Say whether Tesla itself says that there is no value."""
    if isinstance(raw, tuple):
        return all(_is_nothing(part) for part in raw)
    return raw is None or raw in ("", "<invalid>")
