"""What rules and alerts remember, written to disk and read again."""

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
import json
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.model.record import record
from custom_components.fleet_pulse.model.records import InvalidRecord, dump, load


class Colour(StrEnum):
    """A closed list."""

    RED = "red"


@record
class Part:
    """A record in a record."""

    name: str


@record
class Whole:
    """A value of every kind."""

    at: datetime
    day: date
    ratio: float = 1.0
    count: int | None = None
    is_on: bool = False
    wait: timedelta = timedelta()
    colour: Colour = Colour.RED
    part: Part | None = None
    parts: tuple[Part, ...] = ()
    names: frozenset[str] = frozenset()
    counts: Mapping[str, int] = field(default_factory=dict)
    value: float | str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


AT: Final = datetime(2026, 3, 29, 1, 30, 5, 6, tzinfo=UTC)
FULL: Final = Whole(
    at=AT,
    day=date(2026, 3, 29),
    ratio=0.5,
    count=3,
    is_on=True,
    wait=timedelta(seconds=90),
    part=Part(name="a"),
    parts=(Part(name="b"), Part(name="c")),
    names=frozenset({"x", "y"}),
    counts={"k": 1},
    value="a word",
    values={"at": AT, "open": ("x", "y"), "n": 1.5, "none": None, "w": "2026.44"},
)
LEAST: Final = {"at": AT.isoformat(), "day": "2026-03-29"}


def test_what_is_written_is_read_again_as_it_was() -> None:
    """Every kind of value survives the disk."""
    assert load(Whole, json.loads(json.dumps(dump(FULL)))) == FULL


def test_what_an_older_version_did_not_write_is_as_usual() -> None:
    """A new field needs no migration."""
    assert load(Whole, LEAST) == Whole(at=AT, day=date(2026, 3, 29))


def test_one_bad_part_of_a_list_costs_only_itself() -> None:
    """The rest is still worth something."""
    found = load(Whole, {**LEAST, "parts": [{"name": "b"}, {"name": 7}, "c"]})
    assert found.parts == (Part(name="b"),)


def test_a_whole_number_is_a_number() -> None:
    """JSON does not tell them apart."""
    found = load(Whole, {**LEAST, "ratio": 2})
    assert isinstance(found.ratio, float)


def test_what_only_looks_like_a_moment_stays_what_it_is() -> None:
    """A name may be anything, and is never read as something else."""
    odd = {"a": "2026-13-40T99:99:99", "b": "2026-03-29T01:30:00", "c": {}}
    assert load(Whole, {**LEAST, "values": odd}).values == odd


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param([], id="no record"),
        pytest.param({"at": AT.isoformat()}, id="a value that must be there is not"),
        pytest.param({**LEAST, "at": "2026-03-29T01:30:00"}, id="no time zone"),
        pytest.param({**LEAST, "at": 7}, id="no moment"),
        pytest.param({**LEAST, "day": "the 29th"}, id="no date"),
        pytest.param({**LEAST, "count": True}, id="a yes that is no number"),
        pytest.param({**LEAST, "is_on": 1}, id="a number that is no yes"),
        pytest.param({**LEAST, "wait": "long"}, id="no time span"),
        pytest.param({**LEAST, "colour": "blue"}, id="a word of a later version"),
        pytest.param({**LEAST, "parts": "b"}, id="no list"),
        pytest.param({**LEAST, "counts": []}, id="no table"),
        pytest.param({**LEAST, "part": "a"}, id="a record that is none"),
        pytest.param({**LEAST, "value": []}, id="neither a number nor a word"),
    ],
)
def test_what_is_no_such_record_is_refused(raw: Any) -> None:
    """Nothing on disk is trusted."""
    with pytest.raises(InvalidRecord):
        load(Whole, raw)
