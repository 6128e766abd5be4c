"""What raises an alert, and what only looks as if it did."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.fleet_pulse.alerts.alert import Alert
from custom_components.fleet_pulse.alerts.facts import Upcoming
from custom_components.fleet_pulse.alerts.track import Track
from custom_components.fleet_pulse.model.field import Source

from .bench import BEGIN, FINE, MINUTE, SECOND, Bench, Words, alert, readings

HOUR = 60 * MINUTE
DAY = 24 * HOUR
OPEN: Words = {"door_driver_front": True}
SHUT: Words = {"door_driver_front": False}


# ---- words that come late, once, twice, or never


def test_a_car_that_fell_asleep_with_a_door_open_is_told_of() -> None:
    """It says so once and no more, and nobody asks it: its word stands."""
    car = Bench(alert("left_open"))
    car.say(OPEN)
    said = car.now
    car.wait(DAY, is_talking=False)
    assert car.raised() == [said + 5 * MINUTE]
    assert car.cleared() == []


@pytest.mark.parametrize("source", [Source.CACHED, Source.STREAM])
def test_what_comes_late_raises_nothing_that_is_over(source: Source) -> None:
    """A car without reception says later what is long over, one after the other."""
    car = Bench(alert("left_open"))
    began = car.now + SECOND
    car.now += 20 * MINUTE
    for minute, is_open in enumerate([*[True] * 8, False]):
        at = began + minute * MINUTE
        car.hear(readings({"door_driver_front": is_open}, at, source))
        car.now += SECOND
    car.wait(HOUR, is_talking=False)
    assert car.raised() == []


def test_a_snapshot_that_comes_late_raises_what_stands() -> None:
    """The car pushed it before it fell asleep: nothing newer will ever come."""
    car = Bench(alert("left_open"))
    said = car.now + SECOND
    car.now += 15 * MINUTE
    car.hear(readings(OPEN, said, Source.CACHED))
    heard = car.now
    car.wait(HOUR, is_talking=False)
    assert car.raised() == [heard + 5 * MINUTE]
    assert car.last.active[0].since == said


def test_late_telemetry_alone_raises_nothing_until_the_car_says_so_in_time() -> None:
    """What a car said a quarter of an hour ago may be over by now."""
    car = Bench(alert("left_open"))
    said = car.now + SECOND
    car.now += 15 * MINUTE
    car.hear(readings(OPEN, said, Source.STREAM))
    car.wait(10 * MINUTE, is_talking=False)
    assert car.raised() == []
    car.hear(readings(OPEN, car.now, Source.STREAM))
    assert car.raised() == [car.now]
    assert car.last.active[0].since == said


def test_what_is_known_of_a_car_that_sleeps_is_told_to_a_new_alert() -> None:
    """A battery is as low as it was this morning."""
    car = Bench()
    car.say({"battery_level": 15})
    car.wait(10 * HOUR, is_talking=False)
    car.alerts = (alert("low_battery"),)
    car.look()
    car.wait(HOUR, is_talking=False)
    assert len(car.raised()) == 1


def test_two_words_that_are_days_apart_are_not_one_long_time() -> None:
    """A door was open at the shop on Monday, and is at the shop on Thursday."""
    car = Bench(alert("left_open"))
    car.say(OPEN)
    car.now += 3 * DAY
    car.say(OPEN)
    assert car.raised() == []
    car.wait(4 * MINUTE)
    car.say(SHUT)
    car.wait(HOUR)
    assert car.raised() == []


def test_a_word_of_the_future_raises_nothing() -> None:
    """A car's clock, or ours, is wrong by a day."""
    car = Bench(alert("battery_dropped", "low_battery"))
    car.hear(readings({"battery_level": 5}, car.now + DAY))
    car.wait(HOUR, is_talking=False)
    assert car.raised() == []


def test_what_we_expect_of_a_car_raises_nothing() -> None:
    """A door that we asked to be opened has not said that it is."""
    car = Bench(alert("left_open"))
    car.hear(readings({"locked": False}, car.now + SECOND, Source.COMMAND))
    car.wait(10 * MINUTE, is_talking=False)
    assert car.raised() == []


