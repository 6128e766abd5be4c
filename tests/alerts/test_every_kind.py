"""Every kind of alert, through the same trials: the numbers are those of the spec."""

from typing import Final

import pytest

from custom_components.fleet_pulse.alerts.kind import Nature
from custom_components.fleet_pulse.alerts.kinds import BY_KEY

from .bench import MINUTE
from .cases import CASES, DAY, HOUR, ONCE, bench, clear_it, raise_it

EVERY: Final = sorted(CASES)
OF_CARS: Final = sorted(key for key, case in CASES.items() if case.is_of_car)
HELD: Final = sorted(key for key, case in CASES.items() if case.hold)
COOLED: Final = sorted(key for key, case in CASES.items() if case.cooldown)
TOLD_ONCE: Final = sorted(key for key, case in CASES.items() if case.cooldown is ONCE)
LEVELS: Final = sorted(
    key for key in HELD if BY_KEY[key].nature is Nature.LEVEL and CASES[key].hold
)
CHANGES: Final = sorted(
    key for key, row in BY_KEY.items() if row.nature is not Nature.LEVEL
)


def test_every_kind_has_its_case() -> None:
    """A kind that is added is put on trial."""
    assert sorted(BY_KEY) == EVERY


@pytest.mark.parametrize("key", EVERY)
def test_it_is_raised_once_it_has_held(key: str) -> None:
    """Not a minute before, and but once, however often the car says it."""
    car = bench(key)
    raise_it(car, key)
    began, hold = car.now, CASES[key].hold
    car.wait(hold - MINUTE if hold else hold)
    assert car.raised() == [began] * (not hold)
    car.wait(2 * HOUR)
    assert [at - began for at in car.raised()] == [hold]
    assert [one.kind for one in car.last.active] == [key]


@pytest.mark.parametrize("key", EVERY)
def test_it_clears(key: str) -> None:
    """It ends, and is no longer active."""
    car = bench(key)
    raise_it(car, key)
    car.wait(CASES[key].hold)
    clear_it(car, key)
    assert (len(car.raised()), len(car.cleared())) == (1, 1)
    assert car.last.active == ()


@pytest.mark.parametrize("key", HELD)
def test_it_is_not_raised_if_it_was_short(key: str) -> None:
    """What is over before its time is nobody's business."""
    car = bench(key)
    raise_it(car, key)
    car.wait(CASES[key].hold - MINUTE)
    clear_it(car, key)
    car.wait(HOUR)
    assert car.raised() == []


@pytest.mark.parametrize("key", COOLED)
def test_it_is_not_raised_twice_in_its_cooldown(key: str) -> None:
    """It comes again, and is told when the cooldown is over, if it is still so."""
    car = bench(key)
    raise_it(car, key)
    car.wait(CASES[key].hold)
    (first,) = car.raised()
    clear_it(car, key)
    cooled = first + (CASES[key].cooldown or DAY)
    car.wait(cooled - car.now - CASES[key].hold - 10 * MINUTE)
    raise_it(car, key)
    car.wait(cooled - car.now - MINUTE)
    assert car.raised() == [first]
    car.wait(CASES[key].hold + 2 * MINUTE)
    assert len(car.raised()) == 2


@pytest.mark.parametrize("key", TOLD_ONCE)
def test_it_is_told_once_of_the_same(key: str) -> None:
    """The same plan, month or version is never told of again."""
    car = bench(key)
    raise_it(car, key)
    car.wait(CASES[key].hold)
    clear_it(car, key)
    raise_it(car, key)
    car.wait(4 * HOUR)
    assert len(car.raised()) == 1


@pytest.mark.parametrize("key", OF_CARS)
def test_it_is_not_raised_by_what_is_too_old(key: str) -> None:
    """The car said so, but that is long ago."""
    car, case = bench(key), CASES[key]
    car.now += 2 * DAY
    old = car.now - case.max_age - 2 * MINUTE
    for count, words in enumerate(case.raises):
        car.say(words, at=old + count * MINUTE, **case.around_raised)
    car.wait(2 * DAY, is_talking=False)
    assert car.raised() == []


@pytest.mark.parametrize("key", LEVELS)
def test_a_restart_does_not_begin_it_anew(key: str) -> None:
    """A door that is open is still open: it goes on where it was."""
    car, hold = bench(key), CASES[key].hold
    raise_it(car, key)
    began = car.now
    car.wait(hold // 2 // MINUTE * MINUTE)
    car.restart(after=MINUTE)
    car.wait(hold)
    assert [at - began for at in car.raised()] == [hold]


@pytest.mark.parametrize("key", EVERY)
def test_a_restart_raises_nothing_twice(key: str) -> None:
    """What was raised goes on, and what is over is over."""
    car = bench(key)
    raise_it(car, key)
    car.wait(CASES[key].hold)
    car.restart(after=3 * MINUTE)
    car.wait(10 * MINUTE)
    assert (len(car.raised()), len(car.cleared())) == (1, 0)
    clear_it(car, key)
    assert len(car.cleared()) == 1


@pytest.mark.parametrize("key", CHANGES)
def test_what_changed_while_nobody_looked_is_old(key: str) -> None:
    """The first look after a restart only takes note."""
    car = bench(key)
    car.words |= CASES[key].raises[0]
    car.now += HOUR
    car.is_first = True
    car.say()
    car.wait(HOUR)
    assert car.raised() == []
