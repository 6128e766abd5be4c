"""What a car promised, and whether it says that it did not do it."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.fleet.unconfirmed import Unconfirmed
from custom_components.fleet_pulse.fleet.waits import Waits
from custom_components.fleet_pulse.model import commands, vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Reading, Source
from custom_components.fleet_pulse.model.state import State

NOW: Final = datetime(2026, 10, 5, 12, tzinfo=UTC)
WAITS: Final = Waits()


def limit(percent: int) -> Any:
    """Give the call that sets a charge limit."""
    return commands.SET_CHARGE_LIMIT.call(percent=percent)


def said(percent: int | None, after: float) -> State:
    """Give what the car said so many seconds after the command."""
    reading = Reading(
        field=fields.CHARGE_LIMIT_SOC,
        value=percent,
        at=NOW + timedelta(seconds=after),
        source=Source.POLL,
    )
    return State().merged([reading])


@pytest.mark.parametrize(
    ("state", "looked", "denied"),
    [
        pytest.param(said(80, 25), 25, 0, id="as promised"),
        pytest.param(said(60, 25), 25, 1, id="not as promised"),
        pytest.param(said(60, 10), 10, 0, id="too early to tell"),
        pytest.param(said(60, -5), 25, 0, id="the car has not spoken since"),
        pytest.param(said(None, 25), 25, 0, id="it does not say"),
        pytest.param(State(), 25, 0, id="nothing known"),
        pytest.param(said(60, 1200), 1200, 0, id="so late that others may have set it"),
    ],
)
def test_what_a_look_denies(state: State, looked: float, denied: int) -> None:
    """Only the car's own newer word, at the right time, contradicts a promise."""
    unconfirmed = Unconfirmed().promised(limit(80), NOW)
    now = NOW + timedelta(seconds=looked)
    assert len(unconfirmed.denied(state, now, WAITS)) == denied


def test_a_promise_is_decided_on_once() -> None:
    """What a look has decided on is over; what is too young waits for the next."""
    young = NOW + timedelta(seconds=15)
    waiting = Unconfirmed().promised(limit(80), NOW)
    waiting = waiting.promised(commands.DOOR_LOCK.call(), young)
    due = waiting.due(NOW + timedelta(seconds=25), WAITS)
    assert [sent.call.command.key for sent in due] == ["set_charge_limit"]
    left = waiting.without(due)
    assert [sent.call.command.key for sent in left.sent] == ["door_lock"]


def test_of_two_promises_about_one_thing_the_newer_counts() -> None:
    """On and off within seconds: the car owes only the last."""
    waiting = Unconfirmed().promised(commands.AUTO_CONDITIONING_START.call(), NOW)
    waiting = waiting.promised(commands.AUTO_CONDITIONING_STOP.call(), NOW)
    keys = [sent.call.command.key for sent in waiting.sent]
    assert keys == ["auto_conditioning_stop"]
