"""The calendar of a car: the week that rules mean, as owners see and change it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import State
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.fleet_pulse.rules.climate_memory import Once
from custom_components.fleet_pulse.rules.memory import OneOff
from custom_components.fleet_pulse.rules.view import Matter

from .entities import read
from .household import Household
from .rules import MORNING, NIGHT, add_rule, live_here, remove_rule, runner

HOUR: Final = 3600
WEEK: Final = timedelta(days=7)
WEEKDAYS: Final = ["mon", "tue", "wed", "thu", "fri"]


class Diary:
    """The calendar of the first car, through Home Assistant's own page."""

    def __init__(
        self, home: Household, connect: WebSocketGenerator, token: str
    ) -> None:
        """Look at nothing yet."""
        self.home = home
        self._connect = connect
        self._signed_in = home.hass.auth.async_validate_access_token(token)
        self.id = home.entity_id("calendar", "rules")

    @property
    def state(self) -> State:
        """Give what is under way, or else comes next."""
        return self.home.state("calendar", "rules")

    async def events(self, length: timedelta = WEEK) -> list[dict[str, Any]]:
        """Give what lies in the days ahead, as the page of the calendar gets it."""
        now = dt_util.now()
        async with self.page() as page:
            await page.send_json_auto_id(
                {
                    "type": "calendar/event/subscribe",
                    "entity_id": self.id,
                    "start": (now - WEEK).isoformat(),
                    "end": (now + length).isoformat(),
                }
            )
            assert (await page.receive_json())["success"]
            told = await page.receive_json()
            found: list[dict[str, Any]] = told["event"]["events"]
        return found

    @asynccontextmanager
    async def page(self) -> AsyncIterator[MockHAClientWebSocket]:
        """Open the page: whoever looked yesterday has signed in again since."""
        assert self._signed_in is not None
        token = self.home.hass.auth.async_create_access_token(self._signed_in)
        page = await self._connect(self.home.hass, token)
        yield page
        await page.close()
        await self.home.settle()

    async def days(self) -> list[str]:
        """Give when each event ends, by the day of the week."""
        return [f"{_at(one['end']):%a %H:%M}" for one in await self.events()]

    async def ask(self, kind: str, **data: Any) -> dict[str, Any]:
        """Ask for a change, and give the answer."""
        async with self.page() as page:
            await page.send_json_auto_id(
                {"type": f"calendar/event/{kind}", "entity_id": self.id, **data}
            )
            answer: dict[str, Any] = await page.receive_json()
        return answer

    async def delete(self, event: dict[str, Any]) -> dict[str, Any]:
        """Delete an event."""
        return await self.ask("delete", uid=event["uid"])

    async def move(
        self, event: dict[str, Any], start: datetime, end: datetime
    ) -> dict[str, Any]:
        """Move an event elsewhere."""
        return await self.ask(
            "update",
            uid=event["uid"],
            event={
                "summary": event["summary"],
                "dtstart": start.isoformat(),
                "dtend": end.isoformat(),
            },
        )


def _at(written: str) -> datetime:
    """Give a moment of the page on the wall of the house."""
    return dt_util.as_local(datetime.fromisoformat(written))


@pytest.fixture
def diary(
    home: Household, hass_ws_client: WebSocketGenerator, hass_access_token: str
) -> Diary:
    """Give the calendar of the first car."""
    return Diary(home, hass_ws_client, hass_access_token)


@pytest.fixture
async def morning(home: Household) -> str:
    """Have 80 % on weekdays by half past seven."""
    home.car.plug("ac")
    return await add_rule(home, "Commute", MORNING)


async def test_without_rules_it_is_empty(diary: Diary) -> None:
    """There is a calendar, and nothing in it."""
    assert diary.state.state == "off"
    assert await diary.events() == []


async def test_the_week_is_shown(diary: Diary, morning: str) -> None:
    """Each weekday has its night, and the weekend has none."""
    assert await diary.days() == [
        "Tue 07:30",
        "Wed 07:30",
        "Thu 07:30",
        "Fri 07:30",
        "Mon 07:30",
    ]


async def test_an_event_says_what_and_why(diary: Diary, morning: str) -> None:
    """The rule, its target, and for the next one the reason that its sensor shows."""
    first, second, *_ = await diary.events()

    assert first["summary"] == "Commute: charge to 80 %"
    assert first["description"]
    assert "description" not in second


async def test_the_state_is_what_comes_next(diary: Diary, morning: str) -> None:
    """Off until it begins, with its times for automations."""
    assert diary.state.state == "off"
    assert diary.state.attributes["message"] == "Commute: charge to 80 %"


