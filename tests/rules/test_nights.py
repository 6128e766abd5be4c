"""Whole nights of a car in its garage: what it charged, and what that took."""

import pytest

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.planner.learned import Learned
from custom_components.fleet_pulse.rules.memory import Memory
from custom_components.fleet_pulse.rules.reason import ChargeWhy

from .garage import Garage, at, hours, rule, window

CHEAPEST = {"entity": "sensor.price", "mode": "cheapest"}
NIGHT = [0.30] * 6 + [0.10, 0.12, 0.28, 0.05, 0.27] + [0.35] * 5
"""Hourly from 18:00: cheap at midnight and one o'clock, cheapest at three."""


def test_a_car_is_ready_by_its_time_and_not_much_earlier() -> None:
    """Charging ends within the buffer before the deadline, by a single start."""
    garage = Garage([rule()]).until("08:00", days=1)
    assert garage.drawing("18:00", "08:00", to=1) == "....................######.."
    assert garage.commands == ["charge_start"]
    assert garage.level == 80


def test_a_window_is_kept_to() -> None:
    """A car charges in its window, and stops at its end."""
    night = rule(windows=[window("23:00", "01:00")])
    garage = Garage([night], level=20).until("03:00", days=1)
    assert garage.drawing("18:00", "03:00", to=1) == "..........####...."
    assert garage.commands == ["charge_start", "charge_stop"]


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_starts() -> None:
    """Friday's window charges on Saturday morning, and Saturday's does not exist."""
    night = rule(windows=[window("23:00", "02:00")], days=["fri"])
    garage = Garage([night], level=20, now=at("21:00", days=4))
    garage.until("01:00", days=5)
    assert garage.drawing("21:00", "01:00", days=4, to=5) == "....####"
    assert garage.app(level=20.0).until("03:00", days=6).charged[-1] < at(
        "02:00", days=5
    )


def test_a_car_that_is_plugged_in_early_waits_for_its_time() -> None:
    """Nobody said start: the car only began because a cable came."""
    garage = Garage([rule()], plugged=False).until("19:00").plug()
    garage.until("23:00")
    assert garage.commands == ["charge_stop"]
    assert garage.until("08:00", days=1).level == 80
    assert garage.commands == ["charge_stop", "charge_start"]


def test_a_car_that_is_plugged_in_after_the_start_charges_at_once() -> None:
    """There is less time than it takes, and all of it is used without a command."""
    garage = Garage([rule()], level=20, plugged=False).until("04:00", days=1).plug()
    garage.until("09:00", days=1)
    assert garage.drawing("03:00", "09:00", days=1, to=1) == "..#########."
    assert garage.commands == []
    assert garage.level == 80


def test_a_deadline_that_is_missed_is_gone_on_with_and_told_once() -> None:
    """Whoever comes home late has the target later, and hears of it once."""
    garage = Garage([rule()], level=5, plugged=False).until("05:00", days=1).plug()
    garage.until("12:00", days=1)
    assert garage.level == 80
    assert garage.commands == []
    assert [one.kind for one in garage.told].count("deadline_missed") == 1


def test_a_car_that_is_unplugged_meanwhile_is_planned_anew() -> None:
    """What is missing after a drive at night is charged before the deadline."""
    garage = Garage([rule()]).until("05:00", days=1).unplug()
    garage.until("05:30", days=1).app(level=45.0).plug().until("08:00", days=1)
    assert garage.drawing("04:30", "08:00", days=1, to=1) == "#.#####"
    assert [one.kind for one in garage.told][:2] == ["rule_started", "rule_started"]


def test_a_car_that_has_its_level_is_left_alone() -> None:
    """A target below the level needs no charging; only the limit is the rule's."""
    garage = Garage([rule()], level=85, limit=90).until("09:00", days=1)
    assert garage.commands == ["set_charge_limit 80"]
    assert garage.charged == []


def test_a_car_that_finishes_at_99_percent_has_what_was_asked_for() -> None:
    """A full battery says 99 % for hours: it is neither started again nor missed."""
    full = {fields.BATTERY_LEVEL: 99, fields.CHARGING_STATE: "complete"}
    garage = Garage([rule(target_soc=100)], limit=100, level=99, said=full)
    garage.until("07:15", days=1)
    assert garage.view.reason.why is ChargeWhy.REACHED
    garage.until("09:00", days=1)
    assert garage.commands == []
    assert garage.told == []


