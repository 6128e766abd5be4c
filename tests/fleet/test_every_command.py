"""Every row of the command table against a car of the fake cloud, in every mood."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.fleet.errors import (
    Asleep,
    InService,
    KeyNotPaired,
    ProtocolRequired,
    ProtocolUnsupported,
    RateLimited,
    ScopeMissing,
    TeslaUnavailable,
)
from custom_components.fleet_pulse.model.command import Command, Kind, Risk
from custom_components.fleet_pulse.model.commands import COMMANDS
from tests.fake_fleet.bill import Category
from tests.fake_fleet.car import Car
from tests.model.command_calls import CALLS, call_of

from .roadside import ABLE, PLAIN, Roadside, roadside

CHARGING: Final = ("offline_access", "openid", "vehicle_charging_cmds")
LOOKING: Final = ("offline_access", "openid", "vehicle_device_data")
NO: Final = "not_supported"

# ---- the occasions on which a car does what the table's good calls ask


def _charging(car: Car) -> None:
    """Plug in: the car charges by itself."""
    car.plug("ac_us")


def _stopped(car: Car) -> None:
    """Plug in, and stop it."""
    _charging(car)
    car.act("charge_stop", {})


def _offered(car: Car) -> None:
    """Have an update wait."""
    car.offer_update("2026.40.1")


def _scheduled(car: Car) -> None:
    """Have an update that will be installed."""
    _offered(car)
    car.act("schedule_software_update", {"offset_sec": 7200})


def _told(name: str) -> Callable[[Car], None]:
    """Make an occasion of another command of the table."""

    def prepare(car: Car) -> None:
        assert car.act(name, call_of(COMMANDS[name]).rest_params()).result

    return prepare


OCCASIONS: Final[Mapping[str, Callable[[Car], None]]] = {
    "cancel_software_update": _scheduled,
    "charge_port_door_close": _told("charge_port_door_open"),
    "charge_standard": _told("charge_max_range"),
    "charge_start": _stopped,
    "charge_stop": _charging,
    "erase_user_data": _told("guest_mode"),
    "remote_seat_heater_request": _told("auto_conditioning_start"),
    "remote_steering_wheel_heater_request": _told("auto_conditioning_start"),
    "remove_charge_schedule": _told("add_charge_schedule"),
    "remove_precondition_schedule": _told("add_precondition_schedule"),
    "schedule_software_update": _offered,
    "set_charge_limit": _told("charge_max_range"),
    "speed_limit_clear_pin": _told("speed_limit_activate"),
    "speed_limit_deactivate": _told("speed_limit_activate"),
}


def ready(place: Roadside, row: Command) -> None:
    """Bring about the occasion for a row."""
    OCCASIONS.get(row.key, lambda _: None)(place.car)
    place.before = len(place.car.commands)


# ---- the table, once for each form a row has

SIGNED: Final = [row for row in COMMANDS.values() if not row.rest_only]
FORMS: Final = [
    *(pytest.param(row, True, id=f"{row.key}-signed") for row in SIGNED),
    *(pytest.param(row, False, id=f"{row.key}-plain") for row in COMMANDS.values()),
]
EVERY_FORM = pytest.mark.parametrize(("row", "signed"), FORMS)
EVERY_SIGNED = pytest.mark.parametrize(
    "row", [pytest.param(row, id=row.key) for row in SIGNED]
)
pytestmark = pytest.mark.usefixtures("socket_enabled")


def spec(signed: bool) -> Any:
    """Give the car that takes a form."""
    return ABLE if signed else PLAIN


def may_repeat(row: Command) -> bool:
    """Say whether a row promises that twice is once."""
    return row.kind is Kind.SET and call_of(row).risk is Risk.NONE


def test_no_row_is_left_out() -> None:
    """The table of calls is the table of commands, and every occasion is a row's."""
    assert set(CALLS) == set(COMMANDS)
    assert set(OCCASIONS) <= set(COMMANDS)


@EVERY_FORM
async def test_accepted(row: Command, signed: bool) -> None:
    """The car does, once, what the row says, with what the caller gave."""
    call = call_of(row)
    async with roadside(spec(signed)) as place:
        ready(place, row)
        answer = await place.send(call, signed=signed)
        assert (answer.result, answer.reason) == (True, "")
        ((name, told),) = place.done()
    assert name == row.key
    # The days come back from the car's own bits.
    given = {k: v for k, v in call.rest_params().items() if k != "days_of_week"}
    assert {name: told.get(name, given[name]) for name in given} == given


@EVERY_FORM
async def test_refused(row: Command, signed: bool) -> None:
    """The car's own word arrives, and the car did nothing."""
    async with roadside(spec(signed)) as place:
        ready(place, row)
        place.car.refuse_next(NO)
        answer = await place.send(call_of(row), signed=signed)
        assert (answer.result, answer.reason) == (False, NO)
        assert NO not in row.benign
        assert place.done() == []