# ---- what is so, and what is not


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        pytest.param("left_open", {**OPEN, "user_present": True}, id="somebody is in"),
        pytest.param(
            "left_open", {"locked": False, "shift_state": "d"}, id="it drives"
        ),
        pytest.param("left_open", {**OPEN, "in_service": True}, id="a workshop has it"),
        pytest.param("left_open", {"door_driver_front": None}, id="nobody knows"),
        pytest.param(
            "climate_left_on",
            {"is_climate_on": True, "climate_keeper_mode": "dog"},
            id="a dog is in",
        ),
        pytest.param(
            "climate_left_on",
            {"is_climate_on": True, "cabin_overheat_protection_active": True},
            id="it only keeps itself from overheating",
        ),
        pytest.param(
            "climate_left_on",
            {
                "is_climate_on": True,
                "cable_connected": True,
                "charging_state": "stopped",
            },
            id="climate runs on the cable",
        ),
        pytest.param(
            "low_battery", {"battery_level": 20}, id="the battery is at the threshold"
        ),
        pytest.param(
            "low_battery",
            {"battery_level": 9, "charging_state": "charging"},
            id="it charges",
        ),
        pytest.param(
            "charging_stopped",
            {"charging_state": "stopped", "cable_connected": True},
            id="it never charged with this cable",
        ),
        pytest.param(
            "tyre_pressure", {"tpms_pressure_fl": 2.4}, id="the pressure is just enough"
        ),
        pytest.param(
            "update_available",
            {
                "software_update_status": "installing",
                "software_update_version": "2026.44.2",
            },
            id="the update is being installed",
        ),
    ],
)
def test_nothing_is_raised_while(kind: str, words: Words) -> None:
    """An owner who is cried at for nothing soon listens no more."""
    car = Bench(alert(kind))
    car.say(words, target_soc=80)
    car.wait(2 * HOUR)
    assert car.raised() == []


def test_a_door_that_was_open_all_along_is_left_open_since_its_driver_went() -> None:
    """Not since it was opened: somebody sat there."""
    car = Bench(alert("left_open"))
    car.say({**OPEN, "user_present": True})
    car.wait(20 * MINUTE, is_talking=False)
    went = car.now
    car.hear(readings({"user_present": False}, went))
    car.wait(10 * MINUTE, is_talking=False)
    assert car.raised() == [went + 5 * MINUTE]
    assert car.last.active[0].since == went


def test_a_battery_between_its_thresholds_stays_what_it_was() -> None:
    """19 % is low, and 22 % does not end that; 22 % is not low, though."""
    car = Bench(alert("low_battery"))
    car.say({"battery_level": 22})
    car.wait(HOUR)
    assert car.raised() == []
    car.say({"battery_level": 19})
    car.wait(HOUR)
    car.say({"battery_level": 22})
    car.wait(HOUR)
    assert (len(car.raised()), car.cleared()) == (1, [])


def test_a_battery_that_trembles_at_its_threshold_is_low() -> None:
    """A percent up for a minute does not begin the time anew."""
    car = Bench(alert("low_battery"))
    car.say({"battery_level": 19})
    said = car.now
    car.wait(2 * MINUTE)
    car.say({"battery_level": 20})
    car.wait(MINUTE)
    car.say({"battery_level": 19})
    car.wait(10 * MINUTE)
    (raised,) = car.raised()
    assert timedelta() <= raised - said - 5 * MINUTE <= MINUTE


def test_a_threshold_of_the_owner_moves_both() -> None:
    """Low at 40 %, and over at 45 %."""
    car = Bench(alert("low_battery", thresholds={"low_battery": 40}))
    car.say({"battery_level": 39})
    car.wait(10 * MINUTE)
    assert len(car.raised()) == 1
    car.say({"battery_level": 45})
    car.wait(10 * MINUTE)
    assert car.cleared() == []
    car.say({"battery_level": 46})
    car.wait(10 * MINUTE)
    assert len(car.cleared()) == 1


def test_a_trip_between_two_looks_is_no_drain() -> None:
    """Nobody saw the car drive, but its odometer did."""
    car = Bench(alert("battery_dropped"))
    car.say({"battery_level": 50, "odometer": 10_060.0})
    car.wait(HOUR)
    assert car.raised() == []


def test_a_battery_that_drops_slowly_for_days_does_not_drain() -> None:
    """A percent in five hours is what a car takes."""
    car = Bench(alert("battery_dropped"))
    for level in range(69, 55, -1):
        car.now += 5 * HOUR
        car.say({"battery_level": level})
    assert car.raised() == []


def test_a_tyre_is_believed_at_its_second_reading() -> None:
    """One reading may be one that a wheel got wrong."""
    car = Bench(alert("tyre_pressure"))
    car.say({"tpms_pressure_fl": 2.1})
    car.say({"tpms_pressure_fl": 2.9})
    car.wait(HOUR)
    car.say({"tpms_pressure_fl": 2.1})
    measured = car.now
    car.hear(readings({"tpms_pressure_fl": 2.1}, measured))
    assert car.raised() == []
    car.wait(HOUR)
    assert car.raised() == [measured + MINUTE]