def test_the_cheapest_hours_are_taken() -> None:
    """As long as it takes, where it is cheapest, before the deadline."""
    garage = Garage(
        [rule(price=CHEAPEST)],
        rates={"sensor.price": hours(at("18:00"), NIGHT)},
    ).until("08:00", days=1)
    assert garage.drawing("18:00", "08:00", to=1) == "............####..##........"
    assert ChargeWhy.CHEAP in garage.reasons


def test_prices_of_quarters_are_taken_as_well_as_those_of_hours() -> None:
    """A dear quarter among cheap ones is not worth a stop and a start."""
    quarters = [price for price in NIGHT for _ in range(4)]
    first = hours(at("18:00"), NIGHT)[0].start
    rates = tuple(
        type(one)(
            start=first + (one.start - first) / 4,
            end=first + (one.end - first) / 4,
            price=one.price,
        )
        for one in hours(first, quarters)
    )
    garage = Garage([rule(price=CHEAPEST)], rates={"sensor.price": rates})
    garage.until("08:00", days=1)
    assert garage.drawing("18:00", "08:00", to=1) == "............####..##........"


def test_without_prices_the_latest_safe_start_is_taken() -> None:
    """Prices that are missing cost no deadline."""
    garage = Garage([rule(price=CHEAPEST)]).until("08:00", days=1)
    assert garage.drawing("18:00", "08:00", to=1) == "....................######.."


def test_prices_that_come_late_change_the_plan() -> None:
    """A plan without prices gives way to one with them."""
    garage = Garage([rule(price=CHEAPEST)]).until("22:00")
    garage.rates = {"sensor.price": hours(at("18:00"), NIGHT)}
    garage.until("08:00", days=1)
    assert garage.drawing("18:00", "08:00", to=1) == "............####..##........"


def test_negative_prices_are_the_cheapest() -> None:
    """What is paid for being taken is taken first."""
    prices = [0.1] * 8 + [-0.05, -0.2, -0.1] + [0.1] * 8
    garage = Garage(
        [rule(price=CHEAPEST)],
        rates={"sensor.price": hours(at("18:00"), prices)},
    ).until("08:00", days=1)
    assert garage.drawing("18:00", "08:00", to=1) == "................######......"


def test_below_its_cap_it_charges_whenever_it_is_cheap_enough() -> None:
    """The cap decides, not how long it takes."""
    below = {"entity": "sensor.price", "mode": "below_cap", "cap": 0.11}
    garage = Garage(
        [rule(price=below)],
        level=75,
        rates={"sensor.price": hours(at("18:00"), NIGHT)},
    ).until("08:00", days=1)
    assert garage.drawing("18:00", "08:00", to=1)[12:14] == "#."
    assert garage.level == 80


def test_what_is_cheap_enough_does_not_suffice_for_a_deadline() -> None:
    """Whatever is missing is charged at the latest safe start."""
    below = {"entity": "sensor.price", "mode": "below_cap", "cap": 0.06}
    garage = Garage(
        [rule(price=below)],
        level=20,
        rates={"sensor.price": hours(at("18:00"), NIGHT)},
    ).until("08:00", days=1)
    assert garage.level == 80
    assert garage.drawing("03:00", "04:00", days=1, to=1) == "##"


def test_a_price_rule_without_a_time_takes_the_cheapest_of_its_day() -> None:
    """The day is the window."""
    day = rule(ready_by=None, price=CHEAPEST, days=["tue"])
    prices = [0.3] * 20 + [0.1] * 3 + [0.3] * 8
    garage = Garage([day], rates={"sensor.price": hours(at("18:00"), prices)})
    garage.until("23:00", days=1)
    assert garage.drawing("12:00", "20:00", days=1, to=1) == "....######......"


def test_a_windowed_rule_takes_the_cheapest_of_its_window() -> None:
    """A price is looked for where the rule allows it."""
    night = rule(price=CHEAPEST, windows=[window("22:00", "03:00")])
    garage = Garage(
        [night], level=60, rates={"sensor.price": hours(at("18:00"), NIGHT)}
    ).until("08:00", days=1)
    assert garage.drawing("22:00", "03:00", to=1) == "....###..."


def test_a_deadline_with_windows_is_met_within_them() -> None:
    """The windows limit the night, and the deadline the day."""
    night = rule(ready_by="07:30:00", windows=[window("22:00", "02:00")])
    garage = Garage([night], level=60).until("08:00", days=1)
    assert garage.drawing("22:00", "03:00", to=1) == ".....###.."


