"""Rules as schedules of a car: what it would do for itself is what the rules say."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.model.car_schedule import CarSchedule
from custom_components.fleet_pulse.model.field import Location
from custom_components.fleet_pulse.model.schedule_id import (
    is_of_rules,
    rule_ids,
    schedule_id,
)
from custom_components.fleet_pulse.planner.window import wall_span
from custom_components.fleet_pulse.rules.charge_rule import (
    ChargeRule,
    Price,
    Solar,
    WallWindow,
)
from custom_components.fleet_pulse.rules.departure import Departure, Source
from custom_components.fleet_pulse.rules.departures import Leaving, departures
from custom_components.fleet_pulse.rules.memory import (
    HeldBy,
    Hold,
    Memory,
    OneOff,
    Skip,
)
from custom_components.fleet_pulse.rules.occurrence import occurrences
from tests.fake_fleet.onboard import ChargeSchedule
from tests.fake_fleet.windows import charge_windows

from .in_the_car import (
    BERLIN,
    HOME,
    NIGHT,
    PLACES,
    TUESDAY,
    VIN,
    WEEKDAYS,
    WORK,
    compile_all,
    kept,
    rule,
    shown,
    situation,
)

HOUR: Final = timedelta(hours=1)
NOON: Final = datetime(2026, 11, 24, 11, tzinfo=UTC)
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
ZONES: Final = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
)
COMMUTE: Final = Departure(
    id="commute",
    name="Commute",
    vin=VIN,
    source=Source.WEEKLY,
    days=WEEKDAYS,
    at=time(7, 30),
)


@pytest.mark.parametrize(
    ("wanted", "schedules"),
    [
        pytest.param(rule(), ["mo tu we th fr 23:00-06:00"], id="a window over night"),
        pytest.param(
            rule(
                days=frozenset({5, 6}),
                windows=(WallWindow(start=time(10), end=time(16)),),
            ),
            ["su sa 10:00-16:00"],
            id="a window by day at the weekend",
        ),
        pytest.param(
            rule(
                windows=(
                    WallWindow(start=time(1), end=time(5)),
                    WallWindow(start=time(13), end=time(15, 30)),
                )
            ),
            ["mo tu we th fr 01:00-05:00", "mo tu we th fr 13:00-15:30"],
            id="each window of its own",
        ),
        pytest.param(
            rule(
                days=frozenset({0}), windows=(WallWindow(start=time(0), end=time(0)),)
            ),
            ["mo 00:00-00:00"],
            id="a whole day",
        ),
        pytest.param(
            rule(dates=frozenset({date(2026, 11, 26), date(2026, 12, 24)})),
            ["th 23:00-06:00 once"],
            id="a date in the coming week, once; a later one not yet",
        ),
        pytest.param(
            rule(days=frozenset(), floor_soc=30), [], id="no days, only a floor"
        ),
        pytest.param(
            rule(price=Price(entity="sensor.price")),
            [],
            id="prices are for us to follow",
        ),
        pytest.param(
            rule(solar=Solar(entity="sensor.sun")), [], id="the sun is for us to follow"
        ),
        pytest.param(
            rule(ready_by=time(7, 30), windows=(NIGHT,)),
            [],
            id="only a part of a window may be needed",
        ),
        pytest.param(rule(zones=()), [], id="a car's schedule needs a place"),
        pytest.param(rule(zones=("zone.gone",)), [], id="a place that nobody knows"),
        pytest.param(
            rule(dry_run=True), [], id="a rule that only says what it would do"
        ),
        pytest.param(
            rule(expires=date(2026, 11, 1)), [], id="a rule whose time is over"
        ),
        pytest.param(
            rule(skip_dates=frozenset({date(2026, 11, 26)})),
            ["mo tu we fr 23:00-06:00"],
            id="the next Thursday is left out",
        ),
        pytest.param(
            rule(skip_dates=frozenset({date(2026, 12, 3)})),
            ["mo tu we th fr 23:00-06:00"],
            id="a Thursday after the next one not yet",
        ),
        pytest.param(
            rule(expires=date(2026, 11, 26)),
            ["tu we th 23:00-06:00"],
            id="the last days before it expires",
        ),
    ],
)
def test_a_rule_becomes_schedules(wanted: ChargeRule, schedules: list[str]) -> None:
    """Days, start and end on the car's own clock; nothing where it cannot be said."""
    assert [shown(one) for one in compile_all(wanted)] == schedules