async def test_it_costs_nothing(diary: Diary, morning: str) -> None:
    """Looking at the calendar asks Tesla for nothing."""
    before = diary.home.cloud.bill.counts()

    await diary.events()

    assert diary.home.cloud.bill.counts() == before


async def test_a_deleted_event_does_not_take_place(diary: Diary, morning: str) -> None:
    """That day is left out; the others stay."""
    first, *_ = await diary.events()

    answer = await diary.delete(first)

    assert answer["success"]
    assert await diary.days() == ["Wed 07:30", "Thu 07:30", "Fri 07:30", "Mon 07:30"]


async def test_what_was_deleted_stays_away_after_a_restart(
    diary: Diary, morning: str
) -> None:
    """It is on disk when the page says that it was deleted."""
    first, *_ = await diary.events()
    await diary.delete(first)

    await diary.home.hass.config_entries.async_reload(diary.home.entry.entry_id)
    await diary.home.settle()

    assert (await diary.days())[0] == "Wed 07:30"


async def test_a_moved_event_takes_place_elsewhere(diary: Diary, morning: str) -> None:
    """It is then, and no longer at its usual time; the other days stay."""
    first, *_ = await diary.events()
    start = dt_util.now().replace(hour=12, minute=0, second=0, microsecond=0)

    answer = await diary.move(first, start, start + timedelta(hours=9))

    assert answer["success"]
    moved, *others = await diary.events()
    assert _at(moved["start"]) == start
    assert [f"{_at(one['end']):%a}" for one in others] == ["Wed", "Thu", "Fri", "Mon"]


async def test_a_moved_event_can_be_moved_again(diary: Diary, morning: str) -> None:
    """What was moved once is asked for once, and may be at any other time."""
    start = dt_util.now().replace(hour=12, minute=0, second=0, microsecond=0)
    first, *_ = await diary.events()
    await diary.move(first, start, start + timedelta(hours=9))
    moved, *_ = await diary.events()

    later = start + timedelta(hours=1)

    answer = await diary.move(moved, later, later + timedelta(hours=9))

    assert answer["success"]
    again, follows, *_ = await diary.events()
    assert _at(again["start"]) == later
    assert f"{_at(follows['end']):%a}" == "Wed"


async def test_a_moved_event_can_be_deleted(diary: Diary, morning: str) -> None:
    """Then that day is left out altogether."""
    start = dt_util.now().replace(hour=12, minute=0, second=0, microsecond=0)
    first, *_ = await diary.events()
    await diary.move(first, start, start + timedelta(hours=9))
    moved, *_ = await diary.events()

    answer = await diary.delete(moved)

    assert answer["success"]
    assert (await diary.days())[0] == "Wed 07:30"


async def test_what_was_asked_for_once_can_be_deleted(diary: Diary) -> None:
    """A one-off is in the calendar, and with its event it is gone."""
    car = diary.home.old_car
    diary.id = diary.home.entity_id("calendar", "rules", car)
    car.plug("ac")
    await read(diary.home)
    await live_here(diary.home)
    once = OneOff(
        id="trip",
        name="Trip",
        target_soc=90,
        ready_by=dt_util.utcnow() + timedelta(hours=20),
    )
    await runner(diary.home).async_apply_once(car.vin, once)
    event, *_ = await diary.events()
    assert event["summary"] == "Trip: charge to 90 %"

    answer = await diary.delete(event)

    assert answer["success"]
    assert await diary.events() == []


async def test_what_was_asked_for_once_can_be_moved(diary: Diary) -> None:
    """It is asked for anew, for the other time."""
    car = diary.home.old_car
    diary.id = diary.home.entity_id("calendar", "rules", car)
    await read(diary.home)
    await live_here(diary.home)
    start = dt_util.utcnow() + timedelta(hours=10)
    once = OneOff(id="trip", target_soc=90, start=start, name="Trip")
    await runner(diary.home).async_apply_once(car.vin, once)
    event, *_ = await diary.events()
    later = start + timedelta(hours=5)

    answer = await diary.move(event, later, later + timedelta(hours=9))

    assert answer["success"]
    (moved,) = await diary.events()
    assert moved["summary"] == "Trip: charge to 90 %"
    assert _at(moved["start"]) >= later


@pytest.fixture
async def leaving(diary: Diary) -> Diary:
    """Leave on weekdays at half past seven."""
    car = diary.home.old_car
    data = {"source": "weekly", "days": WEEKDAYS, "at": "07:30:00"}
    await add_rule(diary.home, "Work", data, matter=Matter.PRECONDITIONING, car=car)
    diary.id = diary.home.entity_id("calendar", "rules", car)
    return diary


