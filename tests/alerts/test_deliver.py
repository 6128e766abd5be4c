"""What is told at once, what later, what in one, and what never."""

from datetime import time, timedelta
from typing import Final

import pytest

from custom_components.fleet_pulse.alerts.alert import Alert, Snooze
from custom_components.fleet_pulse.alerts.facts import Upcoming
from custom_components.fleet_pulse.alerts.news import Act, Message

from .bench import BEGIN, MINUTE, SECOND, VIN, Bench, Words, alert
from .cases import DAY, HOUR

LOW: Final[Words] = {"battery_level": 10}
FULL: Final[Words] = {"battery_level": 80}
OPEN: Final[Words] = {"door_driver_front": True}
SHUT: Final[Words] = {"door_driver_front": False}
CHARGING: Final[Words] = {"charging_state": "charging", "charger_power": 11}
NIGHT: Final = {"quiet_from": time(22), "quiet_until": time(7)}
# The bench begins at 20:00.
TEN: Final = BEGIN + 2 * HOUR
SEVEN: Final = BEGIN + 11 * HOUR
TOO_LATE: Final = Upcoming(
    rule="r", name="R", deadline=SEVEN, estimated_ready=SEVEN + HOUR
)
IN_TIME: Final = Upcoming(
    rule="r", name="R", deadline=SEVEN, estimated_ready=SEVEN - HOUR
)
NEXT: Final = Upcoming(rule="r", name="R", deadline=SEVEN + DAY, estimated_ready=SEVEN)
TROUBLES: Final = ("budget", "left_open", "low_battery", "update_available")


def troubled(car: Bench) -> None:
    """Have four things go wrong at once."""
    found = {"software_update_status": "available", "software_update_version": "1"}
    car.say({**LOW, **OPEN, **found}, spent_share=90, month=BEGIN.date())


def told(car: Bench) -> list[tuple[str, list[str]]]:
    """Return what was told, and of what."""
    return [
        (one.act.value, [episode.kind for episode in one.episodes])
        for _, one in car.messages
    ]


# ---- limits


def test_what_is_too_much_for_an_hour_is_one_digest_when_it_is_over() -> None:
    """Three by one, the fourth and the fifth together."""
    car = Bench(alert(*TROUBLES, "sentry_left_on"))
    for share in (50, 80, 100):
        car.say(spent_share=share, month=BEGIN.date())
        car.wait(MINUTE)
    first = car.messages[0][0]
    car.say({**LOW, **OPEN})
    car.wait(2 * HOUR)
    assert car.acts() == ["tell", "retract", "tell", "retract", "tell", "digest"]
    assert car.messages[-1][0] == first + HOUR
    assert told(car)[-1] == ("digest", ["left_open", "low_battery"])


def test_what_comes_all_at_once_leaves_the_last_place_to_a_digest() -> None:
    """Nobody waits an hour in the morning for what can be said in one."""
    kinds = ("budget", "low_battery", "tyre_pressure", "update_available")
    car = Bench(alert(*kinds, **NIGHT), at=TEN + HOUR)
    troubled(car)
    car.say({"tpms_soft_warning_fl": True})
    car.wait(10 * MINUTE)
    car.wait(12 * HOUR, is_talking=False)
    assert {at for at, _ in car.messages} == {SEVEN}
    assert car.acts() == ["tell", "tell", "digest"]
    assert sorted(kind for _, found in told(car) for kind in found) == sorted(kinds)


def test_a_digest_of_one_is_told_as_itself() -> None:
    """It waited, and then it is alone."""
    car = Bench(alert(*TROUBLES))
    for share in (50, 80, 100):
        car.say(spent_share=share, month=BEGIN.date())
    car.say(OPEN)
    car.wait(2 * HOUR)
    assert told(car)[-1] == ("tell", ["left_open"])


def test_what_is_over_before_there_is_room_is_never_told() -> None:
    """Neither that it was, nor that it is over."""
    car = Bench(alert(*TROUBLES))
    for share in (50, 80, 100):
        car.say(spent_share=share, month=BEGIN.date())
    car.say(LOW)
    car.wait(20 * MINUTE)
    assert [one.kind for one in car.last.active] == ["budget", "low_battery"]
    car.say(FULL)
    car.wait(2 * HOUR)
    assert "low_battery" not in {kind for _, kinds in told(car) for kind in kinds}


def test_no_more_than_ten_are_told_in_a_day() -> None:
    """Whatever happens: a door every two hours, and the battery with it."""
    car = Bench(alert("left_open", "low_battery"))
    for _ in range(16):
        car.say(OPEN)
        car.wait(30 * MINUTE)
        car.say(SHUT)
        car.wait(HOUR)
    notified = [at for at, one in car.messages if one.act is not Act.RETRACT]
    assert len(car.raised()) == 16
    assert len(notified) == 10
    assert notified[-1] < BEGIN + 16 * HOUR


