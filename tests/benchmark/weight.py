"""Weighs this integration and Home Assistant's own beside each other.

Every figure comes from interpreters of its own; both contestants ask the same cloud,
which is a process of its own as well.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
import json
from statistics import median
import subprocess
import sys
from typing import Any, Final

from tests.harness.process import CHECKOUT, environment

from .weight_task import Task

PACKAGES: Final = {
    "ours": "custom_components.fleet_pulse",
    "tesla_fleet": "homeassistant.components.tesla_fleet",
}
DOMAINS: Final = {"ours": "fleet_pulse", "tesla_fleet": "tesla_fleet"}
FEW, MANY = 1, 11
"""How many cars an account has; the difference is what ten cars weigh."""
PATIENCE: Final = 900
MEGABYTE: Final = 1_000_000


def child(module: str, *arguments: str) -> dict[str, Any]:
    """Run a module in an interpreter of its own, and return what it says."""
    done = subprocess.run(
        [sys.executable, "-m", f"{__package__}.{module}", *arguments],
        cwd=CHECKOUT,
        env=environment({}),
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=PATIENCE,
    )
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


@contextmanager
def cloud(cars: int) -> Iterator[dict[str, Any]]:
    """Run the cloud with so many cars; give where it is."""
    command = [sys.executable, "-m", f"{__package__}.weight_cloud", str(cars)]
    with subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env=environment({}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        # The end of its input ends it.
        process.communicate(timeout=PATIENCE)


def measured(where: dict[str, Any], **task: Any) -> dict[str, Any]:
    """Have a contestant measured at a cloud."""
    return child("weight_live", json.dumps(asdict(Task(cloud=where, **task))))


def spread(values: list[float]) -> list[float]:
    """Give the least and the most of some figures."""
    return [min(values), max(values)]


def _imports(runs: int) -> dict[str, list[float]]:
    """Time the imports, taking turns so that a busy machine is busy for both."""
    took: dict[str, list[float]] = {name: [] for name in PACKAGES}
    # The first import of all compiles.
    for turn in range(runs + 1):
        for name, package in PACKAGES.items():
            found = child("weight_import", package)
            took[name] += [found["import_s"]] * (turn > 0)
    return took


def memory_per_car(
    where: dict[int, dict[str, Any]], domain: str, updates: int
) -> float:
    """Give what each further car of an account takes, in megabytes.

    It is what Python allocated after everything was imported, set up and updated.
    """
    few, many = sorted(where)
    held = {
        cars: measured(
            where[cars], domain=domain, cars=cars, updates=updates, trace=True
        )["memory"]
        for cars in (few, many)
    }
    return float((held[many] - held[few]) / (many - few) / MEGABYTE)


def _usual(
    where: dict[str, Any], runs: int, updates: int
) -> dict[str, list[dict[str, Any]]]:
    """Measure set-ups and updates, taking turns."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in DOMAINS}
    for _ in range(runs):
        for name, domain in DOMAINS.items():
            found[name].append(
                measured(where, domain=domain, set_ups=3, updates=updates)
            )
    return found


def _summed_up(usual: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the medians of a contestant's runs, and how far they lie apart."""
    set_ups = [took for found in usual for took in found["set_ups"]]
    updates = [median(found["updates"]) for found in usual]
    return {
        "setup_s": median(set_ups),
        "setup_s_spread": spread(set_ups),
        "update_ms": median(updates),
        "update_ms_spread": spread(updates),
        "list_ms": median(took for found in usual for took in found["lists"]),
        "entities": usual[0]["entities"],
    }


def _everything(where: dict[str, Any], domain: str, updates: int) -> dict[str, Any]:
    """Measure a contestant all of whose entities are enabled."""
    found = measured(where, domain=domain, updates=updates, everything=True)
    return {
        "update_ms_all": median(found["updates"]),
        "entities_all": found["entities"],
    }


def _day(domain: str, quick: bool) -> dict[str, Any]:
    """Count what the recorder writes on a commuter's day, or on five."""
    found = child("weight_day", domain, "1" if quick else "5")
    return {
        "rows_per_day": found["rows_per_day"],
        "rows_by_entity": found["entities"],
    }


def run(quick: bool) -> dict[str, Any]:
    """Weigh both."""
    runs, updates = (2, 15) if quick else (5, 30)
    imports = _imports(3 if quick else 9)
    with cloud(FEW) as few, cloud(MANY) as many:
        usual = _usual(few, runs, updates)
        return {
            name: {
                "import_s": median(imports[name]),
                "import_s_spread": spread(imports[name]),
                **_summed_up(usual[name]),
                **_everything(few, domain, updates),
                **_day(domain, quick),
                "mb_per_car": memory_per_car({FEW: few, MANY: many}, domain, 3),
            }
            for name, domain in DOMAINS.items()
        }
