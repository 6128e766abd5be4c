"""Actions on cars: what they send, in which order, and what they answer."""

from collections.abc import AsyncIterator, Awaitable, Callable
import logging
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.core import Context, Event
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
import pytest
import voluptuous as vol

from custom_components.fleet_pulse.const import CONF_ALLOW_RISKY
from custom_components.fleet_pulse.model.commands import COMMANDS
from tests.fake_fleet.bill import Category
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud
from tests.model.command_calls import CALLS

from .actions import Actions, call, device_of
from .garage import Garage, town
from .household import Household

MUNICH: Final = {"latitude": 48.137, "longitude": 11.575}


@pytest.fixture
async def cloud(socket_enabled: None, cloud_clock: Clock) -> AsyncIterator[FakeCloud]:
    """Give a cloud with two sleeping cars that take signed commands."""
    async with town(cloud_clock) as world:
        yield world


@pytest.fixture
def garage(home: Household) -> Garage:
    """Give the garage of a household whose first car knows our key."""
    return Garage(home)


@pytest.fixture
def actions(garage: Garage) -> Actions:
    """Give the actions on these cars, the first of which sleeps."""
    return Actions(garage)


@pytest.fixture
async def known(actions: Actions) -> Actions:
    """Give the actions on a car that was looked at, then fell asleep unused."""
    garage = actions.garage
    await garage.wake_up()
    await garage.fetch()
    garage.car.sleep_now()
    await garage.look()
    return actions


def sent(actions: Actions) -> list[tuple[str, dict[str, Any]]]:
    """Give the commands that reached the car, with their parameters."""
    return [(name, params) for _, name, params, _ in actions.garage.car.commands]


# ---- set_charging


async def test_charging_is_set_in_order_and_with_one_wake(actions: Actions) -> None:
    """Limit and current are there when the car starts."""
    actions.garage.car.plug()
    answer = await actions.call("set_charging", limit=80, amps=10, charging="start")
    assert answer == {
        "result": "sent",
        "steps": {"limit": "sent", "amps": "sent", "charging": "sent"},
    }
    obeyed = actions.garage.obeyed()
    assert sorted(obeyed[:2]) == ["set_charge_limit", "set_charging_amps"]
    assert obeyed[2:] == ["charge_start"]
    assert len(actions.garage.wakes()) == 1


async def test_stopping_does_not_wait_for_the_limit(actions: Actions) -> None:
    """Whoever stops wants it now."""
    await actions.call("set_charging", limit=80, charging="stop")
    assert actions.garage.obeyed() == ["charge_stop", "set_charge_limit"]


async def test_a_car_that_is_so_already_sleeps_on(known: Actions) -> None:
    """Nothing is asked, nothing is billed."""
    limit = known.garage.car.parts.charging.limit
    before = len(known.house.cloud.requests)
    answer = await known.call("set_charging", limit=limit)
    assert answer == {"result": "already", "steps": {"limit": "already"}}
    assert len(known.house.cloud.requests) == before
    assert known.garage.car.state == "asleep"


async def test_only_what_differs_is_sent(known: Actions) -> None:
    """What is so already is not sent, although the car is woken for the rest."""
    limit = known.garage.car.parts.charging.limit
    answer = await known.call("set_charging", limit=limit, amps=7)
    assert answer["steps"] == {"limit": "already", "amps": "sent"}
    assert known.garage.obeyed() == ["set_charging_amps"]


async def test_what_was_done_is_told_with_the_trouble(actions: Actions) -> None:
    """A car without a cable keeps its new limit, and does not start."""
    actions.garage.car.unplug()
    error = await actions.refusal("set_charging", limit=72, charging="start")
    assert error.translation_key == "partly_done"
    assert error.translation_placeholders == {
        "done": "limit",
        "detail": "No charge cable is plugged in. Plug it in and try again",
    }
    assert str(error).startswith("Only a part was done: limit.")


async def test_a_step_that_fails_keeps_the_rest_from_being_sent(
    actions: Actions,
) -> None:
    """A car that did not take its limit does not start to charge beyond it."""
    actions.garage.car.plug()
    actions.garage.car.refuse_next("could_not_wake_buses", 2)
    await actions.refusal("set_charging", limit=60, charging="start")
    assert "charge_start" not in actions.garage.obeyed()