def test_a_tyre_is_not_judged_while_it_is_warm() -> None:
    """What a wheel says in the two hours after a drive, it says again when it is cold."""
    car = Bench(alert("tyre_pressure"))
    car.say({"shift_state": "d", "tpms_pressure_fl": 2.3})
    car.wait(HOUR)
    car.say({"shift_state": "p"})
    parked = car.now
    car.wait(4 * HOUR)
    assert car.raised() == [parked + 2 * HOUR + MINUTE]


def test_a_tyre_that_is_pumped_up_is_believed_when_it_is_cold_or_far_above() -> None:
    """Warm from the road it shows more than it holds."""
    car = Bench(alert("tyre_pressure"))
    car.say({"tpms_pressure_fl": 2.3})
    car.wait(HOUR)
    car.say({"shift_state": "d", "tpms_pressure_fl": 2.6})
    car.wait(HOUR)
    car.say({"shift_state": "p"})
    car.wait(HOUR)
    assert (len(car.raised()), car.cleared()) == (1, [])
    car.wait(2 * HOUR)
    assert len(car.cleared()) == 1


def test_what_a_wheel_said_when_it_last_turned_is_not_cold() -> None:
    """A parked car's polls repeat it for hours."""
    car = Bench(alert("tyre_pressure"))
    car.say({"shift_state": "d"})
    measured = car.now
    car.say(
        {"shift_state": "p", "tpms_pressure_fl": 2.3, "tpms_last_seen_fl": measured}
    )
    car.wait(4 * HOUR)
    assert car.raised() == []


def test_climate_that_somebody_gets_into_is_not_left_on() -> None:
    """It is over, though it runs on."""
    car = Bench(alert("climate_left_on"))
    car.say({"is_climate_on": True})
    car.wait(HOUR)
    car.say({"user_present": True})
    car.wait(HOUR)
    assert (len(car.raised()), len(car.cleared())) == (1, 1)


def test_a_car_is_idle_since_it_has_no_reason_to_be_awake() -> None:
    """Sentry kept it awake all morning; when that is off it may sleep."""
    car = Bench(alert("awake_idle"))
    car.say({"sentry_mode": True}, online_since=BEGIN)
    car.wait(5 * HOUR)
    assert car.raised() == []
    car.say({"sentry_mode": False})
    off = car.now
    car.wait(5 * HOUR)
    assert [at - off for at in car.raised()] == [3 * HOUR]


def test_a_list_that_is_not_answered_says_of_no_car_that_it_is_awake() -> None:
    """Without the internet all that is known is that it was awake once."""
    car = Bench(alert("awake_idle"))
    car.say({"sentry_mode": False}, online_since=BEGIN)
    car.wait(DAY, is_talking=False)
    assert car.raised() == []


def test_a_cable_that_is_in_anew_has_not_charged_yet() -> None:
    """It waits for its time: what it charged elsewhere is over."""
    car = Bench(alert("charging_stopped"))
    car.say({"charging_state": "charging", "cable_connected": True}, target_soc=80)
    car.say({"charging_state": "disconnected", "cable_connected": False})
    car.wait(HOUR)
    car.say({"charging_state": "stopped", "cable_connected": True})
    car.wait(HOUR)
    assert car.raised() == []


def test_a_car_that_says_it_charges_and_takes_nothing_has_stopped() -> None:
    """Its socket is dead; a weak one is shown as no power, but has a current."""
    car = Bench(alert("charging_stopped"))
    charging = {"charging_state": "charging", "cable_connected": True}
    weak = {**charging, "charger_power": 0, "charger_actual_current": 2.0}
    car.say(weak, target_soc=80)
    car.wait(HOUR)
    assert car.raised() == []
    car.say({"charger_actual_current": 0.0})
    car.wait(HOUR)
    assert len(car.raised()) == 1


@pytest.mark.parametrize("is_held", [False, True])
def test_who_charges_by_hand_is_not_told_what_they_did(*, is_held: bool) -> None:
    """Neither that it stopped, nor that it will not be ready."""
    ready = BEGIN + 20 * HOUR
    plan = Upcoming(
        rule="r", name="Work", deadline=BEGIN + 11 * HOUR, estimated_ready=ready
    )
    car = Bench(alert("charging_stopped", "will_not_be_ready"))
    car.say({"charging_state": "charging", "cable_connected": True}, target_soc=80)
    car.say({"charging_state": "stopped"}, upcoming=(plan,), is_held=is_held)
    car.wait(HOUR)
    assert len(car.raised()) == 2 * (not is_held)


