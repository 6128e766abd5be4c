"""Benchmark 2: a year of charge rules, with ours and with automations on core's.

One owner, one car, the same wishes and the same second thoughts; the car wakes up by
itself every hour, or never. What each contestant did with it is judged from the car.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.year.lived import PROGRAMS, Case, run as lived
from tests.year.town import MODELS, SHORT_DAYS, SPRING, YEAR, YEAR_DAYS

from .months import run_all, to_stderr

OURS: Final = "ours"
WAKES: Final = {"self_wakes": 0, "no_self_wakes": 4}
"""How often ours may wake the car in a year."""
NEVER: Final = {
    "wakes_at_night": "wakes between 22 and 6 o'clock",
    "wrong_limit_min": "minutes with another limit than was wanted",
    "against_will_min": "minutes of charging against the owner's will",
}


def cases(*, quick: bool) -> list[Case]:
    """List them: those that take longest come first."""
    begin, days = (SPRING, SHORT_DAYS) if quick else (YEAR, YEAR_DAYS)
    return [
        Case(program=program, models=(model,), begin=begin, days=days)
        for program in PROGRAMS
        for model in MODELS
    ]


def run(quick: bool) -> dict[str, Any]:
    """Live all years; `quick` is three weeks over a change of clocks."""
    found = run_all(cases(quick=quick), to_stderr, alone)
    by_case = {(*case.models, case.program): figures for case, figures in found}
    return {
        model: {program: by_case[model, program] for program in PROGRAMS}
        for model in MODELS
    }


def alone(case: Case) -> dict[str, Any]:
    """Live a year with one car."""
    (figures,) = lived(case).values()
    return figures


def promised(figures: Mapping[str, Any] | None) -> Iterator[tuple[str, float, float]]:
    """Give what was promised of ours: what, measured, bound."""
    for model, found in (figures or {}).items():
        ours = found[OURS]
        missed = ours["deadlines"] - ours["deadlines_met"]
        cold = ours["departures"] - ours["departures_warm"]
        yield f"{model}: wakes", ours["wakes"], WAKES[model]
        yield f"{model}: deadlines missed that physics allows", missed, 0
        yield f"{model}: departures in a cold cabin", cold, 0
        for key, what in NEVER.items():
            yield f"{model}: {what}", ours[key], 0
