"""A simulated year keeps what was promised; `scripts/prove` lives it.

Both kinds of cars, ours and core's automations side by side: each of the four lives in
an interpreter of its own, in which the machine's clock belongs to it.
"""

from collections.abc import Callable, Mapping
import json
import os
from pathlib import Path
import subprocess
import sys
from typing import Any, Final

import pytest

from tests.benchmark.rules_year import MODELS, NEVER, WAKES

from .lived import PROGRAMS
from .town import SHORT_DAYS, SPRING, YEAR, YEAR_DAYS

IS_LONG: Final = "FLEET_PULSE_PROVE_RUNS" in os.environ
BEGIN: Final = YEAR if IS_LONG else SPRING
DAYS: Final = YEAR_DAYS if IS_LONG else SHORT_DAYS
ROOT: Final = Path(__file__).parents[2]
CORE: Final = "tesla_fleet_automations"

type Figures = dict[str, Any]
type Lives = Mapping[str, Mapping[str, Figures]]

pytestmark = [
    pytest.mark.long,
    pytest.mark.parametrize(
        "model",
        [
            pytest.param("self_wakes", id="a car that wakes up every hour"),
            pytest.param("no_self_wakes", id="a car that never wakes up by itself"),
        ],
    ),
]


def begun(program: str, model: str, file: Path) -> Callable[[], Figures]:
    """Begin a life; give what waits for its end and its figures."""
    wakes = ["--self-wakes"] if MODELS[model] else []
    when = ["--begin", BEGIN.isoformat(), "--days", str(DAYS)]
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests/harness/stand_ins")))
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.year", program, *wakes, *when, "--json", file],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )

    def ended() -> Figures:
        """Wait for its end."""
        _, trouble = child.communicate()
        assert child.returncode == 0, trouble[-3000:]
        found: Figures = json.loads(file.read_text())
        return found

    return ended


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Lives:
    """Live all four, two kinds of cars by two programs."""
    folder = tmp_path_factory.mktemp("year")
    children = {
        model: {
            program: begun(program, model, folder / f"{program}-{model}.json")
            for program in PROGRAMS
        }
        for model in MODELS
    }
    return {
        model: {program: ended() for program, ended in programs.items()}
        for model, programs in children.items()
    }


def test_every_deadline_that_physics_allows_is_met(lives: Lives, model: str) -> None:
    """At 80 % on working mornings, at 60 % when the weekend's window ends."""
    ours = lives[model]["ours"]
    assert ours["deadlines"] > DAYS / 4
    assert ours["deadlines_met"] == ours["deadlines"], ours["found"]


def test_every_departure_is_warm(lives: Lives, model: str) -> None:
    """Wherever the car is at home in time."""
    ours = lives[model]["ours"]
    assert ours["departures"] > DAYS / 2
    assert ours["departures_warm"] == ours["departures"], ours["found"]


def test_hardly_a_wake_is_forced(lives: Lives, model: str) -> None:
    """None of a car that wakes up by itself, a few in a year of one that does not."""
    ours = lives[model]["ours"]
    assert ours["wakes"] <= WAKES[model], ours["found"]


@pytest.mark.parametrize("what", NEVER)
def test_what_never_happens(lives: Lives, model: str, what: str) -> None:
    """No wake at night, no limit that nobody wanted last, nothing against the will."""
    ours = lives[model]["ours"]
    assert ours[what] == 0, ours["found"]


def test_nothing_is_sent_that_is_so_already(lives: Lives, model: str) -> None:
    """Nor repeated after a restart, however Home Assistant ended."""
    assert lives[model]["ours"]["moot_commands"] == 0


def test_cores_automations_wish_the_same(lives: Lives, model: str) -> None:
    """Side by side they cost more and wake the car, where ours does not."""
    ours, core = (lives[model][program] for program in ("ours", CORE))
    assert core.keys() == ours.keys()
    assert core["deadlines"] == pytest.approx(ours["deadlines"], abs=2 + DAYS / 50)
    assert core["wakes"] > ours["wakes"]
    assert core["usd"] > ours["usd"]
