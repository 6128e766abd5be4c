"""When the fake cars sleep, when they wake, and what that depends on."""

from hypothesis import given, settings, strategies as st
import pytest

from tests.fake_fleet.car import Car

from .car_park import happened, live, parked

MINUTE = 60.0


@pytest.mark.parametrize("seed", range(5))
def test_an_idle_car_falls_asleep(seed: int) -> None:
    """After 10 to 15 minutes, not before."""
    car = parked(seed=seed)
    assert live(car, 10 * MINUTE - 1).state == "online"
    assert live(car, 5 * MINUTE + 1).state == "asleep"


@pytest.mark.parametrize("seed", range(5))
def test_a_sleeping_car_wakes_itself_about_hourly(seed: int) -> None:
    """For two to three minutes."""
    car = parked(state="asleep", seed=seed)
    live(car, 24 * 60 * MINUTE)
    assert 20 <= len(happened(car, "woke by itself")) <= 26
    assert 20 * 120 <= car.awake_seconds <= 26 * 180


def test_self_wakes_can_be_switched_off() -> None:
    """A car in deep sleep stays there."""
    car = live(parked(state="asleep", self_wakes=False), 24 * 60 * MINUTE)
    assert car.awake_seconds == 0


@pytest.mark.parametrize("seed", range(5))
def test_a_wake_up_takes_its_time(seed: int) -> None:
    """Eight to sixty seconds; the car looks asleep until then."""
    car = parked(state="asleep", seed=seed)
    car.request_wake()
    assert live(car, 7.9).state == "asleep"
    assert live(car, 52.2).state == "online"
    assert car.wake_requests == 1
    assert len(happened(car, "woke by wake_up")) == 1


def test_a_second_wake_up_does_not_hurry_the_first() -> None:
    """Nor does it wake twice; but it is counted."""
    once, twice = parked(state="asleep"), parked(state="asleep")
    once.request_wake()
    twice.request_wake()
    live(twice, 2)
    twice.request_wake()
    live(twice, 60)
    live(once, 62)
    assert happened(once, "woke") == happened(twice, "woke")
    assert twice.wake_requests == 2


def test_a_woken_car_sleeps_again() -> None:
    """A wake-up is not for ever."""
    car = parked(state="asleep")
    car.request_wake()
    live(car, 60)
    assert live(car, 15 * MINUTE).state == "asleep"


def test_an_unreachable_car_never_wakes() -> None:
    """It is offline, whatever is asked of it, and comes back by itself."""
    car = parked(state="asleep", self_wakes=False)
    car.reachable = False
    car.request_wake()
    live(car, 30 * MINUTE)
    gone = car.state
    car.reachable = True
    assert (gone, car.state) == ("offline", "asleep")
    assert not happened(car, "woke")


def test_wake_durations_are_real_seconds() -> None:
    """At sixty times the physics a wake-up still takes about three seconds."""
    car = parked(state="asleep", time_scale=60)
    car.request_wake()
    assert live(car, 2.4).state == "asleep"
    assert live(car, 1.2).state == "online"
    slow = parked(state="asleep", time_scale=60, wake_seconds=(20, 20))
    slow.request_wake()
    assert live(slow, 19.9).state == "asleep"
    assert live(slow, 0.2).state == "online"


def test_accelerated_cars_fall_asleep_within_seconds() -> None:
    """Ten to fifteen minutes at sixty times the speed."""
    assert live(parked(time_scale=60), 15.1).state == "asleep"


def test_a_wake_up_of_an_awake_car_keeps_it_up() -> None:
    """It begins its idle time anew."""
    car = live(parked(), 9 * MINUTE)
    car.request_wake()
    assert live(car, 9.9 * MINUTE).state == "online"
    assert not happened(car, "woke")


def keep_present(car: Car) -> None:
    """Have someone sit in it."""
    car.parts.motion.present_until = car.parts.seconds + 7200


@pytest.mark.parametrize(
    "keep",
    [
        pytest.param(lambda car: car.act("set_sentry_mode", {"on": True}), id="Sentry"),
        pytest.param(lambda car: car.act("auto_conditioning_start", {}), id="climate"),
        pytest.param(
            lambda car: car.act("set_climate_keeper_mode", {"climate_keeper_mode": 2}),
            id="a dog",
        ),
        pytest.param(lambda car: car.plug("ac_slow"), id="charging"),
        pytest.param(lambda car: car.drive(90), id="driving"),
        pytest.param(keep_present, id="someone in it"),
    ],
)
def test_what_keeps_a_car_awake(keep: object) -> None:
    """A car in use does not sleep."""
    car = parked()
    assert callable(keep)
    keep(car)
    assert live(car, 60 * MINUTE, slices=60).state == "online"


@pytest.mark.parametrize(
    ("model", "state"),
    [
        pytest.param("lenient", "asleep", id="a lenient car sleeps while looked at"),
        pytest.param("strict", "online", id="a strict car is kept up by looks"),
    ],
)
def test_sleep_models(model: str, state: str) -> None:
    """Four looks in forty minutes."""
    car = parked(sleep_model=model)
    for _ in range(4):
        live(car, 10 * MINUTE)
        car.served_data()
    assert car.state == state


def test_a_strict_car_sleeps_15_minutes_after_the_last_look() -> None:
    """A look postpones sleep; it does not prevent it."""
    car = parked(sleep_model="strict")
    live(car, 9 * MINUTE)
    car.served_data()
    assert live(car, 14.9 * MINUTE).state == "online"
    assert live(car, 0.2 * MINUTE).state == "asleep"


@pytest.mark.parametrize(
    "disturb",
    [
        pytest.param(lambda car: car.open_door(), id="a door"),
        pytest.param(lambda car: car.plug("ac"), id="a cable"),
        pytest.param(lambda car: car.drive(5), id="a drive"),
    ],
)
def test_people_wake_a_car_at_once(disturb: object) -> None:
    """Whoever touches it need not wait."""
    car = parked(state="asleep")
    live(car, 10)
    assert callable(disturb)
    disturb(car)
    assert car.state == "online"


def test_sleep_on_demand() -> None:
    """Tests can put any car to sleep, even a driving one."""
    car = parked(soc=50)
    car.drive(60)
    live(car, 60)
    car.sleep_now()
    assert car.state == "asleep"
    assert live(car, 60).state == "asleep"
    assert car.locked
    assert car.parts.motion.trip is None


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 999), slices=st.sampled_from([2, 3, 8, 60, 200, 1000]))
def test_looking_changes_nothing(seed: int, slices: int) -> None:
    """Same seed, same commands at the same moments: same life, however cut."""
    rarely, often = (parked(seed=seed, soc=48) for _ in range(2))
    for car, cuts in ((rarely, 1), (often, slices)):
        live(car, 3000, cuts)
        car.drive(20)
        live(car, 3000, cuts)
        car.plug("ac")
        live(car, 6000, cuts)
        live(car, 10)
    assert [what for _, what in rarely.events] == [what for _, what in often.events]
    assert rarely.soc == pytest.approx(often.soc, abs=1e-6)
    assert rarely.location == pytest.approx(often.location)
    gaps = [
        abs((a - b).total_seconds())
        for (a, _), (b, _) in zip(rarely.events, often.events, strict=True)
    ]
    assert max(gaps) < 0.01