# ---- precondition


async def test_preconditioning_brings_everything_with_one_wake(
    actions: Actions,
) -> None:
    """The climate runs before seats are heated, which need it."""
    answer = await actions.call(
        "precondition",
        temperature=21.5,
        seats=["front_left", "rear_center"],
        seat_heat="medium",
        steering_wheel=True,
        defrost=False,
    )
    assert answer["result"] == "sent"
    assert list(answer["steps"]) == [
        "defrost",
        "mode",
        "temperature",
        "front_left",
        "rear_center",
        "steering_wheel",
    ]
    cabin = actions.garage.car.parts.cabin
    assert cabin.is_on
    assert (cabin.seat_heaters[0], cabin.seat_heaters[4]) == (2, 2)
    assert len(actions.garage.wakes()) == 1
    temps = dict(sent(actions))["set_temps"]
    assert temps == {"driver_temp": 21.5, "passenger_temp": 21.5}


async def test_a_temperature_is_in_the_owners_unit(actions: Actions) -> None:
    """Who sees Fahrenheit gives Fahrenheit."""
    await actions.house.hass.config.async_update(unit_system="us_customary")
    await actions.call("precondition", temperature=70)
    temps = dict(sent(actions))["set_temps"]
    assert temps["driver_temp"] == pytest.approx(21.1, abs=0.01)


async def test_ending_defrost_does_not_end_the_climate(known: Actions) -> None:
    """A car that ends both with one command is started again."""
    await known.call("precondition", defrost=True)
    assert known.garage.car.parts.cabin.is_max_defrost
    await known.garage.home.pass_time(20)
    await known.garage.fetch()
    answer = await known.call("precondition", defrost=False)
    assert answer["steps"] == {"defrost": "sent", "mode": "sent"}
    cabin = known.garage.car.parts.cabin
    assert (cabin.is_on, cabin.is_max_defrost) == (True, False)


async def test_preconditioning_ends(actions: Actions) -> None:
    """Stopping sends one command."""
    answer = await actions.call("precondition", mode="stop")
    assert answer == {"result": "sent", "steps": {"mode": "sent"}}
    assert actions.garage.obeyed() == ["auto_conditioning_stop"]


async def test_a_car_without_climate_on_is_not_woken_to_stop_it(known: Actions) -> None:
    """It is off already."""
    answer = await known.call("precondition", mode="stop")
    assert answer["result"] == "already"
    assert known.garage.car.state == "asleep"


# ---- schedules


async def test_a_charge_schedule_is_written_and_replaced(actions: Actions) -> None:
    """The same name is the same schedule, however it is written."""
    await actions.call("set_schedule", kind="charge", name="Weekdays", start="23:30:59")
    answer = await actions.call(
        "set_schedule",
        kind="charge",
        name=" weekdays ",
        days=["sat", "sun"],
        start="00:15",
        end="06:45",
        one_time=True,
        enabled=False,
    )
    assert answer == {"result": "sent"}
    (row,) = actions.garage.car.parts.schedules.charge.values()
    assert (row.start_time, row.end_time) == (15, 405)
    assert (row.start_enabled, row.end_enabled) == (True, True)
    assert row.days_of_week == 65
    assert (row.one_time, row.enabled) == (True, False)


async def test_a_precondition_schedule_is_its_own(actions: Actions) -> None:
    """Another kind may have the same name."""
    await actions.call("set_schedule", kind="charge", name="Work", end="07:00")
    await actions.call("set_schedule", kind="precondition", name="Work", end="07:30")
    schedules = actions.garage.car.parts.schedules
    (row,) = schedules.precondition.values()
    assert (row.precondition_time, row.days_of_week) == (450, 127)
    assert len(schedules.charge) == 1
    await actions.call("remove_schedule", kind="precondition", name="work")
    assert not schedules.precondition
    assert len(schedules.charge) == 1


