"""The benchmark measures what it says, and judges rightly."""

import json
import os
from pathlib import Path
import subprocess
import sys
from typing import Any, Final

import pytest

from . import judge, report
from .contestants import CONTESTANTS

ROOT: Final = Path(__file__).parents[2]
SPREAD: Final = {"mean_s": 60.0, "p95_s": 300.0}
STALE: Final = dict.fromkeys(("parked", "driving", "charging"), SPREAD)
CORE: Final[dict[str, Any]] = {
    "data": 1000,
    "command": 0,
    "wake": 0,
    "free": 4000,
    "usd": 2.0,
    "awake_min": 1000.0,
    "soc_error_charging_max": 1.0,
    "delay": {name: {**SPREAD, "max_s": 600.0} for name in ("plug", "arrival")},
    "staleness": dict.fromkeys(("soc", "plug", "position"), STALE),
}
UNPOLLED: Final = {**CORE, "data": 0, "usd": 0.0, "awake_min": 500.0}


def ours(path: str = "", value: float = 0) -> dict[str, Any]:
    """Give figures that keep every promise, but for one value."""
    # JSON shares no part with another, as copies do.
    figures: dict[str, Any] = json.loads(json.dumps(CORE)) | {
        "usd": 0.1,
        "awake_min": 510.0,
    }
    *way, last = path.split(".")
    place = figures
    for step in way:
        place = place[step]
    place[last] = value
    return figures


def missed(month: str, model: str, mode: str, path: str, value: float) -> list[str]:
    """Judge one mode in one month, and name what it missed."""
    found = {mode: ours(path, value), "tesla_fleet": CORE, "unpolled": UNPOLLED}
    verdicts = judge.judged({month: {model: found}})
    assert verdicts
    return [verdict.what for verdict in verdicts if not verdict.is_met]


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Live one day of two contestants and give the figures."""
    file = tmp_path_factory.mktemp("benchmark") / "figures.json"
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests/harness/stand_ins")))
    only = "A lenient ours_polling, A lenient tesla_fleet, A lenient unpolled"
    command = ("-m", "tests.benchmark", "--days", "1", "--only", only, "--json")
    ran = subprocess.run(
        [sys.executable, *command, str(file)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert "### What was promised" in ran.stdout
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def keys(figures: Any) -> Any:
    """Give the shape of nested figures."""
    if not isinstance(figures, dict):
        return None
    return {key: keys(value) for key, value in figures.items()}


def test_a_day_has_all_figures(short: dict[str, Any]) -> None:
    """Ours and core's are told in the same words; nobody's has the car's alone."""
    found = short["commuter"]["A"]["lenient"]
    assert list(found) == ["ours_polling", "tesla_fleet", "unpolled"]
    assert keys(found["ours_polling"]) == keys(found["tesla_fleet"]) == keys(CORE)
    assert keys(found["unpolled"]) == keys(CORE)


def test_a_day_costs_what_a_day_costs(short: dict[str, Any]) -> None:
    """Core looks every ten minutes; ours costs less, and neither wakes the car."""
    found = short["commuter"]["A"]["lenient"]
    core, polling = found["tesla_fleet"], found["ours_polling"]
    assert 15 <= core["data"] <= 60
    assert core["usd"] == core["data"] / 500
    assert 5 <= polling["data"] < core["data"]
    assert polling["usd"] == polling["data"] / 500
    assert 1400 <= polling["free"] <= 1600
    assert {one["wake"] for one in found.values()} == {0}


def test_a_lenient_car_is_awake_as_long_whoever_asks(short: dict[str, Any]) -> None:
    """Same seed, same life."""
    found = short["commuter"]["A"]["lenient"].values()
    assert len({one["awake_min"] for one in found}) == 1


@pytest.mark.parametrize(
    ("month", "model", "mode", "path", "value", "what"),
    [
        pytest.param(
            "A", "lenient", "ours_polling", "usd", 1.11, ["$ ÷ core's"], id="too dear"
        ),
        pytest.param(
            "A", "lenient", "ours_polling", "usd", 1.1, [], id="just cheap enough"
        ),
        pytest.param(
            "B", "lenient", "ours_cached", "usd", 1.5, [], id="another month's bound"
        ),
        pytest.param(
            "A",
            "lenient",
            "ours_economy",
            "usd",
            0.38,
            ["$ ÷ core's"],
            id="economy must be cheap",
        ),
        pytest.param(
            "A", "strict", "ours_cached", "usd", 0.33, ["$ ÷ core's"], id="strict, dear"
        ),
        pytest.param(
            "C", "strict", "ours_cached", "usd", 0.33, [], id="strict, only reported"
        ),
        pytest.param(
            "C",
            "strict",
            "ours_cached",
            "awake_min",
            561.0,
            ["awake ÷ unasked"],
            id="kept awake",
        ),
        pytest.param(
            "D", "lenient", "ours_cached", "wake", 1, ["wakes"], id="woke the car"
        ),
        pytest.param(
            "D",
            "lenient",
            "ours_cached",
            "staleness.plug.parked.p95_s",
            331.0,
            ["plug stale parked, p95 s"],
            id="staler than core's by half a minute",
        ),
        pytest.param(
            "D",
            "lenient",
            "ours_cached",
            "staleness.plug.charging.p95_s",
            999.0,
            [],
            id="staleness while charging is reported",
        ),
        pytest.param(
            "D",
            "lenient",
            "ours_cached",
            "delay.arrival.mean_s",
            90.1,
            ["arrival seen, mean s"],
            id="arrival seen late on average",
        ),
        pytest.param(
            "D",
            "lenient",
            "ours_economy",
            "delay.arrival.max_s",
            5401.0,
            ["arrival seen, max s"],
            id="economy's own bound",
        ),
        pytest.param(
            "D",
            "lenient",
            "ours_economy",
            "delay.arrival.max_s",
            5400.0,
            [],
            id="economy may be late",
        ),
    ],
)
def test_a_bound_is_judged(
    month: str, model: str, mode: str, path: str, value: float, what: list[str]
) -> None:
    """At the bound it is met, above it is missed, and nothing else is."""
    assert missed(month, model, mode, path, value) == what


def test_the_page_says_what_was_missed() -> None:
    """Every figure is in a table, and so is every verdict."""
    found = {"ours_polling": ours("usd", 1.9), "tesla_fleet": CORE}
    page = report.page(
        {
            "commit": "abc",
            "seconds": 1.0,
            "days": 1,
            "home_assistant": "2026.10.4",
            "commuter": {"A": {"lenient": found}},
            "weight": {"ours": {"import_ms": 12.345}, "tesla_fleet": {"import_ms": 9}},
        }
    )
    assert (
        "| A | lenient | ours, polling | $ ÷ core's | 0.95 | 0.55 | **missed** |"
        in page
    )
    assert "1.900" in page
    assert "| import_ms | 12.35 | 9 |" in page


def test_every_contestant_has_a_title() -> None:
    """Keys are for programs, titles for people."""
    assert [key for key, one in CONTESTANTS.items() if one.title == key] == [
        "tesla_fleet"
    ]
