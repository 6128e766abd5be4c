"""Many who ask at once: people, automations and rules, for two cars."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass
import random
from typing import Any, Final

from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Context, Event, HomeAssistant, callback
from homeassistant.setup import async_setup_component
import pytest

from custom_components.fleet_pulse.commander import Outcome
from custom_components.fleet_pulse.model import commands
from custom_components.fleet_pulse.model.command import Call
from tests.fake_fleet.car import Car
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.vehicle_side import Fault

from .garage import PERSON, RULE, Garage, town
from .household import Household

CALLS: Final = 500
WAVES: Final = 25
HEARD: Final = {"BUSY", "TIME_EXPIRED", "already_set", "handshake", "ok"}
"""What may come of a message; one under way grows old when the test's clock jumps."""
ASKS: Final = "somebody_asks"
AUTOMATION: Final[Mapping[str, Any]] = {
    "alias": "Do what the event says",
    "mode": "parallel",
    "max": CALLS,
    "triggers": [{"trigger": "event", "event_type": ASKS}],
    "actions": [
        {
            "action": "{{ trigger.event.data.action }}",
            "target": {"entity_id": "{{ trigger.event.data.entity_id }}"},
            "data": "{{ trigger.event.data.data }}",
        }
    ],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One thing that somebody wants of a car."""

    call: Call
    entity: tuple[str, str, str, Mapping[str, Any]] | None = None
    """Domain, action, key and data of the entity that does it, if one does."""


def _limit(dice: random.Random) -> Wish:
    """Drag the charge limit."""
    percent = dice.randint(50, 100)
    data = {"value": percent}
    return Wish(
        call=commands.SET_CHARGE_LIMIT.call(percent=percent),
        entity=("number", "set_value", "charge_limit_soc", data),
    )


def _amps(dice: random.Random) -> Wish:
    """Drag the charging current."""
    amps = dice.randint(5, 16)
    return Wish(
        call=commands.SET_CHARGING_AMPS.call(charging_amps=amps),
        entity=("number", "set_value", "charge_current_request", {"value": amps}),
    )


def _seat(dice: random.Random) -> Wish:
    """Heat one of two seats."""
    level, seat = dice.randint(0, 3), dice.randint(0, 1)
    return Wish(
        call=commands.REMOTE_SEAT_HEATER_REQUEST.call(level=level, seat_position=seat)
    )


def _honk(_: random.Random) -> Wish:
    """Honk: each counts."""
    return Wish(
        call=commands.HONK_HORN.call(), entity=("button", "press", "honk_horn", {})
    )


def _schedule(dice: random.Random) -> Wish:
    """Write one of four schedules."""
    return Wish(
        call=commands.ADD_PRECONDITION_SCHEDULE.call(
            id=dice.randint(1, 4),
            days_of_week="Monday,Tuesday",
            enabled=True,
            lat=52.5,
            lon=13.4,
            one_time=False,
            precondition_time=dice.randint(0, 1439),
        )
    )


def _window(dice: random.Random) -> Wish:
    """Vent or close."""
    command = dice.choice(("vent", "close"))
    return Wish(call=commands.WINDOW_CONTROL.call(command=command))


def _sentry(dice: random.Random) -> Wish:
    """Guard or not."""
    return Wish(call=commands.SET_SENTRY_MODE.call(on=dice.choice((True, False))))


def _lock(dice: random.Random) -> Wish:
    """Lock or unlock."""
    return Wish(call=dice.choice((commands.DOOR_LOCK, commands.DOOR_UNLOCK)).call())


WISHES: Final[tuple[Callable[[random.Random], Wish], ...]] = (
    _limit,
    _limit,
    _amps,
    _seat,
    _seat,
    _seat,
    _honk,
    _schedule,
    _schedule,
    _window,
    _sentry,
    _sentry,
    _lock,
    _lock,
)


class Crowd:
    """Everybody who asks, and what they asked for."""

    def __init__(self, garage: Garage, dice: random.Random) -> None:
        """Ask for nothing yet."""
        self.garage = garage
        self.dice = dice
        self.asked: defaultdict[str, list[Call]] = defaultdict(list)
        self.outcomes: list[tuple[str, Call, Outcome]] = []
        self._wanted: dict[str | None, tuple[str, Call]] = {}
        garage.home.hass.bus.async_listen(EVENT_CALL_SERVICE, self._called)

    @property
    def cars(self) -> tuple[Car, Car]:
        """Give both cars."""
        return self.garage.car, self.garage.other

    async def ask(self, car: Car, wish: Wish) -> None:
        """Ask as a person, an automation, or a rule."""
        if wish.entity is None or self.dice.random() < 1 / 3:
            self.asked[car.vin].append(wish.call)
            cause = self.dice.choice((PERSON, RULE))
            outcome = await self.garage.sending(wish.call, cause, car)
            self.outcomes.append((car.vin, wish.call, outcome))
            return
        context = Context()
        self._wanted[context.id] = car.vin, wish.call
        domain, action, key, data = wish.entity
        home = self.garage.home
        entity_id = home.entity_id(domain, key, car)
        if self.dice.random() < 1 / 2:
            target = {"entity_id": entity_id, **data}
            await home.hass.services.async_call(
                domain, action, target, blocking=True, context=context
            )
            return
        name = f"{domain}.{action}"
        event = {"action": name, "entity_id": entity_id, "data": dict(data)}
        home.hass.bus.async_fire(ASKS, event, context=context)

    @callback
    def _called(self, event: Event) -> None:
        """Note when an action is called: an automation takes a moment to get there."""
        names = (event.context.id, event.context.parent_id)
        for vin, call in (self._wanted.pop(n) for n in names if n in self._wanted):
            self.asked[vin].append(call)

    def wave(self) -> list[Coroutine[Any, Any, None]]:
        """Give what many ask for at the same time."""
        return [
            self.ask(self.dice.choice(self.cars), self.dice.choice(WISHES)(self.dice))
            for _ in range(CALLS // WAVES)
        ]

    async def all(self) -> None:
        """Ask five hundred times, in waves, with a car that is busy now and then."""
        for _ in range(WAVES):
            side = self.garage.cloud.sides[self.dice.choice(self.cars).vin]
            side.faults += [Fault(name="BUSY")] * self.dice.choice((0, 0, 1))
            found = await self.garage.results(*self.wave())
            assert [one for one in found if one is not None] == []
            # Automations drag, too; a clock that leaps would age what they send.
            for seconds in (2, 2, 2, 2, 2, 10, 20):
                await self.garage.home.pass_time(seconds, seconds)
                await self.garage.quiet()


@pytest.fixture
async def cloud(socket_enabled: None, cloud_clock: Clock) -> AsyncIterator[FakeCloud]:
    """Give a cloud with two sleeping cars that take signed commands."""
    async with town(cloud_clock) as world:
        yield world


@pytest.fixture
async def garage(hass: HomeAssistant, home: Household) -> Garage:
    """Give a garage with two cars that know our key, and a home with an automation."""
    assert await async_setup_component(hass, "automation", {"automation": [AUTOMATION]})
    garage = Garage(home)
    garage.pair_other()
    await garage.look()
    # Seats heat only while the climate is on.
    start = commands.AUTO_CONDITIONING_START.call()
    cars = (garage.car, garage.other)
    await garage.results(*(garage.sending(start, car=car) for car in cars))
    return garage


def reached(car: Car, key: str) -> list[Mapping[str, Any]]:
    """Give the parameters of a command each time that it reached a car."""
    return [params for _, name, params, _ in car.commands if name == key]


def values(calls: list[Call], key: str, name: str, **where: Any) -> list[Any]:
    """Give the values asked for with a command, in order."""
    return [
        params[name]
        for call in calls
        if call.command.key == key
        and (params := call.rest_params()).items() >= where.items()
    ]


@pytest.mark.parametrize("seed", [1, 2])
async def test_five_hundred_calls_at_once_are_carried_out(
    garage: Garage, seed: int
) -> None:
    """Counters in order, nothing lost or twice, the last value wins, bill = ledger."""
    crowd = Crowd(garage, random.Random(seed))
    await crowd.all()

    assert sum(map(len, crowd.asked.values())) == CALLS
    for car in crowd.cars:
        _assert_in_order(garage, car)
        _assert_each_once(car, crowd)
        _assert_last_value(car, crowd.asked[car.vin])
    assert garage.data.account.cost == garage.cloud.bill.total()


def _assert_in_order(garage: Garage, car: Car) -> None:
    """Look at the counters that a car heard, those of each computer apart."""
    heard = garage.cloud.sides[car.vin].heard
    for domain in {one.domain for one in heard}:
        counters = [h.counter for h in heard if h.domain == domain and h.counter]
        assert counters == list(range(1, len(counters) + 1))
    assert {one.outcome for one in heard} <= HEARD


def _assert_each_once(car: Car, crowd: Crowd) -> None:
    """Compare what is not dragged, one by one, with what reached the car."""
    asked = crowd.asked[car.vin]
    honks = [call for call in asked if call.command is commands.HONK_HORN]
    assert len(reached(car, "honk_horn")) == len(honks)
    for key in ("add_precondition_schedule", "window_control"):
        sent = [
            call
            for vin, call, outcome in crowd.outcomes
            if (vin, call.command.key, outcome) == (car.vin, key, Outcome.SENT)
        ]
        name = {"window_control": "command"}.get(key, "precondition_time")
        wanted = Counter(values(sent, key, name))
        assert Counter(p[name] for p in reached(car, key)) == wanted
    schedules = [c for c in asked if c.command is commands.ADD_PRECONDITION_SCHEDULE]
    assert len(reached(car, "add_precondition_schedule")) == len(schedules)


def _assert_last_value(car: Car, asked: list[Call]) -> None:
    """Compare what is dragged with where it stands in the end."""
    limits = values(asked, "set_charge_limit", "percent")
    assert car.limit == limits[-1]
    assert len(reached(car, "set_charge_limit")) <= WAVES
    assert (
        car.parts.charging.amps
        == values(asked, "set_charging_amps", "charging_amps")[-1]
    )
    for seat in (0, 1):
        levels = values(
            asked, "remote_seat_heater_request", "level", seat_position=seat
        )
        assert car.parts.cabin.seat_heaters.get(seat, 0) == levels[-1]
    sentry = values(asked, "set_sentry_mode", "on")
    assert car.parts.settings.sentry == sentry[-1]
    locks = [
        call.command.key == "door_lock"
        for call in asked
        if call.command.key in ("door_lock", "door_unlock")
    ]
    assert car.parts.closures.is_locked == locks[-1]
    for id_ in (1, 2, 3, 4):
        times = values(asked, "add_precondition_schedule", "precondition_time", id=id_)
        assert car.parts.schedules.precondition[id_].precondition_time == times[-1]


@pytest.mark.parametrize(
    ("known", "first"),
    [
        pytest.param(
            commands.AUTO_CONDITIONING_STOP.call(),
            commands.AUTO_CONDITIONING_START.call(),
            id="off: on, no, off",
        ),
        pytest.param(
            commands.SET_CHARGE_LIMIT.call(percent=64),
            commands.SET_CHARGE_LIMIT.call(percent=90),
            id="64: 90, no, 64",
        ),
    ],
)
async def test_the_newer_of_two_wishes_for_a_sleeping_car_wins(
    garage: Garage, known: Call, first: Call
) -> None:
    """What the car is now says nothing about what is on its way to it."""
    await garage.result(garage.sending(known))
    await garage.home.pass_time(120, 30)
    await garage.fetch()
    garage.car.sleep_now()
    await garage.home.pass_time(120, 30)
    assert await garage.result(garage.sending(known)) is Outcome.ALREADY

    before = len(garage.obeyed())
    sending = asyncio.ensure_future(garage.sending(first))
    await garage.home.pass_time(3, 1)
    assert await garage.result(garage.sending(known)) is Outcome.SENT
    await sending
    assert garage.obeyed()[before:] == [first.command.key, known.command.key]
    assert len(garage.wakes()) == 2