@pytest.mark.parametrize(
    ("level", "schedules"),
    [
        # 30 % of 75 kWh at 16 A and 230 V take 6 h 48 min, and a tenth more.
        pytest.param(50, ["mo tu we th fr 00:01-08:30"], id="half full"),
        pytest.param(20, ["su mo tu we th 16:33-08:30"], id="nearly empty"),
        pytest.param(
            80, ["mo tu we th fr 03:30-08:30"], id="full: as long as is usual"
        ),
        pytest.param(None, ["mo tu we th fr 03:30-08:30"], id="nobody knows"),
    ],
)
def test_ready_by_becomes_a_window_of_the_size_it_takes(
    level: int | None, schedules: list[str]
) -> None:
    """It begins as late as is safe, the evening before if need be, and goes on a while."""
    around = situation(now=NOON, said={"battery_level": level})

    found = compile_all(rule(ready_by=time(7, 30)), around=around)

    assert [shown(one) for one in found] == schedules
    assert [one.is_sized for one in found] == [True]


def test_more_than_a_night_is_not_more_than_a_day() -> None:
    """A car's window ends before it begins again."""
    said = {"battery_level": 1, "charge_current_request": 5, "charger_phases": 1}
    around = situation(now=NOON - 3 * HOUR, said=said)

    (found,) = compile_all(rule(ready_by=time(7, 30)), around=around)

    assert shown(found) == "su mo tu we th 09:30-08:30"


def test_a_start_that_has_passed_is_in_a_moment() -> None:
    """A car does not look back for what it should have begun."""
    around = situation(said={"battery_level": 20})

    (found,) = compile_all(rule(ready_by=time(7, 30)), around=around)

    assert shown(found) == "su mo tu we th 18:03-08:30"


SIZED: Final = kept(start=3 * 60, end=8 * 60 + 30)


@pytest.mark.parametrize(
    ("around", "start"),
    [
        pytest.param(situation(SIZED), "00:01", id="plugged in, it is sized anew"),
        pytest.param(
            situation(
                SIZED, said={"cable_connected": False, "charging_state": "disconnected"}
            ),
            "03:00",
            id="unplugged, it stays",
        ),
        pytest.param(
            situation(SIZED, zones=frozenset({"zone.work"})),
            "03:00",
            id="away, it stays",
        ),
        pytest.param(
            situation(SIZED, now=datetime(2026, 11, 25, 3, tzinfo=UTC)),
            "03:00",
            id="under way, it stays",
        ),
        pytest.param(
            situation(kept(start=16 * 60, end=8 * 60 + 30)),
            "00:01",
            id="under way, but stopped again because it is too early",
        ),
        pytest.param(
            situation(
                kept(start=16 * 60, end=8 * 60 + 30),
                said={"charging_state": "charging"},
            ),
            "16:00",
            id="under way and charging, though early, it stays",
        ),
        pytest.param(
            situation(SIZED, said={"battery_level": 80}), "03:00", id="full, it stays"
        ),
        pytest.param(
            situation(SIZED, said={"charging_state": "charging"}),
            "03:00",
            id="charging for somebody, it stays",
        ),
        pytest.param(
            situation(SIZED, now=datetime(2026, 11, 27, 17, tzinfo=UTC)),
            "03:00",
            id="on Friday, Monday's stays",
        ),
    ],
)
def test_a_window_is_sized_when_a_car_comes_home(around: Any, start: str) -> None:
    """With whatever level it has then; a charge that has begun is not moved."""
    (found,) = compile_all(rule(ready_by=time(7, 30)), around=around)

    assert shown(found).split()[-1] == f"{start}-08:30"


