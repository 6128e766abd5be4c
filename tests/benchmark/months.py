"""Runs all commuter months, two at a time, and puts their figures together."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
import logging
import multiprocessing
import sys
from typing import Any, Final

from .cases import MODELS, MONTHS
from .commuter import Case
from .contestants import CONTESTANTS

WORKERS: Final = 2
FULL_DAYS: Final = 28
QUICK_DAYS: Final = 3

type Figures = Mapping[str, Any]
type Found = tuple[Case, Figures]


def cases(days: int) -> list[Case]:
    """List every month of every contestant; those that take longest come first."""
    found = [
        Case(month=month, model=model, contestant=contestant, days=days)
        for contestant in CONTESTANTS
        for month in MONTHS
        for model in MODELS
    ]
    return sorted(found, key=lambda case: not case.contestant.startswith("ours"))


def chosen(cases: Iterable[Case], only: str) -> list[Case]:
    """Choose the cases that contain all words of one of the parts between commas."""
    parts = [part.split() for part in only.split(",")]
    return [
        case
        for case in cases
        if any(all(word in str(case).split() for word in part) for part in parts)
    ]


def quiet() -> None:
    """Keep a worker's log to itself: core's integration is told no and says so."""
    logging.disable(logging.CRITICAL)


def to_stderr(what: str) -> None:
    """Tell whoever waits."""
    print(f"benchmark: {what}", file=sys.stderr, flush=True)


def run_all[C](
    todo: Iterable[C], say: Callable[[str], None], live: Callable[[C], Figures]
) -> list[tuple[C, Figures]]:
    """Live all cases; tell of each when it is over."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        WORKERS, mp_context=context, initializer=quiet, max_tasks_per_child=None
    ) as pool:
        jobs = {pool.submit(live, case): case for case in todo}
        found: list[tuple[C, Figures]] = []
        for job in as_completed(jobs):
            case, figures = jobs[job], job.result()
            found.append((case, figures))
            say(f"{len(found)}/{len(jobs)} {case}: ${figures['usd']:.3f}")
    return found


def together(found: Iterable[Found]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Nest the figures by month, sleep model and contestant; the reasons, too."""
    by_case = {
        (case.month, case.model, case.contestant): dict(figures)
        for case, figures in found
    }
    figures: dict[str, Any] = {}
    reasons: dict[str, Any] = {}
    for month in MONTHS:
        for model in MODELS:
            for contestant in CONTESTANTS:
                one = by_case.get((month, model, contestant))
                if one is None:
                    continue
                why = one.pop("reasons")
                figures.setdefault(month, {}).setdefault(model, {})[contestant] = one
                reasons.setdefault(month, {}).setdefault(model, {})[contestant] = why
    return figures, reasons
