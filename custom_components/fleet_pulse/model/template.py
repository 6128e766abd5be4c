"""Templates of what is sent: shapes with places that a call's parameters fill."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """The place of a parameter in a message template or an expectation."""

    param: str
    values: Mapping[Any, Any] | None = None
    """How the value is spelled here; what is not listed is left out."""
    convert: Callable[[Any], Any] | None = None
    """How the value is spelled here, where a table cannot say it."""
    keep_zero: bool = False
    """Send 0 and false too: needed where the presence itself means something."""

    def fill(self, params: Mapping[str, Any]) -> Any:
        """Return the value for this place; None where there is none."""
        value = params.get(self.param)
        if value is None:
            return None
        if self.values is not None:
            return self.values.get(value)
        return value if self.convert is None else self.convert(value)


type Computed = Callable[[Mapping[str, Any]], Any]
"""A part of a template that takes more than one parameter to say."""


def filled(template: Any, params: Mapping[str, Any]) -> Any:
    """Fill a template as protobuf's JSON is spelled: what is zero is left out."""
    if isinstance(template, list):
        return [filled(part, params) for part in template]
    if not isinstance(template, Mapping):
        return template(params) if callable(template) else template
    into = {}
    for key, part in template.items():
        name = key.fill(params) if isinstance(key, Slot) else key
        if isinstance(part, Slot):
            value, keep = part.fill(params), part.keep_zero
        else:
            value, keep = filled(part, params), isinstance(part, Mapping | list)
        if name is not None and value is not None and (value or keep):
            into[name] = value
    return into
