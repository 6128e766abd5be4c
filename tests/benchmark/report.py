"""Writes what was measured: as tables for people, and for `docs/benchmark.md`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from . import latency, rules_year
from .cases import MONTHS
from .contestants import CONTESTANTS
from .judge import Verdict, judged

CONTESTANT: Final = ("data", "command", "wake", "free", "usd", "awake_min")
INTRODUCTION: Final = """\
# Benchmark

Everything here was measured side by side in one run: this integration in its modes, and
Home Assistant's own `tesla_fleet` as it is in the installed package. Both run in a real
Home Assistant against the fake cloud of the tests, over real sockets; only the clock is
simulated, and it stands still while anything is under way.

## How to repeat it

```
scripts/benchmark                     everything, about 50 minutes on two cores
scripts/benchmark --quick             the same figures over fewer days, about 6 minutes
scripts/benchmark --json figures.json also the figures, for a program
```

Cars, people and networks of the simulation are seeded: the same commit gives the same
months. A full run writes this page, a quick one does not.
"""
COMMUTER: Final = """\
## Months of a commuter

One car, four weeks (February 2027, set up ten hours before), read off Home Assistant's
state machine once a minute and whenever it changed. *Lenient* cars fall asleep whoever
asks, as newer ones do; *strict* ones stay up 15 minutes longer after every look, as older
ones do.

- **$** is the cloud's own bill of the month, before Tesla's discount, not rounded to cents.
- **Stale** is how long a value has differed from the truth: since it was last seen to be
  right. The level counts once the car's unrounded level has moved a point since the
  reading that is shown, the position from 200 m on, plugged or not at once.
- **Seen after** runs from a plug, an unplugging or an arrival until the right value is
  shown. One that the next such event overtakes counts until it is overtaken.
- **SoC error** is the largest difference to the true level while charging on AC.
- *Economy* is a budget that is nine tenths spent all month. *Nobody asks* is the same car
  in the same month without any integration: how long it is awake by itself.
- No car was woken, and our ledger equals the cloud's bill: else there would be no table.
"""
RULES: Final = """\
## A year of rules

One car with 3.4 kW at home and 32 km as the crow flies to work, in a 2027 with seasons,
holidays, both changes of clocks, 20 restarts of Home Assistant (half of them power cuts)
and two weeks without reception. Its owner wants it to be at 80 % by 07:30 on working days
and not to charge earlier than needed, at 60 % between 10 and 16 o'clock on weekends, and
warm at 07:30 on working days; every other week he does something by hand: another limit,
a stop or a start on the car's screen, a morning left out, the rule switched off or
deleted for a day, in turn in the evening while the car sleeps with its cable in, at lunch,
on the way home and at the office. `self_wakes` is a car that wakes up by itself every
hour, `no_self_wakes` one that never does; such a one has to be woken once for every
second thought of an evening.

- *ours*: two charge rules and a departure.
- *tesla_fleet automations*: the same wishes as a careful owner writes them as automations
  on Home Assistant's own integration: what is plugged in is stopped, charging begins in
  time by what is known of the level, the cabin is warmed at ten past seven. Each wakes
  the car first, as core's own actions give up after half a minute.
- A **deadline** counts if the fake car's physics allow it from the moment the cable is in
  and the owner has undone nothing by hand. A **departure** counts if the car is at home.
- **Wrong limit** is how many minutes an awake car had another limit than rule or owner
  last wanted; **against will** how many it charged although it had been told not to.
- **Moot** commands asked for what was so already.
- **$** is all that the cloud bills, looks at the car included.
"""
RULES_COLUMNS: Final = {
    "wakes": "wakes",
    "wakes_at_night": "at night",
    "commands": "commands",
    "moot_commands": "moot",
    "looks": "looks",
    "usd": "$",
    "deadlines_met": "deadlines met",
    "deadlines": "of",
    "departures_warm": "warm departures",
    "departures": "of",
    "wrong_limit_min": "wrong limit min",
    "against_will_min": "against will min",
}

LATENCY: Final = """\
## Latency of commands