async def test_a_schedule_applies_at_home_by_itself(actions: Actions) -> None:
    """Home Assistant's home, as long as nobody knows where the car is parked."""
    config = actions.house.hass.config
    await config.async_update(latitude=52.0, longitude=8.0)
    await actions.call("set_schedule", kind="charge", name="Night", start="23:00")
    (row,) = actions.garage.car.parts.schedules.charge.values()
    assert (row.latitude, row.longitude) == pytest.approx((52, 8))


async def test_a_schedule_applies_where_the_car_is_parked_at_home(
    known: Actions,
) -> None:
    """The car compares with where it stands, not with a point on a map."""
    latitude, longitude = known.garage.car.parts.motion.place
    config = known.house.hass.config
    await config.async_update(latitude=latitude + 0.0005, longitude=longitude)
    await known.call("set_schedule", kind="charge", name="Night", start="23:00")
    (row,) = known.garage.car.parts.schedules.charge.values()
    assert (row.latitude, row.longitude) == pytest.approx(
        (latitude, longitude), abs=2e-4
    )


async def test_a_schedule_applies_at_home_though_the_car_is_away(
    known: Actions,
) -> None:
    """Who writes it from work means the charger at home."""
    config = known.house.hass.config
    await config.async_update(latitude=52.0, longitude=8.0)
    await known.call("set_schedule", kind="charge", name="Night", start="23:00")
    (row,) = known.garage.car.parts.schedules.charge.values()
    assert (row.latitude, row.longitude) == pytest.approx((52, 8))


async def test_a_schedule_applies_where_the_owner_says(actions: Actions) -> None:
    """As the map gives it, radius included."""
    place = {**MUNICH, "radius": 100}
    await actions.call(
        "set_schedule", kind="precondition", name="Cabin", end="08:00", location=place
    )
    (row,) = actions.garage.car.parts.schedules.precondition.values()
    assert (row.latitude, row.longitude) == pytest.approx((48.137, 11.575))