@pytest.mark.parametrize(
    ("memory", "schedules"),
    [
        pytest.param(Memory(disabled=frozenset({"nights"})), [], id="switched off"),
        pytest.param(
            Memory(skipped=frozenset({Skip(rule="nights", day=date(2026, 11, 24))})),
            ["mo we th fr 23:00-06:00"],
            id="tonight is skipped",
        ),
        pytest.param(
            Memory(skipped=frozenset({Skip(rule="others", day=date(2026, 11, 24))})),
            ["mo tu we th fr 23:00-06:00"],
            id="another rule's night is skipped",
        ),
        pytest.param(
            Memory(hold=Hold(by=HeldBy.STOP, since=TUESDAY)),
            ["mo we th fr 23:00-06:00"],
            id="held without an end: tonight",
        ),
        pytest.param(
            Memory(
                hold=Hold(by=HeldBy.REQUEST, since=TUESDAY, until=TUESDAY + 2 * DAY)
            ),
            ["mo th fr 23:00-06:00"],
            id="held for two days",
        ),
        pytest.param(
            Memory(
                hold=Hold(by=HeldBy.REQUEST, since=TUESDAY, until=TUESDAY - 2 * DAY)
            ),
            ["mo tu we th fr 23:00-06:00"],
            id="a hold that is over",
        ),
        pytest.param(
            Memory(held_until=TUESDAY + timedelta(hours=6)),
            ["mo we th fr 23:00-06:00"],
            id="a hold that ended in the middle of a night",
        ),
    ],
)
def test_what_the_owner_left_out_is_left_out(
    memory: Memory, schedules: list[str]
) -> None:
    """Switched off, skipped and held: the car does not do it either."""
    assert [shown(one) for one in compile_all(rule(), memory=memory)] == schedules


def test_a_held_night_is_not_the_one_to_size_for() -> None:
    """Whatever the owner charges tonight says nothing of tomorrow."""
    memory = Memory(hold=Hold(by=HeldBy.LIMIT, since=TUESDAY))

    (found,) = compile_all(
        rule(ready_by=time(7, 30)), memory=memory, around=situation(SIZED)
    )

    assert shown(found) == "mo tu th fr 03:00-08:30"


def test_a_hold_ends_with_the_next_time_to_be_ready() -> None:
    """This night is the owner's, the next one the rule's again."""
    memory = Memory(hold=Hold(by=HeldBy.LIMIT, since=TUESDAY))

    (found,) = compile_all(rule(ready_by=time(7, 30)), memory=memory)

    assert shown(found).split()[:-1] == ["mo", "tu", "th", "fr"]


@pytest.mark.parametrize(
    ("there", "said", "days"),
    [
        pytest.param([], {}, "mo tu th fr", id="left out until now, it is not begun"),
        pytest.param(
            [kept(start=180, end=510, days=54)],
            {},
            "mo tu th fr",
            id="left out in the car, it is not begun",
        ),
        pytest.param([SIZED], {}, "mo tu we th fr", id="missed, it goes on"),
        pytest.param(
            [SIZED],
            {"location": Location(*WORK), "cable_connected": False},
            "mo tu we th fr",
            id="driven off, it is not worth a command",
        ),
    ],
)
def test_the_hour_after_a_time_to_be_ready_is_for_what_was_missed(
    there: list[CarSchedule], said: dict[str, Any], days: str
) -> None:
    """A hold ends at that time, and its driver leaves soon."""
    now = datetime(2026, 11, 25, 6, 35, tzinfo=UTC)
    around = situation(*there, now=now, said=said)

    (found,) = compile_all(rule(ready_by=time(7, 30)), around=around)

    assert shown(found).rsplit(" ", 1)[0] == days