async def test_departures_are_shown(leaving: Diary) -> None:
    """When the cabin is to be ready, on each of the days."""
    first, *_ = await leaving.events()

    assert first["summary"] == "Work: prepare the cabin"
    assert (await leaving.days())[:2] == ["Tue 07:30", "Wed 07:30"]


async def test_a_deleted_departure_is_skipped(leaving: Diary) -> None:
    """That morning is left out; the others stay."""
    first, *_ = await leaving.events()

    assert (await leaving.delete(first))["success"]

    assert (await leaving.days())[0] == "Wed 07:30"


async def test_a_departure_can_be_moved_twice_and_deleted(leaving: Diary) -> None:
    """It is at the other time each time, and then not at all."""
    first, *_ = await leaving.events()
    end = dt_util.now().replace(hour=20, minute=0, second=0, microsecond=0)
    before = timedelta(minutes=30)

    assert (await leaving.move(first, end - before, end))["success"]
    assert (await leaving.days())[:2] == ["Mon 20:00", "Wed 07:30"]
    moved, *_ = await leaving.events()
    later = end + timedelta(hours=1)
    assert (await leaving.move(moved, later - before, later))["success"]
    assert (await leaving.days())[:2] == ["Mon 21:00", "Wed 07:30"]
    again, *_ = await leaving.events()
    assert (await leaving.delete(again))["success"]

    assert (await leaving.days())[0] == "Wed 07:30"


async def test_a_comfort_asked_for_by_an_action_is_not_moved(leaving: Diary) -> None:
    """The calendar does not know how warm it was to be, and says what to do."""
    once = Once(id="once", name="Trip", at=dt_util.utcnow() + timedelta(hours=9))
    await runner(leaving.home).async_precondition(leaving.home.old_car.vin, once)
    event, *_ = await leaving.events()
    assert event["summary"] == "Trip: prepare the cabin"
    start = dt_util.now() + timedelta(hours=3)

    moved = await leaving.move(event, start, start + timedelta(hours=1))
    deleted = await leaving.delete(event)

    assert "ask for it again" in moved["error"]["message"]
    assert deleted["success"]
    assert (await leaving.days())[0] == "Tue 07:30"


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        pytest.param("2020-01-01", "2020-01-02", "whole days", id="whole days"),
        pytest.param(
            "2020-01-01T10:00:00+00:00",
            "2020-01-01T12:00:00+00:00",
            "over already",
            id="a time that is over",
        ),
        pytest.param(
            "9999-12-30T10:00:00+00:00",
            "9999-12-30T12:00:00+00:00",
            "too far ahead",
            id="the end of time",
        ),
    ],
)
async def test_a_time_that_cannot_be(
    diary: Diary, morning: str, start: str, end: str, says: str
) -> None:
    """The page says why, and nothing changes."""
    first, *_ = await diary.events()

    answer = await diary.ask(
        "update",
        uid=first["uid"],
        event={"summary": first["summary"], "dtstart": start, "dtend": end},
    )

    assert says in answer["error"]["message"]
    assert (await diary.days())[0] == "Tue 07:30"


async def test_an_event_does_not_become_many(diary: Diary, morning: str) -> None:
    """Its rule says on which days it is; the page says so, and nothing changes."""
    first, *_ = await diary.events()
    times = {"dtstart": first["start"], "dtend": first["end"]}

    answer = await diary.ask(
        "update",
        uid=first["uid"],
        event={"summary": first["summary"], **times, "rrule": "FREQ=DAILY"},
    )

    assert "in its rule" in answer["error"]["message"]
    assert (await diary.days())[:2] == ["Tue 07:30", "Wed 07:30"]