def test_a_car_in_a_tunnel_is_silent_though_nobody_asks_it() -> None:
    """Time alone makes it so."""
    car = Bench(alert("telemetry_silent"))
    car.say({"shift_state": "d"}, telemetry_at=car.now, online_since=car.now)
    car.wait(20 * MINUTE, is_talking=False)
    assert len(car.raised()) == 1


def test_a_warning_of_the_car_itself_counts_at_any_time() -> None:
    """It knows its tyres, warm or cold."""
    car = Bench(alert("tyre_pressure"))
    car.say({"shift_state": "d", "tpms_soft_warning_rr": True})
    car.wait(2 * MINUTE)
    assert len(car.raised()) == 1


def test_a_car_at_home_is_open_by_the_other_kind_only() -> None:
    """Where it is not known, it is not at home."""
    car = Bench(alert("left_open"), alert("left_open_at_home", id="b"))
    car.say({"locked": False}, zones=("zone.home",))
    car.wait(HOUR)
    assert [one.kind for one in car.last.active] == ["left_open_at_home"]
    car.say(zones=None)
    car.wait(HOUR)
    assert [one.kind for one in car.last.active] == ["left_open"]


@pytest.mark.parametrize(
    "around",
    [
        pytest.param({"zones": ("zone.work",)}, id="it is not at home"),
        pytest.param({"zones": None}, id="nobody knows where it is"),
        pytest.param({"upcoming": ()}, id="no rule wants anything"),
        pytest.param({"hours": 30}, id="it is only for the day after tomorrow"),
    ],
)
def test_a_cable_is_not_missed_while(around: dict[str, Any]) -> None:
    """It is about the car that stands at home, the evening before."""
    hours = around.pop("hours", 11)
    plan = Upcoming(rule="r", name="Work", deadline=BEGIN + hours * HOUR)
    car = Bench(alert("not_plugged_in"))
    car.say(**{"upcoming": (plan,), "zones": ("zone.home",)} | around)
    car.wait(2 * HOUR)
    assert car.raised() == []


@pytest.mark.parametrize("is_talking", [False, True])
def test_a_cable_is_missed_from_the_hour_that_the_owner_says(
    *, is_talking: bool
) -> None:
    """The car may have slept since it came home: time alone makes it so."""
    plan = Upcoming(rule="r", name="Work", deadline=BEGIN + 11 * HOUR)
    car = Bench(alert("not_plugged_in", thresholds={"not_plugged_in": 22}))
    car.say(upcoming=(plan,), zones=("zone.home",))
    car.wait(9 * HOUR, is_talking=is_talking)
    assert car.raised() == [BEGIN + 2 * HOUR + 10 * MINUTE]


def test_a_cable_is_missed_for_ten_minutes_of_the_evening() -> None:
    """Not for the time before, though the car says again that it has none."""
    plan = Upcoming(rule="r", name="Work", deadline=BEGIN + 11 * HOUR)
    car = Bench(alert("not_plugged_in", thresholds={"not_plugged_in": 21}))
    car.say(upcoming=(plan,), zones=("zone.home",))
    car.wait(62 * MINUTE, is_talking=False)
    car.say()
    assert car.raised() == []
    car.wait(HOUR, is_talking=False)
    assert car.raised() == [BEGIN + 70 * MINUTE]


def test_each_step_of_the_budget_is_told_once_a_month() -> None:
    """And the next month all of them again."""
    car = Bench(alert("budget"))
    shares = [49, 50, 79, 80, 79, 81, 100, 120]
    for share in shares:
        car.say(spent_share=share, month=BEGIN.date())
        car.wait(HOUR)
    car.say(spent_share=3, month=(BEGIN + 31 * DAY).date())
    car.wait(5 * MINUTE)
    car.say(spent_share=55)
    told = [one.episode.threshold for _, one in car.news if one.kind == "raised"]
    assert told == [50, 80, 100, 50]


def test_the_budget_is_told_of_from_the_step_that_the_owner_says() -> None:
    """And then at the usual ones above it."""
    car = Bench(alert("budget", thresholds={"budget": 60}))
    for share in (55, 62, 85, 90, 104):
        car.say(spent_share=share, month=BEGIN.date())
        car.wait(HOUR)
    told = [one.episode.threshold for _, one in car.news if one.kind == "raised"]
    assert told == [60, 80, 100]


