"""Whether a car will be as wanted: every reason, and what stands in the way."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field, Reading, Source
from custom_components.fleet_pulse.model.state import State
from custom_components.fleet_pulse.rules.readiness import (
    CHARGE_VERDICTS,
    DEPARTURE_VERDICTS,
    HINDERED,
    Judged,
    Obstacle,
    Verdict,
    readiness,
)
from custom_components.fleet_pulse.rules.reason import ChargeWhy, DepartureWhy, Reason
from custom_components.fleet_pulse.rules.view import Matter, RuleView

NOW: Final = datetime(2026, 3, 9, 20, tzinfo=UTC)
UNTIL: Final = NOW + timedelta(hours=28)
MORNING: Final = NOW + timedelta(hours=11)
TARGETS: Final = {"night": 80}


def state(*, level: float | None = 50, plugged: bool | None = True) -> State:
    """Give what a car said."""
    said: tuple[tuple[Field[Any], Any], ...] = (
        (fields.BATTERY_LEVEL, level),
        (fields.CABLE_CONNECTED, plugged),
    )
    return State().merged(
        Reading(field=field, value=value, at=NOW, source=Source.POLL)
        for field, value in said
        if value is not None
    )


def charging(why: ChargeWhy = ChargeWhy.WAITING, **more: Any) -> RuleView:
    """Give a charge rule that is due in the morning."""
    usual = {"is_enabled": True, "next_deadline": MORNING}
    return RuleView(
        id="night",
        matter=Matter.CHARGING,
        name="Night",
        vin="VIN",
        reason=Reason(why=why),
        **(usual | more),
    )


def leaving(why: DepartureWhy = DepartureWhy.WAITING, **more: Any) -> RuleView:
    """Give a departure in the morning."""
    usual = {"is_enabled": True, "next_deadline": MORNING}
    return RuleView(
        id="leave",
        matter=Matter.PRECONDITIONING,
        name="Leave",
        vin="VIN",
        reason=Reason(why=why),
        **(usual | more),
    )


def test_every_reason_has_a_verdict() -> None:
    """None is forgotten, and the words that both kinds share are told apart."""
    assert set(CHARGE_VERDICTS) == set(ChargeWhy)
    assert set(DEPARTURE_VERDICTS) == set(DepartureWhy)
    assert set(HINDERED) == set(Obstacle)


@pytest.mark.parametrize(
    ("view", "known", "judged"),
    [
        pytest.param(
            charging(), state(), Judged(verdict=Verdict.ON_COURSE), id="it waits"
        ),
        pytest.param(
            charging(),
            state(plugged=False),
            Judged(verdict=Verdict.NO, obstacle=Obstacle.UNPLUGGED),
            id="it waits without a cable",
        ),
        pytest.param(
            charging(),
            state(plugged=None),
            Judged(verdict=Verdict.UNKNOWN, obstacle=Obstacle.PLUG_UNKNOWN),
            id="nobody knows of a cable",
        ),
        pytest.param(
            charging(estimated_ready=MORNING + timedelta(minutes=1)),
            state(),
            Judged(verdict=Verdict.NO, obstacle=Obstacle.LATE),
            id="it will be late",
        ),
        pytest.param(
            charging(estimated_ready=MORNING),
            state(),
            Judged(verdict=Verdict.ON_COURSE),
            id="it will be just in time",
        ),
        pytest.param(
            charging(ChargeWhy.SOLAR, next_deadline=None),
            state(),
            Judged(verdict=Verdict.UNKNOWN, obstacle=Obstacle.NO_TIME),
            id="a rule without a time promises nothing",
        ),
        pytest.param(
            charging(ChargeWhy.HOLD),
            state(),
            Judged(verdict=Verdict.NO),
            id="it is on hold",
        ),
        pytest.param(
            charging(ChargeWhy.HOLD),
            state(level=80, plugged=False),
            Judged(verdict=Verdict.YES),
            id="it is full enough, whatever holds the rule",
        ),
        pytest.param(
            charging(ChargeWhy.SOC_UNKNOWN),
            state(level=None),
            Judged(verdict=Verdict.UNKNOWN),
            id="nobody knows how full it is",
        ),
        pytest.param(
            leaving(),
            state(plugged=False),
            Judged(verdict=Verdict.ON_COURSE),
            id="a departure needs no cable by itself",
        ),
        pytest.param(
            leaving(DepartureWhy.LOW_SOC),
            state(level=80),
            Judged(verdict=Verdict.NO),
            id="no level is a departure's target",
        ),
        pytest.param(
            charging(next_deadline=UNTIL + timedelta(minutes=1)),
            state(),
            None,
            id="due only later",
        ),
        pytest.param(charging(is_enabled=False), state(), None, id="switched off"),
        pytest.param(charging(ChargeWhy.EXPIRED), state(), None, id="over"),
        pytest.param(leaving(DepartureWhy.CANCELLED), state(), None, id="called off"),
    ],
)
def test_a_rule_is_judged(view: RuleView, known: State, judged: Judged | None) -> None:
    """By its reason, and by what stands in its way."""
    found = readiness([view], TARGETS, known, until=UNTIL)
    assert found.judged.get(view.id) == judged
    assert found.verdict is (Verdict.UNKNOWN if judged is None else judged.verdict)


def test_the_worst_word_counts() -> None:
    """A warm car that is empty is not ready."""
    full = readiness(
        [leaving(DepartureWhy.READY), charging()], TARGETS, state(level=90), until=UNTIL
    )
    assert full.verdict is Verdict.YES
    empty = readiness(
        [leaving(DepartureWhy.READY), charging(ChargeWhy.TROUBLE)],
        TARGETS,
        state(),
        until=UNTIL,
    )
    assert empty.verdict is Verdict.NO
