"""How a bundle of named values is made: a dataclass that costs little at the start.

Python compiles the methods of every dataclass anew each time a program starts, 0.4 ms
for each class, and a hundred of them made up half of what this integration takes to
import. All records share the methods that compare, hash and show, so that only the one
that fills in the values is left to compile; and since the type checker refuses any
change of a record, nothing needs to be compiled to refuse it once more.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, Final, dataclass_transform


@dataclass_transform(
    kw_only_default=True, frozen_default=True, field_specifiers=(field,)
)
def record[T](cls: type[T]) -> type[T]:
    """Make a class of values that never change, are compared and are given by name."""
    for name, method in _SHARED.items():
        if name not in vars(cls):
            setattr(cls, name, method)
    make = dataclass(slots=True, kw_only=True, eq=False, repr=False, match_args=False)
    return make(cls)


def _compared(one: Any) -> tuple[object, ...]:
    """Return the values that make a record what it is."""
    return tuple(getattr(one, part.name) for part in fields(one) if part.compare)


def _equals(self: object, other: object) -> bool:
    """Return whether two records of a kind have the same values."""
    if self is other:
        return True
    return type(other) is type(self) and _compared(self) == _compared(other)


def _hashed(self: object) -> int:
    """Return the same for records that are equal."""
    return hash(_compared(self))


def _shown(self: Any) -> str:
    """Return how a record is shown; what must not be seen is left out."""
    values = (
        f"{part.name}={getattr(self, part.name)!r}"
        for part in fields(self)
        if part.repr
    )
    return f"{type(self).__qualname__}({', '.join(values)})"


_SHARED: Final[dict[str, Callable[..., Any]]] = {
    "__eq__": _equals,
    "__hash__": _hashed,
    "__repr__": _shown,
}
