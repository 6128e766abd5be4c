"""Records behave as frozen dataclasses do, but for what the type checker sees to."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any

import pytest

from custom_components.fleet_pulse.model.record import record


@record
class Parcel:
    """Something with a value that is not compared, and one that is not shown."""

    weight: float
    contents: str = field(default="", repr=False)
    opened: int = field(default=0, compare=False)


@record
class Letter:
    """The same values, but another kind."""

    weight: float
    contents: str = ""
    opened: int = 0


@record
class Quiet:
    """Something that shows itself its own way."""

    weight: float

    def __repr__(self) -> str:
        """Say nothing."""
        return "?"


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        pytest.param(Parcel(weight=1, contents="x"), True, id="the same values"),
        pytest.param(Parcel(weight=1, contents="x", opened=2), True, id="not compared"),
        pytest.param(Parcel(weight=2, contents="x"), False, id="another value"),
        pytest.param(Letter(weight=1, contents="x"), False, id="another kind"),
        pytest.param(None, False, id="nothing of the sort"),
    ],
)
def test_records_are_told_apart_by_kind_and_values(
    other: object, is_same: bool
) -> None:
    """Equal ones are one in a set, as well."""
    one = Parcel(weight=1, contents="x")

    assert (one == other) is is_same
    assert (len({one, other}) == 1) is is_same


def test_a_record_shows_what_may_be_seen() -> None:
    """A secret value appears in no log and in no failed test."""
    assert repr(Parcel(weight=1, contents="x")) == "Parcel(weight=1, opened=0)"
    assert repr(Quiet(weight=1)) == "?"


def test_a_record_is_replaced() -> None:
    """The one before stays as it was."""
    one = Parcel(weight=1)

    assert replace(one, weight=2) == Parcel(weight=2)
    assert one.weight == 1


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({}, id="one missing"),
        pytest.param({"weight": 1, "colour": "red"}, id="one too many"),
    ],
)
def test_a_record_knows_its_names(values: Mapping[str, Any]) -> None:
    """No value gets lost or stays unknown."""
    with pytest.raises(TypeError):
        Parcel(**values)