@EVERY_FORM
async def test_in_service(row: Command, signed: bool) -> None:
    """A workshop's car obeys nobody from outside."""
    async with roadside(spec(signed)) as place:
        ready(place, row)
        place.car.in_service = True
        with pytest.raises(InService):
            await place.send(call_of(row), signed=signed)
        assert place.done() == []


@EVERY_FORM
async def test_asleep(row: Command, signed: bool) -> None:
    """It is not done, and nobody is woken: that is the guard's to say."""
    async with roadside(spec(signed), state="asleep") as place:
        place.car.sleep_now()
        place.before = len(place.car.commands)
        with pytest.raises(Asleep):
            await place.send(call_of(row), signed=signed)
        assert place.done() == []
        assert place.car.wake_requests == 0


@EVERY_FORM
async def test_unscoped(row: Command, signed: bool) -> None:
    """Who may only look cannot act."""
    async with roadside(spec(signed), scopes=LOOKING) as place:
        with pytest.raises(ScopeMissing):
            await place.send(call_of(row), signed=signed)
        assert place.done() == []
    assert not row.is_permitted(LOOKING)


@EVERY_FORM
async def test_let_in_to_charge(row: Command, signed: bool) -> None:
    """The scope in the row is the one Tesla asks for."""
    async with roadside(spec(signed), scopes=CHARGING) as place:
        ready(place, row)
        ending = await place.ending(call_of(row), signed=signed)
        assert bool(place.done()) is row.is_permitted(CHARGING)
    assert ending in (None, ScopeMissing)


@EVERY_SIGNED
async def test_unpaired(row: Command) -> None:
    """A car that does not know our key says so, whatever is asked of it."""
    async with roadside() as place:
        ready(place, row)
        place.car.whitelist.clear()
        with pytest.raises(KeyNotPaired):
            await place.send(call_of(row), signed=True)
        assert place.done() == []


@EVERY_FORM
async def test_rate_limited(row: Command, signed: bool) -> None:
    """Tesla's word to wait arrives with its seconds; nothing is tried again."""
    async with roadside(spec(signed)) as place:
        ready(place, row)
        place.cloud.limits.per_minute[Category.COMMAND] = 0
        with pytest.raises(RateLimited):
            await place.send(call_of(row), signed=signed)
        assert place.done() == []
        assert len(place.cloud.requests.of("command")) == 1


@EVERY_FORM
async def test_lost_before_the_car_heard(row: Command, signed: bool) -> None:
    """Only what may be done twice is sent again; nobody can know that it was not."""
    assert await lost(row, signed, acts=False) == (may_repeat(row), may_repeat(row))


@EVERY_FORM
async def test_lost_after_the_car_acted(row: Command, signed: bool) -> None:
    """A trunk, a lock or a horn moves once; what is set twice ends as it was asked."""
    assert await lost(row, signed, acts=True) == (may_repeat(row), True)


async def lost(row: Command, signed: bool, *, acts: bool) -> tuple[bool, bool]:
    """Lose one answer; tell whether all ended well, and if the car acted."""
    async with roadside(spec(signed)) as place:
        ready(place, row)
        await place.be_known(row.domain, signed=signed)
        place.cloud.fail("*command*", status=504, acts=acts)
        ending = await place.ending(call_of(row), signed=signed)
        did = [name for name, _ in place.done()]
    assert may_repeat(row) or ending is TeslaUnavailable
    assert did in ([], [row.key], [row.key] * (1 + may_repeat(row)))
    return ending in (None, *row.benign), bool(did)


@EVERY_SIGNED
async def test_a_car_that_wants_signatures_takes_no_plain_word(row: Command) -> None:
    """The plain form is refused in a way that names the remedy."""
    async with roadside() as place:
        ready(place, row)
        with pytest.raises(ProtocolRequired):
            await place.send(call_of(row), signed=False)
        assert place.done() == []


@EVERY_SIGNED
async def test_an_old_car_takes_no_signed_word(row: Command) -> None:
    """And the other way round."""
    async with roadside(PLAIN) as place:
        ready(place, row)
        with pytest.raises(ProtocolUnsupported):
            await place.send(call_of(row), signed=True)
        assert place.done() == []


@pytest.mark.parametrize(
    "row",
    [pytest.param(row, id=row.key) for row in COMMANDS.values() if row.rest_only],
)
async def test_what_has_no_signed_form_goes_plain_to_any_car(row: Command) -> None:
    """Tesla takes it by REST even where signing is required; it is never signed."""
    async with roadside() as place:
        ready(place, row)
        with pytest.raises(ProtocolRequired):
            await place.send(call_of(row), signed=True)
        assert place.done() == []
        assert (await place.send(call_of(row), signed=False)).result