def test_a_slow_socket_begins_before_the_evening() -> None:
    """What takes longer than a night begins when the deadline before is over."""
    garage = Garage([rule(amps=5)], level=10, kw=3.4, now=at("08:00"))
    garage.until("08:00", days=1)
    assert garage.level == 80
    assert garage.charged[0] < at("14:00")


def test_a_restart_in_the_middle_sends_nothing() -> None:
    """Where everything is as it should be there is nothing to say."""
    garage = Garage([rule(windows=[window("22:00", "06:00")])], level=20)
    garage.until("23:00")
    sent = len(garage.sent)
    garage.restart().until("23:30").restart().until("00:30", days=1)
    assert len(garage.sent) == sent
    assert garage.charging


def test_a_program_that_was_off_during_the_window_changes_nothing_after_it() -> None:
    """A window that has passed is not made up for."""
    garage = Garage([rule(windows=[window("19:00", "21:00")])], level=20)
    garage.now = at("22:00")
    garage.stirs().until("03:00", days=1)
    assert garage.charged == []
    assert garage.commands == []


def test_the_same_weekday_next_week_is_seen() -> None:
    """A rule for one day shows the next week's after today's time."""
    monday = rule(windows=[window("10:00", "12:00")], days=["mon"])
    garage = Garage([monday], now=at("13:00"), level=50)
    assert garage.view.next_start == at("10:00", days=7)


def test_a_rule_that_is_edited_after_todays_time_waits_for_tomorrow() -> None:
    """What is over is over, also for a rule that is made later."""
    garage = Garage([rule(windows=[window("14:00", "15:00")])], now=at("15:30"))
    garage.rules = [rule(windows=[window("13:00", "15:15")])]
    garage.until("17:00")
    assert garage.charged == []
    assert garage.view.next_start == at("13:00", days=1)


@pytest.mark.parametrize("level", [20.0, 35.0, 50.0, 65.0])
def test_prices_that_go_up_and_down_do_not_have_it_start_all_the_time(
    level: float,
) -> None:
    """Two starts a night at most: each may be a wake."""
    prices = [0.1, 0.3] * 8
    garage = Garage(
        [rule(price=CHEAPEST)],
        level=level,
        learned=Learned(),
        rates={"sensor.price": hours(at("18:00"), prices)},
    ).until("08:00", days=1)
    assert garage.commands.count("charge_start") <= 2
    assert garage.level == 80


@pytest.mark.parametrize(
    ("hours_of_night", "level", "drawn"),
    [
        pytest.param(
            [0.1, 0.3] * 8, 20, "##..##......................", id="the first two"
        ),
        pytest.param(
            [0.1, 0.3, 0.1, 0.3, 0.1, 0.1, 0.3, 0.1, 0.3, 0.3],
            20,
            "##......####................",
            id="a long one, and the first of the short ones",
        ),
        pytest.param(
            [0.1, 0.3, 0.1, 0.3, 0.1, 0.1, 0.3, 0.1, 0.3, 0.3],
            75,
            "#...........................",
            id="the first that suffices",
        ),
    ],
)
def test_what_is_cheap_now_and_then_does_not_have_it_start_all_the_time(
    hours_of_night: list[float], level: float, drawn: str
) -> None:
    """Two starts a night at most by a cap, too: the longest, and of those the first."""
    below = {"entity": "sensor.price", "mode": "below_cap", "cap": 0.11}
    night = rule(price=below, windows=[window("18:00", "08:00")])
    garage = Garage(
        [night],
        level=level,
        now=at("17:30"),
        rates={"sensor.price": hours(at("18:00"), hours_of_night)},
    ).until("08:00", days=1)
    assert garage.drawing("18:00", "08:00", to=1) == drawn
    assert garage.commands.count("charge_start") <= 2


def test_what_is_cheap_now_and_then_leaves_a_start_for_the_deadline() -> None:
    """Ready in time, after two starts at most."""
    below = {"entity": "sensor.price", "mode": "below_cap", "cap": 0.11}
    garage = Garage(
        [rule(price=below)],
        level=20,
        rates={"sensor.price": hours(at("18:00"), [0.1, 0.3] * 7)},
    ).until("08:00", days=1)
    assert garage.level == 80
    assert garage.commands.count("charge_start") <= 2


def test_a_word_of_long_ago_does_not_keep_it_from_starting() -> None:
    """A car that sleeps does not charge, whatever it said when it was last heard."""
    garage = Garage([rule(windows=[window("23:00", "06:00")])], level=20)
    garage.app(charging=True)
    garage.charging = False
    garage.memory = Memory()
    garage.until("23:30")
    assert garage.charging