def test_a_door_that_is_shut_for_a_moment_is_one_episode() -> None:
    """However often it is slammed."""
    car = Bench(alert("left_open"))
    car.say(OPEN)
    car.wait(10 * MINUTE)
    for _ in range(3):
        car.say(SHUT)
        car.now += 30 * SECOND
        car.say(OPEN)
        car.wait(5 * MINUTE)
    assert (len(car.raised()), car.cleared()) == (1, [])


def test_a_budget_that_is_gone_is_no_trouble_of_the_account() -> None:
    """It has a kind of its own, and comes to be gone in steps."""
    car = Bench(alert("account_trouble"))
    car.say(troubles=("budget_reached",))
    car.wait(HOUR)
    assert car.raised() == []


def test_a_version_is_told_once_whatever_its_status_does() -> None:
    """It is found, lost, and found again."""
    car = Bench(alert("update_available"))
    found = {
        "software_update_status": "available",
        "software_update_version": "2026.44",
    }
    for _ in range(3):
        car.say(found)
        car.wait(HOUR)
        car.say({"software_update_status": "none"})
        car.wait(HOUR)
    assert len(car.raised()) == 1


def test_only_alerts_about_the_car_count() -> None:
    """Another car's battery is another alert's business."""
    car = Bench(alert("low_battery", vins=("ANOTHER",)))
    car.say({"battery_level": 5})
    car.wait(HOUR)
    assert (car.raised(), car.memory.tracks) == ([], ())


@pytest.mark.parametrize(
    "after",
    [
        pytest.param((), id="the alert is gone"),
        pytest.param((alert("budget"),), id="it is about other kinds now"),
        pytest.param((alert(vins=("ANOTHER",)),), id="it is about another car now"),
    ],
)
def test_what_nobody_wants_to_hear_of_is_over(after: tuple[Alert, ...]) -> None:
    """Raised and cleared alternate, whatever the owner changes."""
    car = Bench(alert("low_battery"))
    car.say({"battery_level": 5})
    car.wait(HOUR)
    car.alerts = after
    car.look()
    assert (len(car.raised()), len(car.cleared())) == (1, 1)
    assert car.last.active == ()
    assert car.acts() == ["tell", "retract"]


def test_a_car_that_is_fine_has_nothing_to_remember_and_to_wait_for() -> None:
    """What is as it should be costs neither disk nor timers."""
    car = Bench(alert())
    kinds = {track.kind for track in car.memory.tracks}
    assert kinds <= {"update_available", "update_installed"}
    assert car.last.look_at is None


def test_words_that_say_the_same_change_nothing_that_is_remembered() -> None:
    """Ten polls of a parked car need not be written to disk."""
    car = Bench(alert())
    before = car.memory
    for _ in range(10):
        car.now += 2 * MINUTE
        car.say()
    assert car.memory == before


def test_what_is_pending_is_not_written_down_at_every_word() -> None:
    """Sentry is on for four hours before anybody is told, and says so each minute."""
    car = Bench(alert("sentry_left_on"))
    car.say({"sentry_mode": True})
    seen = set()
    for _ in range(60):
        car.wait(MINUTE)
        seen.add(repr(car.memory.tracks))
    assert len(seen) <= 14


def test_a_clock_that_was_ahead_silences_nothing_for_long() -> None:
    """It was a month ahead when something was raised, and is right now."""
    car = Bench(alert("low_battery"))
    ahead = car.now + 30 * DAY
    track = Track(alert="a", kind="low_battery", raised_at=ahead, silenced_until=ahead)
    sent = (ahead,) * 3
    car.memory = replace(car.memory, tracks=(track,), sent=sent)
    car.say({"battery_level": 10})
    began = car.now
    car.wait(DAY)
    assert car.raised() == [began + 12 * HOUR]
    assert car.acts() == ["tell"]


def test_what_was_sent_long_ago_is_forgotten() -> None:
    """Only a day counts, and no more than ten are told in it."""
    car = Bench(alert("left_open"))
    for _ in range(20):
        car.say(OPEN)
        car.wait(10 * MINUTE)
        car.say(SHUT)
        car.wait(6 * HOUR)
    assert len(car.memory.sent) <= 10
    assert len(car.messages) == 40


def test_an_episode_says_what_by_and_since_when() -> None:
    """As the car said it, not as we looked."""
    car = Bench(alert("low_battery"))
    car.say({"battery_level": 17})
    said = car.now
    car.wait(timedelta(minutes=7))
    (episode,) = car.last.active
    assert (episode.value, episode.threshold) == (17, 20)
    assert (episode.since, episode.said_at) == (said, said + 5 * MINUTE)
    assert FINE["battery_level"] != 17