async def test_a_place_is_in_no_log(
    actions: Actions, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither ours of a schedule nor ours of a destination."""
    caplog.set_level(logging.DEBUG, logger="custom_components.fleet_pulse")
    await actions.call(
        "set_schedule", kind="charge", name="X", start="01:00", location=MUNICH
    )
    await actions.call("navigate_to", location=MUNICH)
    await actions.call("navigate_to", destination="Marienplatz 8")
    ours = [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components.fleet_pulse")
    ]
    assert ours
    assert [line for line in ours if "48.13" in line or "Marien" in line] == []


# ---- navigation


def _at_work(house: Household) -> None:
    """Have Home Assistant know where work is."""
    house.hass.states.async_set("zone.work", "0", {**MUNICH, "radius": 100})


@pytest.mark.parametrize(
    ("said", "command", "params"),
    [
        pytest.param(
            {"location": MUNICH, "stop": "last"},
            "navigation_gps_request",
            {"order": 3},
            id="a point on the map, after the trip under way",
        ),
        pytest.param(
            {"place": "zone.work"},
            "navigation_gps_request",
            {"order": 1},
            id="a zone",
        ),
        pytest.param(
            {"waypoints": ["ChIJ1", "ChIJ_-2"]},
            "navigation_waypoints_request",
            {"waypoints": "refId:ChIJ1,refId:ChIJ_-2"},
            id="several stops",
        ),
        pytest.param(
            {"destination": "Marienplatz 8, Munich"},
            "navigation_request",
            {
                "locale": "en-US",
                "value": {"android.intent.extra.TEXT": "Marienplatz 8, Munich"},
            },
            id="an address",
        ),
    ],
)
async def test_a_destination_reaches_the_car(
    actions: Actions, said: dict[str, Any], command: str, params: dict[str, Any]
) -> None:
    """In the form that says it best."""
    await actions.house.hass.config.async_update(language="en", country="US")
    _at_work(actions.house)
    assert await actions.call("navigate_to", **said) == {"result": "sent"}
    ((name, got),) = sent(actions)
    assert name == command
    assert params.items() <= got.items()


# ---- mistakes of the caller


@pytest.mark.parametrize(
    ("action", "said", "key"),
    [
        pytest.param("set_charging", {}, "nothing_to_set", id="nothing to set"),
        pytest.param(
            "precondition",
            {"mode": "stop", "temperature": 21},
            "stop_with_comfort",
            id="stop and heat",
        ),
        pytest.param(
            "precondition",
            {"temperature": 50},
            "invalid_parameter",
            id="hotter than cars take",
        ),
        pytest.param(
            "set_schedule",
            {"kind": "charge", "name": "X"},
            "schedule_without_time",
            id="charging at no time",
        ),
        pytest.param(
            "set_schedule",
            {"kind": "precondition", "name": "X", "start": "07:00", "end": "08:00"},
            "precondition_schedule_needs_end",
            id="preconditioning with a start",
        ),
        pytest.param("navigate_to", {}, "one_destination", id="nowhere"),
        pytest.param(
            "navigate_to",
            {"destination": "X", "place": "zone.work"},
            "one_destination",
            id="two destinations",
        ),
        pytest.param(
            "navigate_to", {"place": "zone.gone"}, "place_unknown", id="unknown place"
        ),
        pytest.param(
            "send_command",
            {"command": "set_charge_limit", "parameters": {"percent": 101}},
            "invalid_parameter",
            id="a parameter out of range",
        ),
        pytest.param(
            "send_command",
            {"command": "honk_horn", "parameters": {"loud": True}},
            "invalid_parameter",
            id="a parameter that is none",
        ),
    ],
)
async def test_a_mistake_of_the_caller_is_told_and_costs_nothing(
    actions: Actions, action: str, said: dict[str, Any], key: str
) -> None:
    """Nobody is woken to find out."""
    before = len(actions.house.cloud.requests)
    error = await actions.refusal(action, **said)
    assert isinstance(error, ServiceValidationError)
    assert error.translation_key == key
    assert str(error) != key
    assert len(actions.house.cloud.requests) == before


@pytest.mark.parametrize(
    ("action", "said"),
    [
        pytest.param("send_command", {"command": "self_destruct"}, id="no command"),
        pytest.param(
            "navigate_to", {"waypoints": ["refId:X,refId:Y"]}, id="no place ID"
        ),
        pytest.param("set_charging", {"limit": 30}, id="a limit below all cars'"),
        pytest.param(
            "set_schedule",
            {"kind": "charge", "name": "X", "start": "1:00", "days": []},
            id="no day",
        ),
    ],
)
async def test_what_home_assistant_can_tell_is_told_by_it(
    actions: Actions, action: str, said: dict[str, Any]
) -> None:
    """As its own schema's word."""
    with pytest.raises(vol.Invalid):
        await actions.call(action, **said)


# ---- any command, and its risk


async def test_any_command_can_be_sent_by_name(actions: Actions) -> None:
    """With Tesla's own names."""
    answer = await actions.call(
        "send_command",
        command="set_cop_temp",
        parameters={"cop_temp": 1},
    )
    assert answer == {"result": "sent"}
    assert actions.garage.obeyed() == ["set_cop_temp"]


# What this car lacks, has not said enough for, or hears without keeping it.
BEYOND_THE_CAR: Final = {
    "actuate_trunk",
    "batch_remove_charge_schedules",
    "batch_remove_precondition_schedules",
    "close_tonneau",
    "keep_accessory_power_mode",
    "open_tonneau",
    "parental_controls_enable_setting",
    "parental_controls_set_speed_limit",
    "remote_seat_cooler_request",
    "stop_tonneau",
    "sun_roof_control",
    "upcoming_calendar_entries",
}


async def test_every_command_goes_by_its_name(actions: Actions) -> None:
    """No row of the table is out of reach; what the car says to it is its own."""
    actions.house.cloud.limits.per_minute[Category.COMMAND] = len(COMMANDS)
    await actions.garage.wake_up()
    await actions.garage.fetch()
    device = device_of(actions.house, actions.garage.car)
    named = sorted(set(COMMANDS) - set(RISKY))
    answers = await actions.garage.results(
        *(
            call(
                actions.house,
                "send_command",
                device_id=device,
                command=name,
                parameters=CALLS[name],
            )
            for name in named
        )
    )
    wrong = {
        name: repr(answer)
        for name, answer in zip(named, answers, strict=True)
        if not isinstance(answer, dict)
        and not (isinstance(answer, HomeAssistantError) and answer.translation_key)
    }
    assert wrong == {}
    assert set(named) - set(actions.garage.obeyed()) <= BEYOND_THE_CAR


async def test_a_pin_is_in_no_log_and_no_answer(
    actions: Actions, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither when the car takes it nor when it is none."""
    caplog.set_level(logging.DEBUG, logger="custom_components.fleet_pulse")
    answer = await actions.call(
        "send_command",
        command="set_valet_mode",
        parameters={"on": True, "password": "7391"},
    )
    error = await actions.refusal(
        "send_command",
        command="speed_limit_activate",
        parameters={"pin": "73915"},
    )
    assert "7391" not in f"{answer} {error} {error.translation_placeholders}"
    ours = [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components.fleet_pulse")
    ]
    assert [line for line in ours if "7391" in line] == []


RISKY: Final = sorted(
    key for key, row in COMMANDS.items() if row.risk in ("drives", "erases")
)


def by_nobody(admin: User, member: User) -> Context:
    """Have an automation start it."""
    return Context()


def by_member(admin: User, member: User) -> Context:
    """Have somebody of the family start it."""
    return Context(user_id=member.id)


def by_admin(admin: User, member: User) -> Context:
    """Have an administrator start it."""
    return Context(user_id=admin.id)


@pytest.fixture
async def member(house: Household) -> User:
    """Give somebody of the family, who is no administrator."""
    auth = house.hass.auth
    return await auth.async_create_user("Kim", group_ids=["system-users"])


def allow_risk(house: Household) -> None:
    """Choose the option that is off at first."""
    entry = house.entry
    house.hass.config_entries.async_update_entry(
        entry, options={**entry.options, CONF_ALLOW_RISKY: True}
    )


@pytest.mark.parametrize(
    ("is_allowed", "who", "key"),
    [
        pytest.param(False, by_admin, "risky_not_allowed", id="no option"),
        pytest.param(True, by_member, "risky_needs_administrator", id="no admin"),
        pytest.param(True, by_nobody, "risky_needs_administrator", id="nobody"),
    ],
)
async def test_what_drives_or_erases_is_refused(
    actions: Actions,
    hass_admin_user: User,
    member: User,
    is_allowed: bool,
    who: Callable[[User, User], Context],
    key: str,
) -> None:
    """Without the option, and to all but administrators; nothing is asked."""
    [lambda _: None, allow_risk][is_allowed](actions.house)
    await actions.house.settle()
    before = len(actions.house.cloud.requests)
    for_whom = who(hass_admin_user, member)
    refused = [
        await actions.refusal(
            "send_command", context=for_whom, command=name, parameters=params
        )
        for name, params in (
            ("remote_start_drive", {}),
            ("erase_user_data", {}),
            ("speed_limit_clear_pin", {"pin": "4711"}),
        )
    ]
    assert {error.translation_key for error in refused} == {key}
    assert len(actions.house.cloud.requests) == before
    assert actions.garage.obeyed() == []


async def test_an_administrator_who_allows_it_may_start_the_car(
    actions: Actions, hass_admin_user: User, member: User
) -> None:
    """The option is what makes it work."""
    allow_risk(actions.house)
    await actions.house.settle()
    await actions.garage.wake_up()
    answer = await actions.call(
        "send_command",
        context=by_admin(hass_admin_user, member),
        command="remote_start_drive",
    )
    assert answer == {"result": "sent"}
    assert actions.garage.obeyed() == ["remote_start_drive"]


def test_the_risky_commands_are_these() -> None:
    """Whoever adds one must mean it."""
    assert RISKY == [
        "clear_pin_to_drive_admin",
        "erase_user_data",
        "parental_controls_clear_pin_admin",
        "remote_start_drive",
        "reset_pin_to_drive_pin",
        "reset_valet_pin",
        "speed_limit_clear_pin",
        "speed_limit_clear_pin_admin",
    ]


async def test_no_command_opens_past_the_pin(actions: Actions) -> None:
    """What a lock asks for, this asks for, too; closing needs none."""
    await actions.garage.data.pin.async_set("4711")
    await actions.garage.wake_up()
    unlock = {"command": "door_unlock"}
    silent = await actions.refusal("send_command", **unlock)
    wrong = await actions.refusal("send_command", **unlock, code="1234")
    assert silent.translation_key == wrong.translation_key == "pin_wrong"
    assert actions.garage.obeyed() == []
    await actions.call("send_command", **unlock, code="4711")
    await actions.call("send_command", command="door_lock")
    assert actions.garage.obeyed() == ["door_unlock", "door_lock"]


async def test_no_command_opens_for_a_speaker_without_a_pin(actions: Actions) -> None:
    """Not through a script either, which an assistant may start."""
    context = Context()
    context.origin_event = Event("google_assistant_command", context=context)
    error = await actions.refusal(
        "send_command", context=context, command="charge_port_door_open"
    )
    assert error.translation_key == "assistant_needs_pin"
    assert actions.garage.obeyed() == []


# ---- who may


async def test_who_may_only_look_may_not_act(
    actions: Actions, hass_admin_user: User
) -> None:
    """Home Assistant does not check that for actions on whole cars; we do."""
    auth = actions.house.hass.auth
    guest = await auth.async_create_user("Guest", group_ids=["system-read-only"])
    with pytest.raises(Unauthorized):
        await actions.call(
            "send_command",
            context=Context(user_id=guest.id),
            command="door_unlock",
        )
    assert actions.garage.obeyed() == []


async def test_the_family_may_act(
    actions: Actions, hass_admin_user: User, member: User
) -> None:
    """Users are allowed all entities unless somebody says otherwise."""
    answer = await actions.call("wake", context=Context(user_id=member.id))
    assert answer["result"] == "sent"


# ---- several cars


async def test_each_car_has_its_own_result(actions: Actions) -> None:
    """One takes it; the other does not know our key."""
    garage = actions.garage
    devices = [device_of(actions.house, car) for car in (garage.car, garage.other)]
    answer = await garage.result(
        call(actions.house, "set_charging", limit=70, device_id=devices)
    )
    said = answer["vehicles"]
    assert said[devices[0]] == {"result": "sent", "steps": {"limit": "sent"}}
    assert said[devices[1]]["result"] == "failed"
    assert said[devices[1]]["error"] == "key_not_paired"
    assert "scan the QR code" in said[devices[1]]["message"]


# ---- what a car cannot do


async def with_old_software(actions: Actions) -> None:
    """Have the car say that it was not updated for years."""
    actions.garage.car.parts.software.version = "2023.44.30.8"
    await actions.garage.home.pass_time(10 * 60, 60)
    await actions.garage.wake_up()
    await actions.garage.fetch()


async def as_it_is(actions: Actions) -> None:
    """Leave the car as it is."""


@pytest.mark.parametrize(
    ("prepare", "command", "parameters", "key", "word"),
    [
        pytest.param(
            as_it_is, "open_tonneau", {}, "missing_tonneau", "tonneau", id="no tonneau"
        ),
        pytest.param(
            as_it_is,
            "remote_seat_heater_request",
            {"level": 1, "seat_position": 8},
            "missing_third_row_seats",
            "third row",
            id="no such seat",
        ),
        pytest.param(
            with_old_software,
            "remove_charge_schedule",
            {"id": 7},
            "firmware_too_old",
            "2023.44.30.8, 2024.26",
            id="software from before Tesla had it",
        ),
    ],
)
async def test_what_a_car_cannot_do_is_told_and_costs_nothing(
    known: Actions,
    prepare: Callable[[Actions], Awaitable[None]],
    command: str,
    parameters: dict[str, Any],
    key: str,
    word: str,
) -> None:
    """The owner reads what is missing; nobody is woken to find out."""
    await prepare(known)
    before = len(known.house.cloud.requests.billed)
    error = await known.refusal("send_command", command=command, parameters=parameters)
    assert error.translation_key == key
    assert word in str(error)
    assert len(known.house.cloud.requests.billed) == before
