"""What the program promised of the commuter months, and whether it kept it.

Everything is measured against Home Assistant's own integration in the same month, or
against the car that nobody asks. Where the sleep model is strict, only what is listed
for it is promised; the rest is reported.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

CORE: Final = "tesla_fleet"
UNPOLLED: Final = "unpolled"
MODES: Final = ("ours_polling", "ours_cached", "ours_economy")
PROMPT_MODES: Final = MODES[:2]
LENIENT_DOLLARS: Final[Mapping[str, tuple[float, float, float]]] = {
    "A": (0.55, 0.50, 0.18),
    "B": (0.78, 0.75, 0.26),
    "C": (0.48, 0.45, 0.18),
    "D": (0.58, 0.55, 0.18),
}
"""The share of core's dollars, for each of our modes."""
STRICT_DOLLARS: Final = (0.20, 0.16, 0.06)
STRICT_DOLLAR_MONTHS: Final = ("A", "B")
STRICT_AWAKE: Final = (1.30, 1.12, 1.05)
"""Minutes awake against the car that nobody asks."""
LATER_S: Final = 30.0
"""How much later than core's a value of ours may be."""
DELAY_P95_S: Final = 16 * 60.0
DELAY_MAX_S: Final = 20 * 60.0
ECONOMY_DELAY_MAX_S: Final = 90 * 60.0
SOC_ERROR: Final = 5.0
ECONOMY_SOC_ERROR: Final = 10.0

type Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One promise and what became of it."""

    month: str
    model: str
    mode: str
    what: str
    bound: float
    measured: float

    @property
    def is_met(self) -> bool:
        """Whether it was kept."""
        return self.measured <= self.bound


def judged(commuter: Figures) -> list[Verdict]:
    """Judge all that was measured; contestants that are missing are not judged."""
    return [
        Verdict(month=month, model=model, mode=mode, what=what, bound=b, measured=m)
        for month, models in commuter.items()
        for model, found in models.items()
        for mode in MODES
        if mode in found
        for what, m, b in _promises(month, model, mode, found)
    ]


def _promises(
    month: str, model: str, mode: str, found: Figures
) -> Iterator[tuple[str, float, float]]:
    """Give what is promised of a mode in a month: what, measured, bound."""
    ours = found[mode]
    place = MODES.index(mode)
    yield "wakes", float(ours["wake"]), 0.0
    if model == "strict":
        if CORE in found and month in STRICT_DOLLAR_MONTHS:
            yield "$ ÷ core's", _ratio(ours, found[CORE], "usd"), STRICT_DOLLARS[place]
        if UNPOLLED in found:
            awake = _ratio(ours, found[UNPOLLED], "awake_min")
            yield "awake ÷ unasked", awake, STRICT_AWAKE[place]
        return
    if CORE in found:
        share = _ratio(ours, found[CORE], "usd")
        yield "$ ÷ core's", share, LENIENT_DOLLARS[month][place]
    if mode not in PROMPT_MODES:
        yield from _economy(ours)
        return
    yield "SoC error on AC, points", ours["soc_error_charging_max"], SOC_ERROR
    for event, delay in ours["delay"].items():
        yield f"{event} seen, p95 s", delay["p95_s"], DELAY_P95_S
        yield f"{event} seen, max s", delay["max_s"], DELAY_MAX_S
    if CORE in found:
        yield from _against(ours, found[CORE])


def _economy(ours: Figures) -> Iterator[tuple[str, float, float]]:
    """Give what is promised of economy's freshness."""
    error = ours["soc_error_charging_max"]
    yield "SoC error on AC, points", error, ECONOMY_SOC_ERROR
    for event, delay in ours["delay"].items():
        yield f"{event} seen, max s", delay["max_s"], ECONOMY_DELAY_MAX_S


def _against(ours: Figures, core: Figures) -> Iterator[tuple[str, float, float]]:
    """Give what is promised of freshness against core's."""
    for event, delay in ours["delay"].items():
        bound = core["delay"][event]["mean_s"] + LATER_S
        yield f"{event} seen, mean s", delay["mean_s"], bound
    for fact, activities in ours["staleness"].items():
        for activity in ("parked", "driving"):
            bound = core["staleness"][fact][activity]["p95_s"] + LATER_S
            measured = activities[activity]["p95_s"]
            yield f"{fact} stale {activity}, p95 s", measured, bound


def _ratio(ours: Figures, theirs: Figures, key: str) -> float:
    """Divide, to the third place."""
    return round(ours[key] / theirs[key], 3) if theirs[key] else 0.0
