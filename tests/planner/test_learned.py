"""What sessions teach: the middle of them, and nothing of what cannot be."""

from functools import reduce
import json
from typing import Any

import pytest

from custom_components.fleet_pulse.planner.learned import Learned, Session
from custom_components.fleet_pulse.planner.need import Battery

HOME = "zone.home"
NOTHING = Learned()


def at_home(
    kw: float | None = None,
    *,
    stored: float | None = None,
    drawn: float | None = None,
    gained: float | None = None,
) -> Session:
    """Return a session at home."""
    return Session(zone=HOME, kw=kw, stored_kwh=stored, drawn_kwh=drawn, gained=gained)


def after(*sessions: Session) -> Learned:
    """Return what is known after sessions."""
    return reduce(Learned.learned, sessions, NOTHING)


def test_before_the_first_session() -> None:
    """Nothing is known of power; efficiency and capacity are the usual ones."""
    assert NOTHING.kw(HOME) is None
    assert NOTHING.efficiency(HOME) == 0.9
    assert NOTHING.battery(HOME) == Battery(usable_kwh=75, efficiency=0.9)
    assert NOTHING.battery(HOME, 57.5).usable_kwh == 57.5


@pytest.mark.parametrize(
    ("powers", "expected"),
    [
        pytest.param([11], 11, id="one session"),
        pytest.param([11, 10], 10.5, id="the middle of two"),
        pytest.param([11, 11, 10.8, 2.3, 11], 11, id="the neighbour's socket once"),
        pytest.param([11, 0.1], 11, id="no charger gives so little"),
        pytest.param([11, 150], 11, id="a fast charger is not this one"),
        pytest.param([11, None, None], 11, id="nobody measured"),
        pytest.param([2.3] * 9 + [11] * 4, 2.3, id="four sessions at a new charger"),
        pytest.param([2.3] * 9 + [11] * 5, 11, id="five sessions at a new charger"),
    ],
)
def test_power(powers: list[float | None], expected: float) -> None:
    """It is that of most of the last sessions, and no single one changes it."""
    assert after(*(at_home(kw) for kw in powers)).kw(HOME) == pytest.approx(expected)


def test_each_zone_has_its_own() -> None:
    """What is so at home says nothing of the office."""
    known = after(at_home(11), Session(zone="zone.office", kw=3.7))

    assert (known.kw(HOME), known.kw("zone.office")) == (11, 3.7)
    assert known.kw("zone.elsewhere") is None


@pytest.mark.parametrize(
    ("session", "efficiency"),
    [
        pytest.param(at_home(stored=17, drawn=20, gained=25), 0.85, id="measured"),
        pytest.param(at_home(stored=17, gained=25), 0.9, id="not measured at the wall"),
        pytest.param(at_home(drawn=20, gained=25), 0.9, id="not said by the car"),
        pytest.param(at_home(stored=17, drawn=20), 0.9, id="of unknown length"),
        pytest.param(at_home(stored=2, drawn=2.5, gained=3), 0.9, id="too short"),
        pytest.param(at_home(stored=25, drawn=20, gained=30), 0.9, id="more than all"),
        pytest.param(at_home(stored=5, drawn=20, gained=30), 0.9, id="hardly any"),
        pytest.param(at_home(stored=5, drawn=0, gained=30), 0.9, id="out of nothing"),
    ],
)
def test_efficiency(session: Session, efficiency: float) -> None:
    """It is what arrived of what was drawn, if both can be believed."""
    assert after(session).efficiency(HOME) == pytest.approx(efficiency)


def test_outliers_do_not_count() -> None:
    """What is far from the middle moves nothing."""
    usual = [at_home(stored=18, drawn=20, gained=25)] * 4
    odd = at_home(stored=11, drawn=20, gained=15)

    assert after(*usual, odd).efficiency(HOME) == pytest.approx(0.9)


def test_capacity() -> None:
    """The car tells it by what it stored for so many percent."""
    known = after(*[at_home(stored=30, gained=50)] * 3, at_home(stored=9, gained=30))

    assert known.battery(HOME).usable_kwh == pytest.approx(60)
    assert known.battery("zone.office", 75).usable_kwh == pytest.approx(60)


def test_it_survives_a_restart() -> None:
    """What was learned is the same after it was written down and read."""
    known = after(
        at_home(11, stored=17, drawn=20, gained=25), Session(zone="zone.office", kw=3.7)
    )

    assert Learned.load(json.loads(json.dumps(known.dump()))) == known


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(None, id="nothing"),
        pytest.param([], id="a list"),
        pytest.param({}, id="empty"),
        pytest.param({"places": [], "capacities": {}}, id="lists and names swapped"),
        pytest.param({"capacities": ["60", None, -1, 1e9]}, id="impossible values"),
    ],
)
def test_garbage_was_never_learned(raw: Any) -> None:
    """A file that somebody spoilt costs what was learned, and nothing else."""
    assert Learned.load(raw) == NOTHING


def test_what_can_be_read_is_kept() -> None:
    """One spoilt value costs itself only."""
    raw = {"places": {HOME: {"kws": ["x", 11], "efficiencies": None}, "zone.x": 3}}

    assert Learned.load(raw).kw(HOME) == 11