Each command is an action of Home Assistant on an entity. *Own time* is real: from the
call to its end, without the request that carries the command; the folder is on disk, as
journal and counter are written before a command leaves. *After online* is simulated time
at cars that wake in 8 to 30 seconds, from the moment a car is online to the moment it has
accepted; computing and the network cost nothing there, so it is what looking every two
seconds costs. Sliders wait 1.5 s for the last value, which is not counted.
"""

type Row = Sequence[object]


def table(head: Row, rows: Iterable[Row]) -> str:
    """Write a table in Markdown."""
    lines = [head, ["---" for _ in head], *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def page(figures: Mapping[str, Any]) -> str:
    """Write the whole page."""
    parts = [INTRODUCTION, _machine(figures), COMMUTER]
    parts += _commuter(figures["commuter"])
    parts.append(_verdicts(judged(figures["commuter"])))
    parts.append(_reasons(figures.get("reasons", {})))
    parts.append(_rules(figures.get("rules_year")))
    for title, key in (("Weight in Home Assistant", "weight"), ("Many cars", "scale")):
        if key in figures:
            parts.append(f"## {title}\n\n{_side_by_side(figures[key])}\n")
    parts.append(_latency(figures.get("latency")))
    return "\n".join(part for part in parts if part)


def _machine(figures: Mapping[str, Any]) -> str:
    """Say what was measured, and on what."""
    return (
        f"Measured at {figures['commit']} in {figures['seconds']:.0f} s:"
        f" {figures['days']} days, Home Assistant {figures['home_assistant']}.\n"
    )


def _commuter(commuter: Mapping[str, Any]) -> Iterator[str]:
    """Write two tables for each month: what it cost, and how fresh it was."""
    for month, models in commuter.items():
        yield f"### {month}: {MONTHS[month].title}\n"
        head = (
            "sleep",
            "who",
            "looks",
            "free lists",
            "$",
            "awake min",
            "SoC error",
            "plug seen after s: mean, p95, max",
            "arrival",
            "SoC stale s, p95: parked, driving, charging",
            "plug",
            "position",
        )
        rows = [
            (model, CONTESTANTS[who].title, *_figures(found))
            for model, contestants in models.items()
            for who, found in contestants.items()
        ]
        yield table(head, rows) + "\n"


def _figures(found: Mapping[str, Any]) -> Iterator[object]:
    """Write the figures of one contestant."""
    yield found["data"]
    yield found["free"]
    yield f"{found['usd']:.3f}"
    yield f"{found['awake_min']:.0f}"
    if found["soc_error_charging_max"] is None:
        yield from ("",) * 6
        return
    yield found["soc_error_charging_max"]
    for event in ("plug", "arrival"):
        delay = found["delay"][event]
        yield f"{delay['mean_s']:.0f}, {delay['p95_s']:.0f}, {delay['max_s']:.0f}"
    for fact in ("soc", "plug", "position"):
        stale = found["staleness"][fact]
        yield ", ".join(
            f"{stale[doing]['p95_s']:.0f}"
            for doing in ("parked", "driving", "charging")
        )


def _verdicts(verdicts: list[Verdict]) -> str:
    """Write which promises were kept."""
    missed = [verdict for verdict in verdicts if not verdict.is_met]
    rows = [
        (
            verdict.month,
            verdict.model,
            CONTESTANTS[verdict.mode].title,
            verdict.what,
            f"{verdict.measured:g}",
            f"{verdict.bound:g}",
            "met" if verdict.is_met else "**missed**",
        )
        for verdict in verdicts
    ]
    head = ("month", "sleep", "who", "what", "measured", "at most", "")
    said = f"{len(verdicts) - len(missed)} of {len(verdicts)} met."
    return f"### What was promised\n\n{said}\n\n{table(head, rows)}\n"


def _reasons(reasons: Mapping[str, Any]) -> str:
    """Write what our looks were for."""
    rows = [
        (month, model, CONTESTANTS[who].title, _listed(counts))
        for month, models in reasons.items()
        for model, contestants in models.items()
        for who, counts in contestants.items()
        if counts and who.startswith("ours")
    ]
    if not rows:
        return ""
    head = ("month", "sleep", "who", "looks by reason")
    return f"### What we looked for\n\n{table(head, rows)}\n"


def _listed(counts: Mapping[str, int]) -> str:
    """Write counts in a line."""
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _side_by_side(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Write what was measured of several as one table, a column for each."""
    names = {name: None for found in figures.values() for name in found}
    rows = [
        (name, *(_written(found.get(name)) for found in figures.values()))
        for name in names
        if not any(isinstance(found.get(name), Mapping) for found in figures.values())
    ]
    return table(("", *figures), rows)


def _latency(figures: Mapping[str, Any] | None) -> str:
    """Write how long commands take, and whether that is what was promised."""
    if figures is None:
        return ""
    rows = [(name, _written(figure)) for name, figure in figures.items()]
    judged_ = _kept(latency.promised(figures))
    return f"{LATENCY}\n{table(('', 'figure'), rows)}\n\n{judged_}\n"


def _kept(promised: Iterable[tuple[str, float, float]]) -> str:
    """Write which of some promises were kept."""
    verdicts = [
        (what, f"{m:.3g}", f"{bound:g}", "met" if m <= bound else "**missed**")
        for what, m, bound in promised
    ]
    return table(("what", "measured", "at most", ""), verdicts)


def _rules(figures: Mapping[str, Any] | None) -> str:
    """Write what a year of rules came to, and whether that is what was promised."""
    if figures is None:
        return ""
    rows = [
        (model, who, *(_written(found[key]) for key in RULES_COLUMNS))
        for model, contestants in figures.items()
        for who, found in contestants.items()
    ]
    head = ("the car", "who", *RULES_COLUMNS.values())
    judged_ = _kept(rules_year.promised(figures))
    return f"{RULES}\n{table(head, rows)}\n\n{judged_}\n"


def _written(figure: object) -> str:
    """Write a figure, or the few of a spread."""
    if isinstance(figure, list | tuple):
        return " to ".join(map(_written, figure))
    return f"{figure:.4g}" if isinstance(figure, float) else str(figure)
