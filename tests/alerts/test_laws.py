"""What is so of alerts on any day: laws over days that nobody thought of."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
import os
from random import Random
from typing import Any, Final

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.alerts.facts import Upcoming
from custom_components.fleet_pulse.alerts.kind import Nature
from custom_components.fleet_pulse.alerts.kinds import BY_KEY
from custom_components.fleet_pulse.alerts.news import Act, AlertNews, NewsKind
from custom_components.fleet_pulse.model.field import Reading, Source

from .bench import BEGIN, MINUTE, SECOND, Bench, Words, alert, readings
from .cases import CASES, DAY, HOUR

EXAMPLES: Final = int(os.environ.get("FLEET_PULSE_PROVE_RUNS", "20"))
_WORDS: Final[tuple[Words, ...]] = (
    *({"battery_level": level} for level in (12, 19, 20, 22, 25, 26, 40, 44, 70)),
    *({"door_driver_front": is_open} for is_open in (False, True)),
    *({"is_climate_on": is_on} for is_on in (False, True)),
    *({"locked": is_locked} for is_locked in (False, True, None)),
    *({"sentry_mode": is_on} for is_on in (False, True)),
    *({"shift_state": gear} for gear in ("d", "p")),
    *({"tpms_pressure_fl": bar} for bar in (2.2, 2.45, 2.9)),
    *({"user_present": is_in} for is_in in (False, True)),
    *({"car_version": version} for version in ("2026.40.1", "2026.44.2")),
    {"charging_state": "charging", "cable_connected": True, "charger_power": 11},
    {"charging_state": "stopped", "cable_connected": True, "charger_power": 0},
    {"charging_state": "disconnected", "cable_connected": False},
    {"software_update_status": "available", "software_update_version": "2026.44.2"},
    {"software_update_status": "none"},
)
_PLANS: Final = tuple(
    Upcoming(rule="r", name="Work", deadline=BEGIN + hours * HOUR, target_soc=80)
    for hours in (11, 35, 59)
)
_AROUND: Final[tuple[Words, ...]] = (
    *({"zones": zones} for zones in (("zone.home",), (), None)),
    *({"spent_share": share} for share in (10, 55, 85, 101)),
    *({"upcoming": _PLANS[count:]} for count in range(4)),
    *({"target_soc": target} for target in (None, 80)),
    *({"troubles": troubles} for troubles in ((), ("key_changed",))),
)
pytestmark = pytest.mark.long
_GAPS: Final = (1, 3, 4, 6, 11, 16, 29, 61, 240, 800)


@dataclass(frozen=True)
class Event:
    """After a while, a car says something, or something round it is otherwise."""

    gap: int
    words: Words
    around: Words
    is_poll: bool
    """The car says all that it said before once more."""


EVENTS: Final = st.builds(
    Event,
    gap=st.sampled_from(_GAPS),
    words=st.lists(st.sampled_from(_WORDS), min_size=1, max_size=3).map(
        lambda found: {key: value for words in found for key, value in words.items()}
    ),
    around=st.sampled_from(_AROUND) | st.just({}),
    is_poll=st.booleans(),
)
TAPES: Final = st.lists(EVENTS, min_size=1, max_size=20)

type Mangle = Callable[[Bench, list[Reading[Any]]], None]


def hear(car: Bench, said: list[Reading[Any]]) -> None:
    """Hear what a car says as it says it."""
    car.hear(said)


def played(tape: list[Event], mangle: Mangle = hear) -> Bench:
    """Return a car that has lived through a tape."""
    car = Bench(alert(), alert("left_open", "low_battery", id="b"))
    for event in tape:
        car.wait(event.gap * MINUTE, is_talking=False)
        car.now += SECOND
        car.words |= event.words
        car.around |= {"month": BEGIN.date(), **event.around}
        words = car.words if event.is_poll else event.words
        mangle(car, readings(words, car.now, Source.POLL))
    car.wait(DAY, is_talking=False)
    return car


def episodes(car: Bench) -> list[str]:
    """Return which episodes began and ended."""
    return [f"{one.kind} {one.episode.id}" for _, one in car.news]


def by_track(car: Bench) -> list[list[AlertNews]]:
    """Return what came about, apart for each kind of each alert."""
    found: dict[tuple[str, str], list[AlertNews]] = defaultdict(list)
    for _, one in car.news:
        found[one.episode.alert, one.episode.kind].append(one)
    return list(found.values())


@settings(max_examples=EXAMPLES, deadline=None)
@given(tape=TAPES)
def test_raised_and_cleared_alternate(tape: list[Event]) -> None:
    """Each episode begins once, ends once, and is another than those before."""
    for news in by_track(played(tape)):
        turns = [one.kind for one in news]
        assert turns == ([NewsKind.RAISED, NewsKind.CLEARED] * len(turns))[: len(turns)]
        ids = [one.episode.id for one in news]
        assert ids[1::2] == ids[::2][: len(ids) // 2]
        assert len(set(ids)) == len(ids[::2])


@settings(max_examples=EXAMPLES, deadline=None)
@given(tape=TAPES)
def test_nothing_is_raised_too_soon_too_often_or_too_late(tape: list[Event]) -> None:
    """Not before it has held, nor twice in its cooldown, nor by what is too old."""
    last: dict[tuple[str, str], Any] = {}
    for at, one in played(tape).news:
        if one.kind is NewsKind.CLEARED:
            continue
        episode, case = one.episode, CASES[one.episode.kind]
        track = (episode.alert, episode.kind)
        assert at - episode.since >= case.hold
        assert at - episode.said_at <= case.max_age
        assert (
            case.cooldown is None or at - last.get(track, BEGIN - DAY) >= case.cooldown
        )
        last[track] = at


@settings(max_examples=EXAMPLES, deadline=None)
@given(tape=TAPES)
def test_nobody_is_told_more_than_the_limits(tape: list[Event]) -> None:
    """Three an hour and ten a day; and of what is over only who was told."""
    car = played(tape)
    told = [at for at, one in car.messages if one.act is not Act.RETRACT]
    assert all(
        b - a >= timedelta(hours=1) for a, b in zip(told, told[3:], strict=False)
    )
    assert all(
        b - a >= timedelta(days=1) for a, b in zip(told, told[10:], strict=False)
    )
    begun = {
        episode.id
        for _, one in car.messages
        for episode in one.episodes
        if one.act in (Act.TELL, Act.DIGEST)
    }
    ended = {
        episode.id
        for _, one in car.messages
        for episode in one.episodes
        if one.act in (Act.TELL_OVER, Act.RETRACT)
    }
    assert ended <= begun


@settings(max_examples=EXAMPLES, deadline=None)
@given(tape=TAPES, seed=st.integers(0, 99))
def test_neither_order_nor_repetition_of_readings_counts(
    tape: list[Event], seed: int
) -> None:
    """Words come in any order, twice, and once more hours later."""
    random, heard = Random(seed), list[Reading[Any]]()

    def mangle(car: Bench, said: list[Reading[Any]]) -> None:
        heard.extend(said)
        resent = random.sample(heard, k=min(5, len(heard)))
        car.hear(random.sample([*said, *said, *resent], k=2 * len(said) + len(resent)))
        car.hear(resent)

    assert episodes(played(tape, mangle)) == episodes(played(tape))


@settings(max_examples=EXAMPLES, deadline=None)
@given(tape=TAPES, seed=st.integers(0, 99))
def test_more_looks_in_between_change_nothing(tape: list[Event], seed: int) -> None:
    """When we look is no matter: what counts is what the car said, and time."""
    random = Random(seed)

    def mangle(car: Bench, said: list[Reading[Any]]) -> None:
        car.hear(said)
        for _ in range(3):
            car.wait(random.randint(1, 25) * SECOND, is_talking=False)
            car.look()

    def as_usual(car: Bench, said: list[Reading[Any]]) -> None:
        car.hear(said)
        for _ in range(3):
            car.wait(random.randint(1, 25) * SECOND, is_talking=False)

    looked = played(tape, mangle)
    random = Random(seed)
    assert episodes(looked) == episodes(played(tape, as_usual))


@settings(max_examples=EXAMPLES, deadline=None)
@given(tape=TAPES)
def test_a_tape_that_is_played_again_tells_the_same(tape: list[Event]) -> None:
    """To the letter, and at the same moments."""
    first, second = played(tape), played(tape)
    assert first.news == second.news
    assert first.messages == second.messages


@settings(max_examples=EXAMPLES, deadline=None)
@given(tape=TAPES, seed=st.integers(0, 99))
def test_restarts_change_nothing_of_what_lasts(tape: list[Event], seed: int) -> None:
    """A restart at any moment; only changes that nobody saw are old."""
    random = Random(seed)

    def mangle(car: Bench, said: list[Reading[Any]]) -> None:
        car.hear(said)
        if random.random() < 0.5:
            car.restart()

    def lasting(car: Bench) -> list[str]:
        of_levels = (BY_KEY[one.episode.kind].nature for _, one in car.news)
        known = zip(of_levels, episodes(car), strict=True)
        return [name for nature, name in known if nature is Nature.LEVEL]

    assert lasting(played(tape, mangle)) == lasting(played(tape))
