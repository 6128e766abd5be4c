"""What a command is given is checked before anything is sent."""

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.model import params
from custom_components.fleet_pulse.model.params import Primitive, Reader

from .strategies import JSON

READERS = [
    params.flag,
    params.decimal(15, 30),
    params.whole(50, 100),
    params.one_of("front", "rear"),
    params.pin,
    params.days,
]
NAN = float("nan")
INFINITY = float("inf")


def taken_or_why(read: Reader, value: object) -> Primitive:
    """Return what a reader takes, or its words of refusal."""
    try:
        return read(read(value))
    except ValueError as refusal:
        return str(refusal)


@settings(max_examples=80)
@given(st.sampled_from(READERS), JSON)
def test_readers_take_or_refuse(read: Reader, value: object) -> None:
    """Whatever is given is taken or refused with a ValueError, nothing else."""
    outcome = taken_or_why(read, value)

    assert outcome == value or str(outcome).startswith("must ")


@pytest.mark.parametrize(
    ("read", "value", "taken"),
    [
        pytest.param(params.flag, False, False, id="no"),
        pytest.param(params.decimal(15, 30), 21.5, 21.5, id="a number"),
        pytest.param(params.whole(50, 100), 80.0, 80, id="a whole float"),
        pytest.param(params.one_of("front", "rear"), "rear", "rear", id="a word"),
        pytest.param(params.pin, "0420", "0420", id="four digits"),
        pytest.param(params.days, "All", "All", id="all days"),
        pytest.param(params.days, "mon, Tuesday", "mon,Tuesday", id="two days"),
        pytest.param(
            params.days, ["Saturday", "Sunday"], "Saturday,Sunday", id="a list"
        ),
    ],
)
def test_takes(read: Reader, value: object, taken: Primitive) -> None:
    """What fits is taken as Tesla takes it."""
    assert read(value) == taken
    assert type(read(value)) is type(taken)


@pytest.mark.parametrize(
    ("read", "value", "why"),
    [
        pytest.param(params.flag, 1, "must be true or false", id="one is not true"),
        pytest.param(
            params.decimal(15, 30), 31, "must be from 15 to 30, not 31", id="too warm"
        ),
        pytest.param(
            params.decimal(15, 30),
            NAN,
            "must be from 15 to 30, not nan",
            id="no number",
        ),
        pytest.param(
            params.decimal(15, 30), "21", "must be a number from 15 to 30", id="text"
        ),
        pytest.param(
            params.whole(50, 100),
            80.5,
            "must be a whole number from 50 to 100",
            id="a fraction",
        ),
        pytest.param(
            params.whole(50, 100),
            INFINITY,
            "must be a whole number from 50 to 100",
            id="infinity",
        ),
        pytest.param(
            params.whole(50, 100),
            True,
            "must be a whole number from 50 to 100",
            id="a truth",
        ),
        pytest.param(
            params.one_of("front", "rear"),
            "left",
            "must be one of: front, rear",
            id="another word",
        ),
        pytest.param(params.pin, "12345", "must be four digits", id="five digits"),
        pytest.param(params.pin, "१२३४", "must be four digits", id="other digits"),
        pytest.param(params.days, "", "must be days", id="no days"),
        pytest.param(params.days, [], "must name at least one day", id="an empty list"),
        pytest.param(params.days, 5, "must name at least one day", id="a number"),
        pytest.param(params.days, "Caturday", "must be days", id="no such day"),
    ],
)
def test_refuses(read: Reader, value: object, why: str) -> None:
    """What does not fit is refused with words that follow the parameter's name."""
    with pytest.raises(ValueError, match=f"^{why}"):
        read(value)


def test_days_are_bits() -> None:
    """Sunday is the first bit, and sets of days are made of their days."""
    assert params.day_mask("Saturday,Sunday") == 65
    assert params.day_mask("Weekdays") == 62
    assert params.day_mask(",".join(params.DAYS)) == params.day_mask("All")
