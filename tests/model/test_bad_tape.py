"""A bad tape: each row's section, object and value missing or wrong, one at a time.

Unknown or as it was; nothing raised; and one line at debug for what was wrong.
"""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
import logging
from typing import Any, Final

from hypothesis import given, settings
import pytest

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field, Group, Reading, Source
from custom_components.fleet_pulse.model.parse import vehicle_data_readings
from custom_components.fleet_pulse.model.persist import dump, load
from custom_components.fleet_pulse.model.state import State
from custom_components.fleet_pulse.model.unread import Unread

from .shared import wrong_for
from .strategies import JSON

NOW: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
EARLIER: Final = NOW - timedelta(hours=1)
ROWS: Final = [field for field in fields.VEHICLE_FIELDS if field.poll]
IN_SECTIONS: Final = [row for row in ROWS if row.group is not Group.PRODUCT]
IN_OBJECTS: Final = [row for row in IN_SECTIONS if any("." in p for p in row.poll)]
PARSERS: Final = [
    (row, parse)
    for row in fields.VEHICLE_FIELDS
    for parse in (row.parse, row.parse_stream, row.parse_cached)
    if parse is not None
]
WRONG: Final[list[object]] = [[], [1, 2, 3], {"a": 1}, object()]

type Body = dict[str, Any]


def params(rows: list[Field[Any]]) -> list[Any]:
    """Name the cases after the rows."""
    return [pytest.param(row, id=row.key) for row in rows]


def whole() -> Body:
    """Return an answer with something at every path that is polled."""
    body: Body = {}
    for row in ROWS:
        for path in row.poll:
            *parents, last = path.split(".")
            place = section(body, row)
            for name in parents:
                place = place.setdefault(name, {})
            place[last] = 1
    return body


def section(body: Body, row: Field[Any]) -> Body:
    """Return the part of an answer that a row reads."""
    if row.group is Group.PRODUCT:
        return body
    part: Body = body.setdefault(row.group.value, {})
    return part


def without(row: Field[Any]) -> Body:
    """Return an answer that lacks all a row reads, its object included."""
    body = whole()
    for path in row.poll:
        section(body, row).pop(path.split(".")[0], None)
    return body


def spoiled(row: Field[Any], wrong: object) -> Body:
    """Return an answer with something wrong where a row's value belongs."""
    body = without(row)
    for path in row.poll:
        *parents, last = path.split(".")
        place = section(body, row)
        for name in parents:
            place = place.setdefault(name, {})
        place[last] = deepcopy(wrong) if isinstance(wrong, list | dict) else wrong
    return body


def known(row: Field[Any]) -> State:
    """Return a state in which a row was known before."""
    before = Reading(field=row, value="before", at=EARLIER, source=Source.POLL)
    return State().merged([before])


def after(row: Field[Any], body: object) -> tuple[object, datetime]:
    """Return what is known of a row after an answer, and since when."""
    said = known(row).merged(vehicle_data_readings(body, now=NOW)).said(row)
    assert said is not None
    return said.value, said.at


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[str], list[str]]:
    """Give the lines about something, as a function."""
    caplog.set_level(logging.DEBUG)
    return lambda what: [
        record.getMessage()
        for record in caplog.records
        if record.getMessage().startswith(f"{what} cannot be read")
    ]


@pytest.mark.parametrize("row", params(ROWS))
def test_a_wrong_value_is_unknown(
    row: Field[Any], lines: Callable[[str], list[str]]
) -> None:
    """What was known is not shown as new; ten polls of it are one line."""
    bodies = [spoiled(row, wrong) for wrong in wrong_for(row, WRONG)]
    assert {after(row, body) for body in bodies} == {(None, NOW)}
    before, unread = len(lines(row.key)), Unread()
    polls = [vehicle_data_readings(b, now=NOW, unread=unread) for b in bodies[:1] * 10]
    assert len(polls) == 10
    assert len(lines(row.key)) - before == 1


@pytest.mark.parametrize("row", params(ROWS))
def test_a_missing_value_is_kept_or_gone(
    row: Field[Any], lines: Callable[[str], list[str]]
) -> None:
    """It keeps its age, unless Tesla leaves the name out to say that it is over."""
    kept = {False: ("before", EARLIER), True: (None, NOW)}
    assert after(row, without(row)) == kept[row.vanishes]
    assert lines(row.key) == []


@pytest.mark.parametrize("row", params(IN_OBJECTS))
def test_a_wrong_object_makes_its_values_unknown(
    row: Field[Any], lines: Callable[[str], list[str]]
) -> None:
    """A list where the object belongs holds none of what is looked for."""
    head = row.poll[0].split(".")[0]
    garbled: list[object] = [[], [1], "x", 5, True]
    bodies = [without(row) for _ in garbled]
    assert [
        after(row, body | {row.group.value: section(body, row) | {head: wrong}})
        for body, wrong in zip(bodies, garbled, strict=True)
    ] == [(None, NOW)] * len(garbled)
    assert len(lines(row.key)) == len(garbled)


@pytest.mark.parametrize("row", params(IN_SECTIONS))
def test_a_wrong_section_says_nothing(
    row: Field[Any], lines: Callable[[str], list[str]]
) -> None:
    """Everything in it stays as old as it is; one line each time, for the section."""
    garbled: list[object] = [[], [1], "x", 5, True]
    bodies = [{**whole(), row.group.value: wrong} for wrong in garbled]
    assert {after(row, body) for body in bodies} == {("before", EARLIER)}
    assert len(lines(row.group.value)) == len(garbled)
    assert lines(row.key) == []


@pytest.mark.parametrize("row", params(IN_SECTIONS))
def test_a_missing_section_says_nothing(
    row: Field[Any], lines: Callable[[str], list[str]]
) -> None:
    """Absent and null are usual, and worth no line."""
    body = whole()
    del body[row.group.value]
    assert after(row, body) == ("before", EARLIER)
    assert after(row, {**body, row.group.value: None}) == ("before", EARLIER)
    assert lines(row.group.value) == []


@settings(max_examples=300)
@given(JSON)
def test_every_parser_is_total(raw: object) -> None:
    """Any JSON becomes a value that the row can keep, or None."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    state = State().merged(
        Reading(field=row, value=value, at=at, source=Source.POLL)
        for row, parse in PARSERS
        if (value := parse(raw)) is not None
    )
    assert dump(load(dump(state))) == dump(state)