def test_a_night_under_way_is_still_there() -> None:
    """Until its end, nothing takes a window out of the car."""
    around = situation(now=datetime(2026, 11, 25, 2, tzinfo=UTC))

    (found,) = compile_all(rule(days=frozenset({1})), around=around)

    assert shown(found) == "tu 23:00-06:00"


def test_a_holiday_night_under_way_is_not() -> None:
    """Next week's same night does not count before this week's is over."""
    around = situation(now=datetime(2026, 11, 25, 2, tzinfo=UTC))
    today_off = rule(days=frozenset({1}), skip_dates=frozenset({date(2026, 11, 24)}))

    assert compile_all(today_off, around=around) == ()
    later = replace(around, now=datetime(2026, 11, 25, 5, tzinfo=UTC))
    assert [shown(one) for one in compile_all(today_off, around=later)] == [
        "tu 23:00-06:00"
    ]


def test_holidays_are_left_out_as_they_come_near() -> None:
    """What a workday entity says of the coming week."""
    around = situation(
        workdays={"binary_sensor.workday": {date(2026, 11, 26): False}},
    )
    worked = rule(workday_entity="binary_sensor.workday")

    assert [shown(one) for one in compile_all(worked, around=around)] == [
        "mo tu we fr 23:00-06:00"
    ]


def test_a_rule_whose_entity_is_gone_pauses_in_the_car_too() -> None:
    """Nobody knows any more which days are workdays."""
    around = situation(missing=frozenset({"binary_sensor.workday"}))

    assert (
        compile_all(rule(workday_entity="binary_sensor.workday"), around=around) == ()
    )


def test_every_place_has_its_schedule() -> None:
    """A car tells its schedules apart by where it stands."""
    found = compile_all(rule(zones=("zone.home", "zone.work")))

    assert [(one.schedule.latitude, one.schedule.longitude) for one in found] == [
        HOME,
        WORK,
    ]
    assert len({one.schedule.id for one in found}) == 2


def test_too_many_windows_are_left_to_commands() -> None:
    """A rule has so many numbers; what does not fit is not half in the car."""
    windows = tuple(WallWindow(start=time(h), end=time(h, 30)) for h in range(7))

    assert compile_all(rule(windows=windows, zones=tuple(PLACES))) == ()


def test_older_software_keeps_no_schedules() -> None:
    """Such a car is steered by commands."""
    assert compile_all(rule(), around=situation(takes_schedules=False)) == ()


@pytest.mark.parametrize(
    ("one", "schedules"),
    [
        pytest.param(
            OneOff(id="x", target_soc=90), [], id="at once is a command's business"
        ),
        pytest.param(
            OneOff(id="x", target_soc=60, ready_by=TUESDAY + 12 * HOUR),
            ["we 03:29-07:00 once"],
            id="by a time: as late as is safe",
        ),
        pytest.param(
            OneOff(
                id="x",
                target_soc=60,
                start=TUESDAY + 5 * HOUR,
                ready_by=TUESDAY + 12 * HOUR,
            ),
            ["tu 23:00-07:00 once"],
            id="an occurrence that was moved",
        ),
        pytest.param(
            OneOff(id="x", target_soc=60, start=TUESDAY + 9 * DAY),
            [],
            id="in nine days: not yet, a week has but seven names",
        ),
        pytest.param(
            OneOff(id="x", target_soc=60, ready_by=TUESDAY - 2 * HOUR),
            [],
            id="over",
        ),
    ],
)
def test_what_was_asked_for_once(one: OneOff, schedules: list[str]) -> None:
    """It is in the car once, if it has a time."""
    found = compile_all(memory=Memory(one_offs=(one,)))

    assert [shown(schedule) for schedule in found] == schedules


def leavings(departure: Departure = COMMUTE, **memory: Any) -> tuple[Leaving, ...]:
    """Return the departures of the coming week."""
    return departures(
        [departure],
        [],
        {},
        Memory(**memory),
        since=TUESDAY,
        until=TUESDAY + WEEK,
        zone=BERLIN,
    )