def test_security_comes_first_where_there_is_little_room() -> None:
    """A door that is open since a minute before a battery that is low for hours."""
    car = Bench(alert("budget", "left_open", "low_battery"))
    for share in (50, 80, 100):
        car.say(spent_share=share, month=BEGIN.date())
    car.say(LOW)
    car.wait(10 * MINUTE)
    car.say(OPEN)
    car.wait(HOUR)
    assert told(car)[-2:] == [("tell", ["left_open"]), ("tell", ["low_battery"])]


# ---- quiet hours


def test_quiet_hours_wait_with_all_but_security() -> None:
    """A door is told of at night, a battery in the morning."""
    car = Bench(alert("left_open", "low_battery", **NIGHT), at=TEN + HOUR)
    car.say({**OPEN, **LOW})
    said = car.now
    car.wait(12 * HOUR)
    assert [at for at, _ in car.messages] == [said + 5 * MINUTE, SEVEN]
    assert told(car) == [("tell", ["left_open"]), ("tell", ["low_battery"])]


def test_what_is_over_by_the_morning_is_not_told() -> None:
    """It was a matter of the night."""
    car = Bench(alert("low_battery", **NIGHT), at=TEN + HOUR)
    car.say(LOW)
    car.wait(HOUR)
    assert len(car.raised()) == 1
    car.say(FULL)
    car.wait(12 * HOUR)
    assert (len(car.cleared()), car.acts()) == (1, [])


def test_that_something_is_over_is_not_told_at_night() -> None:
    """It is only taken back, but where it is about security."""
    car = Bench(alert("left_open", "low_battery", **NIGHT), at=TEN - HOUR)
    car.say({**LOW, **OPEN})
    car.wait(2 * HOUR)
    car.say({**FULL, **SHUT})
    car.wait(HOUR)
    assert sorted(told(car)[2:]) == [
        ("retract", ["low_battery"]),
        ("tell_over", ["left_open"]),
    ]


def test_quiet_hours_are_of_the_wall_clock_in_the_night_of_the_change() -> None:
    """The night of the last Sunday in March is an hour short."""
    midnight = BEGIN.replace(year=2026, month=3, day=28, hour=23)
    car = Bench(alert("low_battery", **NIGHT), at=midnight)
    car.say(LOW)
    car.wait(10 * HOUR, is_talking=False)
    assert [at for at, _ in car.messages] == [midnight + 6 * HOUR]


# ---- over


def test_it_is_told_to_be_over_to_those_who_were_told() -> None:
    """In the same place."""
    car = Bench(alert("low_battery"))
    car.say(LOW)
    car.wait(HOUR)
    car.say(FULL)
    car.wait(HOUR)
    assert car.acts() == ["tell", "tell_over"]
    assert len({message.tag for _, message in car.messages}) == 1


@pytest.mark.parametrize(
    ("kind", "around", "end"),
    [
        pytest.param(
            "will_not_be_ready", {"upcoming": (IN_TIME,)}, "tell_over", id="so"
        ),
        pytest.param(
            "will_not_be_ready", {"upcoming": (NEXT,)}, "retract", id="the plan"
        ),
        pytest.param("budget", {"spent_share": 1}, "retract", id="the month"),
    ],
)
def test_what_is_only_past_is_not_told_to_be_over(
    kind: str, around: Words, end: str
) -> None:
    """It never got any better; it is just of no use any more."""
    car = Bench(alert(kind))
    car.say(upcoming=(TOO_LATE,), spent_share=60, month=BEGIN.date())
    car.wait(HOUR)
    car.say(**around)
    car.wait(HOUR)
    assert car.acts() == ["tell", end]


def test_a_version_that_is_told_of_is_let_go_after_a_day() -> None:
    """It is no news any more, and nothing is over."""
    car = Bench(alert("update_installed"))
    car.say({"car_version": "2026.44.2"})
    car.wait(2 * DAY, is_talking=False)
    assert [
        (act, at - BEGIN) for act, (at, _) in zip(car.acts(), car.messages, strict=True)
    ] == [
        ("tell", SECOND),
        ("retract", DAY + SECOND),
    ]


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(alert("low_battery", notify=()), id="nobody"),
        pytest.param(alert("account_trouble"), id="the repair issue does it"),
    ],
)
def test_nobody_is_notified_if_it_is_nobodys_or_told_already(who: Alert) -> None:
    """It is shown, and triggers hear of it."""
    car = Bench(who)
    car.say(LOW, troubles=("key_changed",))
    car.wait(HOUR)
    car.say(FULL, troubles=())
    car.wait(HOUR)
    assert (len(car.raised()), len(car.cleared()), car.messages) == (1, 1, [])


def test_no_tag_tells_of_a_car() -> None:
    """It is seen by whoever carries notifications; and no two are the same."""
    car = Bench(alert(*TROUBLES), alert(*TROUBLES, id="b"))
    troubled(car)
    car.wait(6 * HOUR)
    tags = {(one.alert, one.kind): one.tag for _, one in car.messages}
    assert len(set(tags.values())) == len(tags) > 4
    assert all(VIN not in tag and VIN[-6:] not in tag for tag in tags.values())


# ---- somebody knows


def acknowledge(car: Bench, length: timedelta | None = None) -> None:
    """Have somebody say that they know."""
    snooze = Snooze(alert="a", vin=VIN, kind="low_battery", length=length)
    car.memory = car.memory.snoozed(snooze)
    car.look()


