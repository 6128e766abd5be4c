"""Measure, judge and write it down: `scripts/benchmark`."""

import argparse
import asyncio
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
import inspect
import json
from pathlib import Path
import subprocess
import sys
import time
from typing import Any, Final

from homeassistant.const import __version__

from . import latency, months, report, rules_year
from .commuter import run
from .judge import judged
from .months import to_stderr as say

PAGE: Final = Path(__file__).parents[2] / "docs" / "benchmark.md"
OTHERS: Final = ("rules_year", "weight", "scale", "latency")
"""Modules beside this one that measure something else, each with `run(quick)`."""


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer days")
    parser.add_argument("--json", type=Path, help="also write the figures to a file")
    parser.add_argument("--days", type=int, help="so many days")
    parser.add_argument("--only", default="", help="cases with these words, or these")
    return parser.parse_args(argv)


def measured(wanted: argparse.Namespace) -> dict[str, Any]:
    """Measure everything that is wanted."""
    begin = time.perf_counter()
    days = wanted.days or (months.QUICK_DAYS if wanted.quick else months.FULL_DAYS)
    todo = months.chosen(months.cases(days), wanted.only)
    commuter, reasons = months.together(months.run_all(todo, say, run))
    figures: dict[str, Any] = {"commuter": commuter, "reasons": reasons}
    for name in () if wanted.only else OTHERS:
        if find_spec(f"tests.benchmark.{name}") is not None:
            say(name)
            figures[name] = _other(name, quick=wanted.quick)
    about = {
        "commit": _commit(),
        "days": days,
        "home_assistant": __version__,
        "seconds": round(time.perf_counter() - begin, 1),
    }
    return about | figures


def _other(name: str, *, quick: bool) -> Any:
    """Run another benchmark, whether it is a coroutine or not."""
    found = import_module(f"tests.benchmark.{name}").run(quick)
    return asyncio.run(found) if inspect.iscoroutine(found) else found


def _commit() -> str:
    """Name what was measured."""
    git = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(
        git, capture_output=True, text=True, check=False
    ).stdout.strip()


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and write; a full run also writes the page."""
    wanted = arguments(argv)
    figures = measured(wanted)
    print(page := report.page(figures))
    if wanted.json is not None:
        wanted.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    if not (wanted.quick or wanted.days or wanted.only):
        PAGE.write_text(page, encoding="utf-8")
    missed = sum(not verdict.is_met for verdict in judged(figures["commuter"]))
    for part in (latency, rules_year):
        promises = part.promised(figures.get(part.__name__.rpartition(".")[2]))
        missed += sum(measured > bound for _, measured, bound in promises)
    say(f"{missed} bounds missed, {figures['seconds']:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