async def test_whoever_looks_far_ahead_is_shown_some_years(
    diary: Diary, morning: str
) -> None:
    """Nobody waits for the end of time."""
    answer = await diary.home.hass.services.async_call(
        "calendar",
        "get_events",
        {
            "entity_id": diary.id,
            "start_date_time": "2031-01-01 00:00:00",
            "end_date_time": "9999-12-31 23:59:59",
        },
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    found: Any = answer[diary.id]
    assert 0 < len(found["events"]) < 300


async def test_what_is_gone_cannot_be_changed(diary: Diary, morning: str) -> None:
    """A page that was open while the rule was deleted says so."""
    first, *_ = await diary.events()
    await remove_rule(diary.home, morning)

    answer = await diary.delete(first)

    assert "no longer planned" in answer["error"]["message"]


@pytest.mark.parametrize("uid", ["", "rule", "rule/soon/1/x", "once"])
async def test_what_never_was_cannot_be_changed(diary: Diary, uid: str) -> None:
    """Whatever a page sends, the calendar answers in words."""
    answer = await diary.ask("delete", uid=uid)

    assert "no longer planned" in answer["error"]["message"]


async def test_a_one_off_that_is_gone_cannot_be_moved(
    diary: Diary, morning: str
) -> None:
    """It was removed while the page was open."""
    first, *_ = await diary.events()
    start = dt_util.now() + timedelta(hours=1)

    answer = await diary.move(
        {**first, "uid": "once/2026-01-01/1/trip"}, start, start + timedelta(hours=2)
    )

    assert "no longer planned" in answer["error"]["message"]


@pytest.fixture
async def charging(diary: Diary) -> Diary:
    """Have a rule charge the car that keeps no schedules, at night."""
    car = diary.home.old_car
    car.parts.battery.soc = 70
    await diary.home.pass_time(16 * HOUR, 600)
    await add_rule(diary.home, "Night", NIGHT, car=car)
    car.plug("ac")
    diary.id = diary.home.entity_id("calendar", "rules", car)
    await diary.home.until(
        lambda: diary.home.state("calendar", "rules", car).state == "on",
        within=3 * HOUR,
    )
    await diary.home.pass_time(60)
    return diary


async def test_while_a_rule_charges_the_calendar_is_on(charging: Diary) -> None:
    """On from the beginning to the end, for automations that go by that."""
    assert charging.home.old_car.charging_state == "Charging"


async def test_charging_that_begins_late_belongs_to_its_night(diary: Diary) -> None:
    """It is one event; deleting it leaves out this night, and not the next one."""
    home, car = diary.home, diary.home.old_car
    diary.id = home.entity_id("calendar", "rules", car)
    await add_rule(home, "Night", NIGHT, car=car)
    await home.until(lambda: dt_util.now().hour == 1, within=24 * HOUR)
    car.plug("ac")
    await home.pass_time(600, 60)
    assert car.charging_state == "Charging"
    under_way, *coming = await diary.events(timedelta(days=2))
    assert _at(under_way["start"]).hour == 1
    assert [f"{_at(one['start']):%a %H:%M}" for one in coming] == [
        "Tue 23:00",
        "Wed 23:00",
    ]

    assert (await diary.delete(under_way))["success"]

    await home.pass_time(300, 60)
    assert car.charging_state == "Stopped"
    _, *left = await diary.events(timedelta(days=2))
    assert [one["uid"] for one in left] == [one["uid"] for one in coming]


async def test_each_window_of_a_day_is_an_event(diary: Diary) -> None:
    """With its own times, also while the other one is under way."""
    home, car = diary.home, diary.home.old_car
    diary.id = home.entity_id("calendar", "rules", car)
    hours = (("12:00:00", "13:00:00"), ("15:00:00", "16:00:00"))
    windows = [{"start": start, "end": end} for start, end in hours]
    rule = {"days": ["mon"], "windows": windows, "target_soc": 100}
    car.plug("ac")
    await read(home)
    await home.pass_time(600, 60)
    await add_rule(home, "Two", rule, car=car)
    assert await diary.days() == ["Mon 13:00", "Mon 16:00"]
    await home.until(lambda: dt_util.now().hour == 12, within=5 * HOUR)
    await home.pass_time(300, 60)
    assert car.charging_state == "Charging"
    events = await diary.events(timedelta(days=2))
    assert [_at(one["start"]).hour for one in events] == [12, 15]


async def test_charging_asked_for_once_is_ended_by_deleting_it(diary: Diary) -> None:
    """Also while it is under way, and without a name of its own."""
    home, car = diary.home, diary.home.old_car
    diary.id = home.entity_id("calendar", "rules", car)
    await live_here(home)
    car.plug("ac")
    car.operate("charge_stop")
    await home.pass_time(1200, 60)
    once = OneOff(id="once", target_soc=100, made_at=dt_util.utcnow())
    await runner(home).async_apply_once(car.vin, once)
    await home.pass_time(300, 60)
    assert car.charging_state == "Charging"
    (event,) = await diary.events()
    assert event["summary"] == "Charge to 100 %"

    assert (await diary.delete(event))["success"]

    await home.pass_time(300, 60)
    assert car.charging_state == "Stopped"


async def test_past_charging_is_shown_and_stays(charging: Diary) -> None:
    """What took place is in the calendar with its times, and cannot be changed."""
    await charging.home.pass_time(9 * HOUR, 300)
    event = next(iter(await charging.events()))
    start = dt_util.now() + timedelta(hours=1)

    deleted = await charging.delete(event)
    moved = await charging.move(event, start, start + timedelta(hours=1))

    assert event["summary"] == "Night: charge to 80 %"
    assert _at(event["end"]) < dt_util.now()
    assert "is over" in deleted["error"]["message"]
    assert "is over" in moved["error"]["message"]