def test_what_somebody_knows_is_told_no_more_until_it_comes_again() -> None:
    """Not even that it is over; the next time is another time."""
    car = Bench(alert("low_battery"))
    car.say(LOW)
    car.wait(HOUR)
    acknowledge(car)
    assert car.last.active[0].is_acknowledged
    car.restart()
    car.say(FULL)
    car.wait(12 * HOUR)
    assert car.acts() == ["tell", "retract"]
    car.say(LOW)
    car.wait(HOUR)
    assert car.acts() == ["tell", "retract", "tell"]


def test_what_is_acknowledged_in_quiet_hours_is_not_told_after_them() -> None:
    """Somebody has seen it on the dashboard."""
    car = Bench(alert("low_battery", **NIGHT), at=TEN + HOUR)
    car.say(LOW)
    car.wait(HOUR)
    acknowledge(car)
    car.wait(12 * HOUR)
    assert car.acts() == []


def test_a_kind_that_is_snoozed_is_told_after_that_if_it_is_still_so() -> None:
    """It is raised at once all the same."""
    car = Bench(alert("low_battery"))
    acknowledge(car, 4 * HOUR)
    snoozed = car.now
    car.restart(after=MINUTE)
    car.say(LOW)
    car.wait(HOUR)
    assert (len(car.raised()), car.acts()) == (1, [])
    car.wait(8 * HOUR)
    assert [at for at, _ in car.messages] == [snoozed + 4 * HOUR]


def test_what_nobody_knows_of_cannot_be_acknowledged() -> None:
    """There is no episode, so the next one is told."""
    car = Bench(alert("low_battery"))
    acknowledge(car)
    car.say(LOW)
    car.wait(HOUR)
    assert car.acts() == ["tell"]


# ---- too often


def flap(car: Bench, times: int) -> None:
    """Have a door left open for six minutes, and shut for four, so many times."""
    for _ in range(times):
        car.say(OPEN)
        car.wait(6 * MINUTE)
        car.say(SHUT)
        car.wait(4 * MINUTE)


def test_what_comes_and_goes_too_often_is_silent_and_says_so() -> None:
    """At the fourth time in an hour; and six hours later it is told of again."""
    car = Bench(alert("left_open"))
    flap(car, 5)
    assert car.acts() == ["tell", "tell_over", "silenced"]
    at, message = car.messages[-1]
    assert (message.until, message.kind) == (at + 6 * HOUR, "left_open")
    flap(car, 30)
    assert len(car.raised()) == 1
    car.wait(at + 6 * HOUR - car.now)
    car.say(OPEN)
    car.wait(6 * MINUTE)
    assert car.acts()[3:] == ["tell"]


def test_a_silence_that_is_over_by_the_morning_is_not_told_of() -> None:
    """A wallbox that tripped all evening: nobody needs to know that it was silent."""
    car = Bench(alert("charging_stopped", **NIGHT), at=TEN + 30 * MINUTE)
    car.say({**CHARGING, "cable_connected": True}, target_soc=80)
    for _ in range(4):
        car.say({"charging_state": "stopped"})
        car.wait(11 * MINUTE)
        car.say(CHARGING)
        car.wait(2 * MINUTE)
    (track,) = car.memory.tracks
    assert track.is_silent(car.now)
    car.wait(12 * HOUR)
    assert car.acts() == []


def test_three_times_an_hour_are_not_too_often() -> None:
    """It may happen, on a day of moving."""
    car = Bench(alert("left_open"))
    flap(car, 3)
    car.wait(HOUR)
    assert "silenced" not in car.acts()


def test_another_kind_is_told_of_while_one_is_silent() -> None:
    """A door that does not shut says nothing of the battery."""
    car = Bench(alert("left_open", "low_battery"))
    flap(car, 5)
    car.say(LOW)
    car.wait(2 * HOUR)
    assert told(car)[-1] == ("tell", ["low_battery"])


def test_two_alerts_of_a_car_share_its_limits() -> None:
    """Who made an alert for each kind is not told three times as much."""
    car = Bench(*(alert(kind, id=kind) for kind in TROUBLES))
    troubled(car)
    car.wait(50 * MINUTE)
    notified = [one for _, one in car.messages if one.act is not Act.RETRACT]
    assert len(notified) == 3
    car.wait(DAY)
    # Each alert tells somebody else, so a digest is of one alone.
    strangers = [
        episode
        for _, one in car.messages
        for episode in one.episodes
        if episode.alert != one.alert
    ]
    assert strangers == []
    kinds = {episode.kind for _, one in car.messages for episode in one.episodes}
    assert kinds == set(TROUBLES)


def test_a_message_names_who_is_to_be_told() -> None:
    """By the alert, and the car."""
    car = Bench(alert("low_battery"))
    car.say(LOW)
    car.wait(HOUR)
    ((_, message),) = car.messages
    assert isinstance(message, Message)
    assert (message.alert, message.vin, message.kind) == ("a", VIN, "low_battery")
    assert [one.is_delivered for one in message.episodes] == [True]