@pytest.mark.parametrize(
    ("found", "schedules"),
    [
        pytest.param(leavings(), ["mo tu we th fr -07:30"], id="weekly"),
        pytest.param(
            leavings(skipped=frozenset({Skip(rule="commute", day=date(2026, 11, 25))})),
            ["mo tu th fr -07:30"],
            id="tomorrow is skipped",
        ),
        pytest.param(leavings(disabled=frozenset({"commute"})), [], id="switched off"),
        pytest.param(
            leavings(replace(COMMUTE, weather="weather.home")),
            [],
            id="by the weather: for us to decide",
        ),
        pytest.param(
            leavings(replace(COMMUTE, zones=("zone.home", "zone.work"))),
            ["mo tu we th fr -07:30", "mo tu we th fr -07:30"],
            id="at both places",
        ),
    ],
)
def test_departures_become_schedules(
    found: tuple[Leaving, ...], schedules: list[str]
) -> None:
    """A fixed weekly departure needs nobody but the car."""
    compiled = compile_all(leavings=found)

    assert [shown(one) for one in compiled] == schedules


def test_a_departure_just_now_does_not_leave_the_week() -> None:
    """That of next week is known in a moment, and is not worth two commands."""
    around = situation(now=datetime(2026, 11, 25, 6, 30, 1, tzinfo=UTC))

    (found,) = compile_all(leavings=leavings(), around=around)

    assert shown(found) == "mo tu we th fr -07:30"


def test_numbers_of_rules_are_their_own() -> None:
    """They meet neither those of actions nor the seconds of Tesla's app."""
    app = int(datetime(2024, 6, 1, tzinfo=UTC).timestamp())

    assert rule_ids("a")[0] > 10**9
    assert rule_ids("a")[-1] < app
    assert not is_of_rules(schedule_id("charge", "nights"))
    assert not is_of_rules(app)
    assert all(is_of_rules(number) for number in rule_ids("a"))
    assert set(rule_ids("a")).isdisjoint(rule_ids("b"))


WINDOWS: Final = st.tuples(st.integers(0, 95), st.integers(0, 95)).filter(
    lambda pair: pair[0] != pair[1]
)


@example(
    "America/New_York",
    datetime(2027, 3, 14, 6, microsecond=1, tzinfo=UTC),
    {0, 1, 5, 6},
    set(),
    (8, 0),
)
@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)),
    st.sets(st.integers(0, 6)),
    st.sets(st.integers(-2, 12), max_size=4),
    WINDOWS,
)
def test_for_a_week_a_car_does_what_the_rule_says(
    zone: str,
    now: datetime,
    days: set[int],
    off: set[int],
    quarters: tuple[int, int],
) -> None:
    """Whatever the rule, its holidays and the moment; the car reckons by itself."""
    tz = ZoneInfo(zone)
    today = now.astimezone(tz).date()
    start, end = (time(q // 4, q % 4 * 15) for q in quarters)
    weekly = rule(
        days=frozenset(days),
        windows=(WallWindow(start=start, end=end),),
        skip_dates=frozenset(today + n * DAY for n in off),
    )
    around = situation(now=now, zone=tz)

    found = compile_all(weekly, around=around)

    rows = [
        ChargeSchedule(
            id=one.schedule.id,
            days_of_week=one.schedule.days,
            start_enabled=True,
            start_time=one.schedule.start or 0,
            end_enabled=True,
            end_time=one.schedule.end or 0,
        )
        for one in found
    ]
    runs = charge_windows(rows, now=now, zone=tz, needed=HOUR)
    until = now + 6 * DAY
    does = {
        run.start.astimezone(tz).date()
        for run in runs
        if run.end > now and run.start < until and run.start < run.end
    }
    says = {
        one.span.start.astimezone(tz).date()
        for one in occurrences(weekly, since=now, until=until, zone=tz, workdays={})
        if one.span.start < until and wall_span(one.day, start, end, tz).length
    }
    assert does == says
