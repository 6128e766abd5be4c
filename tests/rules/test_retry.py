"""When something may be sent again that a car was told and did not do."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from custom_components.fleet_pulse.rules.memory import Sent
from custom_components.fleet_pulse.rules.retry import (
    MOST_KEPT,
    excused,
    is_given_up,
    is_in_vain,
    noted,
    retry_at,
)

START: Final = datetime(2026, 11, 2, 2, tzinfo=UTC)
GO: Final = "charge_start"
STOP: Final = "charge_stop"


def at(minutes: float) -> datetime:
    """Give a moment of that night."""
    return START + timedelta(minutes=minutes)


def sent(*minutes: float, command: str = GO, value: int | None = None) -> list[Sent]:
    """Give a command as it was sent again and again."""
    return [Sent(command=command, at=at(m), value=value) for m in minutes]


@pytest.mark.parametrize(
    ("before", "minutes"),
    [
        pytest.param(sent(0), 1, id="a minute after the first"),
        pytest.param(sent(0, 1), 6, id="five minutes after the second"),
        pytest.param(sent(0, 1, 6), 21, id="a quarter of an hour after the third"),
        pytest.param(sent(0, 1, 6, 21), 201, id="then not for three hours"),
        pytest.param(
            [*sent(0, 1, 6), *sent(30, command=STOP), *sent(40)],
            41,
            id="stopped in between it is another start",
        ),
        pytest.param(sent(0, 1, 300), 301, id="long ago does not count"),
    ],
)
def test_it_is_sent_again_ever_later(before: list[Sent], minutes: float) -> None:
    """What was sent says when it may be sent again; nothing else needs to be known."""
    assert retry_at(before, GO, None, seen_at=at(999)) == at(minutes)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param([], id="never sent"),
        pytest.param(sent(0, command=STOP), id="the opposite was sent"),
        pytest.param(
            [Sent(command=GO, at=at(0), waits=True)], id="it only waits for the car"
        ),
    ],
)
def test_what_was_not_sent_may_be_at_once(before: list[Sent]) -> None:
    """Nothing waits for what the car was not told last."""
    assert retry_at(before, GO, None) is None


@pytest.mark.parametrize(
    ("seen_at", "minutes"),
    [
        pytest.param(None, 10, id="the car never said"),
        pytest.param(at(-5), 10, id="it said so before"),
        pytest.param(at(0.5), 1, id="it said otherwise since"),
    ],
)
def test_what_nobody_saw_fail_is_not_sent_again(
    seen_at: datetime | None, minutes: float
) -> None:
    """A look comes minutes after a command; only then is it known."""
    assert retry_at(sent(0), GO, None, seen_at=seen_at) == at(minutes)


def test_another_value_is_another_matter() -> None:
    """A limit of 80 % says nothing about when 90 % may be sent."""
    before = sent(0, 1, 6, 21, command="set_charge_limit", value=80)
    assert retry_at(before, "set_charge_limit", 90) is None


def test_after_four_tries_it_is_given_up_for_a_while() -> None:
    """Then it is trouble, until it may be over."""
    before = sent(0, 1, 6, 21)
    assert not is_given_up(before[:3], GO, None, at(7))
    assert is_given_up(before, GO, None, at(22))
    assert not is_given_up(before, GO, None, at(22 + 180))


@pytest.mark.parametrize(
    ("before", "minutes", "is_so"),
    [
        pytest.param(sent(0, 1, 6), 7, False, id="three tries are not enough"),
        pytest.param(sent(0, 1, 6, 21), 22, True, id="four are"),
        pytest.param(sent(0, 1, 6, 21), 220, True, id="also when its pause is over"),
        pytest.param(
            sent(0, 1, 6, 21, 202), 203, True, id="also while it is tried once more"
        ),
        pytest.param(sent(0, 1, 6, 21), 21 + 361, False, id="not a night later"),
        pytest.param(
            [*sent(0, 1, 6, 21), *sent(30, command=STOP), *sent(40)],
            41,
            False,
            id="not once it could be stopped, and is to begin again",
        ),
        pytest.param(
            excused(sent(0, 1, 6, 21)), 22, False, id="not what may be mended"
        ),
    ],
)
def test_what_is_in_vain_stays_so_until_it_works(
    before: list[Sent], minutes: float, is_so: bool
) -> None:
    """The owner is not told anew of each row of tries, nor of another night's."""
    assert is_in_vain(before, GO, None, at(minutes)) is is_so


def test_what_may_be_mended_is_tried_at_once() -> None:
    """It is remembered as sent by us all the same, and what waits goes on waiting."""
    waits = Sent(command="set_charge_limit", at=at(0), value=80, waits=True)
    before = excused([waits, *sent(0, 1, 6, 21)])
    assert retry_at(before, GO, None, seen_at=at(22)) is None
    assert before[0] == waits
    assert [one.at for one in before[1:]] == [at(0), at(1), at(6), at(21)]


def test_what_is_long_ago_is_forgotten_and_what_waits_is_not() -> None:
    """Memory stays small; what has waited for days is still recognised."""
    old = Sent(command="set_charge_limit", at=at(0), value=80, waits=True)
    kept = noted([old, *sent(*range(100))], sent(7 * 60)[0])
    assert old in kept
    assert len(kept) <= MOST_KEPT
    assert noted([*sent(0)], sent(6 * 60)[0]) == (*sent(6 * 60),)
