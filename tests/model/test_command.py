"""What a call of a command knows: its forms, its risk, and when it is done already."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.fleet_pulse.model import commands, vehicle_fields as fields
from custom_components.fleet_pulse.model.command import (
    Call,
    Command,
    InvalidCall,
    Kind,
    Param,
    Risk,
    Scope,
    Slot,
)
from custom_components.fleet_pulse.model.field import Field, Reading, Source
from custom_components.fleet_pulse.model.params import pin
from custom_components.fleet_pulse.model.state import State

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)

LOCK = commands.DOOR_LOCK.call()
UNLOCK = commands.DOOR_UNLOCK.call()
CLOSE = commands.WINDOW_CONTROL.call(command="close")
VENT = commands.WINDOW_CONTROL.call(command="vent")
WITH_PIN = Command(
    key="with_pin",
    message=None,
    params=(Param(name="pin", read=pin, secret=True),),
)


def said(*pairs: tuple[Field[Any], object]) -> State:
    """Return a state in which the car has said these."""
    return State().merged(
        Reading(field=field, value=value, at=NOW, source=Source.POLL)
        for field, value in pairs
    )


def test_the_rest_form() -> None:
    """The parameters by Tesla's names, with Tesla's defaults."""
    call = commands.SET_BIOWEAPON_MODE.call(on=True)

    assert call.rest_params() == {"manual_override": False, "on": True}


@pytest.mark.parametrize(
    ("command", "given", "message"),
    [
        pytest.param(
            commands.SET_CHARGE_LIMIT, {}, "percent is missing", id="nothing given"
        ),
        pytest.param(
            commands.SET_CHARGE_LIMIT,
            {"percent": 101},
            "percent must be a whole number from 0 to 100",
            id="out of range",
        ),
        pytest.param(
            commands.HONK_HORN,
            {"times": 3},
            "times is not a parameter of honk_horn",
            id="no such parameter",
        ),
        pytest.param(
            commands.ADD_CHARGE_SCHEDULE,
            {
                "days_of_week": "All",
                "end_enabled": False,
                "id": 1,
                "lat": 48.1,
                "lon": 11.5,
                "start_enabled": False,
            },
            "start_enabled or end_enabled must be true",
            id="parameters that do not go together",
        ),
        pytest.param(
            commands.ACTUATE_TRUNK,
            {"which_trunk": "front", "move": "close"},
            "move cannot be close for the front trunk",
            id="no motor closes it",
        ),
        pytest.param(
            commands.SET_PIN_TO_DRIVE,
            {"on": True},
            "password is missing",
            id="a PIN that nobody gave",
        ),
        pytest.param(WITH_PIN, {"pin": "99"}, "pin must be four digits", id="a secret"),
    ],
)
def test_a_wrong_call_is_refused_in_words(
    command: Command, given: dict[str, object], message: str
) -> None:
    """The owner reads which parameter is wrong and why; secrets are not repeated."""
    with pytest.raises(InvalidCall) as refusal:
        command.call(**given)

    assert str(refusal.value) == message
    assert refusal.value.__cause__ is None


def test_secrets_are_not_shown() -> None:
    """A PIN is sent, and appears nowhere else."""
    call = WITH_PIN.call(pin="4711")

    assert call.rest_params() == {"pin": "4711"}
    assert call.public_params() == {}
    assert "4711" not in repr(call)


def test_without_a_signed_form() -> None:
    """A command that Tesla has in REST only says so."""
    assert WITH_PIN.rest_only
    with pytest.raises(InvalidCall, match="with_pin has no signed form"):
        WITH_PIN.call(pin="4711").message()


def test_calls_are_values() -> None:
    """Two calls of the same with the same are the same."""
    assert commands.SET_CHARGE_LIMIT.call(percent=80.0) == (
        commands.SET_CHARGE_LIMIT.call(percent=80)
    )


@pytest.mark.parametrize(
    ("call", "identity"),
    [
        pytest.param(
            commands.SET_CHARGE_LIMIT.call(percent=80),
            ("set_charge_limit",),
            id="any limit replaces any limit",
        ),
        pytest.param(
            commands.REMOTE_SEAT_HEATER_REQUEST.call(level=3, seat_position=2),
            ("remote_seat_heater_request", 2),
            id="every seat for itself",
        ),
    ],
)
def test_identity(call: Call, identity: tuple[object, ...]) -> None:
    """What a newer call must share to replace an older one."""
    assert call.identity == identity


def test_opposites_of_the_same_thing() -> None:
    """Removing a schedule cancels adding that schedule, and no other."""
    add = commands.ADD_PRECONDITION_SCHEDULE.call(
        days_of_week="All", id=7, lat=0, lon=0, precondition_time=450
    )

    assert commands.REMOVE_PRECONDITION_SCHEDULE.call(id=7).opposes(add)
    assert not commands.REMOVE_PRECONDITION_SCHEDULE.call(id=8).opposes(add)
    assert not commands.REMOVE_CHARGE_SCHEDULE.call(id=7).opposes(add)


@pytest.mark.parametrize(
    ("call", "risk", "allowed"),
    [
        pytest.param(LOCK, Risk.NONE, True, id="locking is always allowed"),
        pytest.param(UNLOCK, Risk.OPENS, False, id="unlocking opens"),
        pytest.param(CLOSE, Risk.NONE, True, id="closing windows is always allowed"),
        pytest.param(VENT, Risk.OPENS, False, id="opening them is not"),
        pytest.param(
            commands.REMOTE_START_DRIVE.call(), Risk.DRIVES, False, id="starting drives"
        ),
    ],
)
def test_risk_of_a_very_call(call: Call, risk: Risk, allowed: bool) -> None:
    """The same command may be harmless with other parameters."""
    assert call.risk is risk
    assert call.always_allowed is allowed
    assert call.risk.is_physical is (risk is not Risk.NONE)


@pytest.mark.parametrize(
    ("granted", "permitted"),
    [
        pytest.param({"vehicle_charging_cmds"}, True, id="charging suffices"),
        pytest.param({"vehicle_cmds"}, True, id="everything includes charging"),
        pytest.param({"vehicle_device_data"}, False, id="looking is not acting"),
    ],
)
def test_scopes(granted: set[str], permitted: bool) -> None:
    """Tesla lets charging commands through with either scope."""
    assert commands.CHARGE_START.is_permitted(granted) is permitted
    assert not commands.HONK_HORN.is_permitted({Scope.VEHICLE_CHARGING_CMDS})


@pytest.mark.parametrize(
    ("percent", "sent"),
    [
        pytest.param(20, 50, id="under the car's minimum"),
        pytest.param(80, 80, id="inside"),
        pytest.param(100, 90, id="over the car's maximum"),
    ],
)
def test_a_limit_is_moved_inside_the_car_s_own(percent: int, sent: int) -> None:
    """Cars take nonsense silently and do something else."""
    state = said((fields.CHARGE_LIMIT_SOC_MIN, 50), (fields.CHARGE_LIMIT_SOC_MAX, 90))
    call = commands.SET_CHARGE_LIMIT.call(percent=percent)

    assert call.within(state).params["percent"] == sent
    assert call.within(State()) is call


def test_what_is_no_number_is_not_moved() -> None:
    """Words and truths have no limits."""
    assert VENT.within(State()) is VENT
    assert (on := commands.SET_SENTRY_MODE.call(on=True)).within(State()) is on


def test_what_the_car_should_say() -> None:
    """The expectation is a reading of its own source, of this moment."""
    assert commands.SET_CHARGE_LIMIT.call(percent=80).expected(NOW) == [
        Reading(field=fields.CHARGE_LIMIT_SOC, value=80, at=NOW, source=Source.COMMAND)
    ]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        pytest.param(
            commands.REMOTE_SEAT_HEATER_REQUEST.call(level=2, seat_position=1),
            {"seat_heater_right": 2},
            id="only the seat that was asked for",
        ),
        pytest.param(
            commands.SET_CLIMATE_KEEPER_MODE.call(climate_keeper_mode=2),
            {"climate_keeper_mode": "dog"},
            id="a number that means a word",
        ),
        pytest.param(
            commands.SET_CABIN_OVERHEAT_PROTECTION.call(on=True, fan_only=True),
            {"cabin_overheat_protection": "fan_only"},
            id="two switches that make one mode",
        ),
        pytest.param(
            commands.SET_CABIN_OVERHEAT_PROTECTION.call(on=True),
            {"cabin_overheat_protection": "on"},
            id="protection with cooling",
        ),
        pytest.param(
            commands.SET_CABIN_OVERHEAT_PROTECTION.call(on=False),
            {"cabin_overheat_protection": "off"},
            id="no protection",
        ),
        pytest.param(
            CLOSE,
            dict.fromkeys(
                (
                    "window_driver_front",
                    "window_driver_rear",
                    "window_passenger_front",
                    "window_passenger_rear",
                ),
                False,
            ),
            id="all four windows",
        ),
        pytest.param(commands.HONK_HORN.call(), {}, id="a sound leaves nothing behind"),
    ],
)
def test_expectations(call: Call, expected: dict[str, object]) -> None:
    """What each command should make the car say."""
    assert {r.field.key: r.value for r in call.expected(NOW)} == expected


@pytest.mark.parametrize(
    ("call", "state", "already"),
    [
        pytest.param(LOCK, said((fields.LOCKED, True)), True, id="locked is locked"),
        pytest.param(LOCK, said((fields.LOCKED, False)), False, id="unlocked is not"),
        pytest.param(LOCK, said((fields.LOCKED, None)), False, id="never guess locked"),
        pytest.param(LOCK, State(), False, id="nothing is known"),
        pytest.param(
            CLOSE,
            said((fields.WINDOW_DRIVER_FRONT, False)),
            False,
            id="one closed window of four",
        ),
        pytest.param(
            commands.CHARGE_START.call(),
            said((fields.CHARGING_STATE, "starting")),
            True,
            id="starting is as good as charging",
        ),
        pytest.param(
            commands.CHARGE_STOP.call(),
            said((fields.CHARGING_STATE, "disconnected")),
            True,
            id="nothing to stop",
        ),
        pytest.param(
            commands.SET_TEMPS.call(driver_temp=23.5, passenger_temp=23.5),
            said(
                (fields.DRIVER_TEMP_SETTING, 23.3),
                (fields.PASSENGER_TEMP_SETTING, 23.3),
            ),
            True,
            id="a car in Fahrenheit rounds",
        ),
        pytest.param(
            commands.SET_TEMPS.call(driver_temp=23.5, passenger_temp=23.5),
            said(
                (fields.DRIVER_TEMP_SETTING, 23.0),
                (fields.PASSENGER_TEMP_SETTING, 23.5),
            ),
            False,
            id="half a degree is half a degree",
        ),
        pytest.param(
            commands.CHARGE_PORT_DOOR_OPEN.call(),
            said(
                (fields.CHARGE_PORT_DOOR_OPEN, True),
                (fields.CHARGE_PORT_LATCH, "engaged"),
            ),
            False,
            id="an open door with a latched cable is to be released",
        ),
        pytest.param(
            commands.CHARGE_PORT_DOOR_OPEN.call(),
            said(
                (fields.CHARGE_PORT_DOOR_OPEN, True),
                (fields.CHARGE_PORT_LATCH, "disengaged"),
            ),
            True,
            id="an open door with a free latch is open",
        ),
        pytest.param(
            commands.HONK_HORN.call(), said((fields.LOCKED, True)), False, id="a pulse"
        ),
        pytest.param(
            commands.CHARGE_MAX_RANGE.call(), State(), False, id="no way to know"
        ),
    ],
)
def test_already_so(call: Call, state: State, already: bool) -> None:
    """A command is not sent where the car said that it is so."""
    assert call.already(state) is already


def test_an_opposite_under_way_makes_the_last_word_worthless() -> None:
    """Locked, unlocking is on its way, lock again: that must be sent."""
    state = said((fields.LOCKED, True))
    state = state.merged(UNLOCK.expected(NOW + timedelta(seconds=1)))

    assert not LOCK.already(state)


@pytest.mark.parametrize(
    ("state", "met"),
    [
        pytest.param(State(), None, id="the car said nothing"),
        pytest.param(said((fields.LOCKED, True)), True, id="the car agrees"),
        pytest.param(said((fields.LOCKED, False)), False, id="the car disagrees"),
    ],
)
def test_verification(state: State, met: bool | None) -> None:
    """What the car itself says decides, not what we expect of it."""
    assert LOCK.is_met(state.merged(LOCK.expected(NOW))) is met


def test_only_the_seat_asked_for_is_verified() -> None:
    """Other seats do as they please."""
    call = commands.REMOTE_SEAT_HEATER_REQUEST.call(level=2, seat_position=1)

    assert call.is_met(
        said((fields.SEAT_HEATER_RIGHT, 2), (fields.SEAT_HEATER_LEFT, 0))
    )


def test_one_open_window_is_enough_to_disagree() -> None:
    """What is unknown of the other windows does not matter then."""
    assert CLOSE.is_met(said((fields.WINDOW_PASSENGER_REAR, True))) is False
    assert CLOSE.is_met(said((fields.WINDOW_PASSENGER_REAR, False))) is None


def test_zero_is_left_out_unless_it_means_something() -> None:
    """Protobuf's JSON has no zeros, but a volume of zero is a volume."""
    command = Command(
        key="volume",
        kind=Kind.SET,
        params=(Param(name="volume", read=lambda value: float(str(value))),),
        message={
            "left": Slot("volume"),
            "kept": Slot("volume", keep_zero=True),
            "computed": lambda given: given["volume"] or None,
        },
    )

    assert command.call(volume=0).message() == {"kept": 0.0}
    assert command.call(volume=2).message() == {
        "left": 2.0,
        "kept": 2.0,
        "computed": 2.0,
    }


@pytest.mark.parametrize(
    ("call", "lacks"),
    [
        pytest.param(
            commands.OPEN_TONNEAU.call(), "tonneau", id="whatever the parameters"
        ),
        pytest.param(
            commands.REMOTE_SEAT_HEATER_REQUEST.call(level=1, seat_position=4),
            "rear_seat_heaters",
            id="for this seat",
        ),
        pytest.param(
            commands.SET_CABIN_OVERHEAT_PROTECTION.call(on=True, fan_only=True),
            "fan_only_overheat_protection",
            id="for this way of doing it",
        ),
    ],
)
def test_what_the_car_does_not_have(call: Call, lacks: str) -> None:
    """What is known to be missing is named; nothing is missing that nobody spoke of."""
    state = said(
        (fields.CAR_TYPE, "modely"),
        (fields.REAR_SEAT_HEATERS, 0),
        (fields.SUPPORTS_FAN_ONLY_OVERHEAT_PROTECTION, False),
    )

    assert (missing := call.missing(state)) is not None
    assert missing.key == lacks
    assert missing in call.command.may_need
    assert call.missing(State()) is None


def test_other_parameters_need_nothing() -> None:
    """A front seat is heated in a car with cold rear seats."""
    call = commands.REMOTE_SEAT_HEATER_REQUEST.call(level=1, seat_position=0)

    assert call.missing(said((fields.REAR_SEAT_HEATERS, 0))) is None


@pytest.mark.parametrize(
    ("version", "is_too_new"),
    [
        pytest.param("2023.44.30.8", True, id="the year before"),
        pytest.param("2024.8", True, id="a week with fewer digits"),
        pytest.param("2024.26", False, id="the very release"),
        pytest.param("2024.26.3.1", False, id="a repair of it"),
        pytest.param("2026.2", False, id="two years later"),
        pytest.param("develop", False, id="no number to compare"),
    ],
)
def test_what_older_software_does_not_know(version: str, is_too_new: bool) -> None:
    """Releases are counted by year and week, never by letters."""
    call = commands.REMOVE_CHARGE_SCHEDULE.call(id=7)

    assert call.is_too_new(said((fields.CAR_VERSION, version))) is is_too_new
    assert not call.is_too_new(State())
    assert not LOCK.is_too_new(said((fields.CAR_VERSION, version)))


@pytest.mark.parametrize(
    ("given", "signed", "kind"),
    [
        pytest.param({}, True, Kind.TOGGLE, id="either way"),
        pytest.param({"move": "open"}, True, Kind.SET, id="a way that is signed"),
        pytest.param({"move": "open"}, False, Kind.TOGGLE, id="a way REST cannot say"),
    ],
)
def test_a_trunk_that_is_told_which_way(
    given: dict[str, str], signed: bool, kind: Kind
) -> None:
    """Only a signed message says open; the same wish by REST moves it either way."""
    call = commands.ACTUATE_TRUNK.call(which_trunk="rear", **given)

    assert call.kind(signed=signed) is kind
    assert call.rest_params() == {"which_trunk": "rear"}


def test_an_open_trunk_need_not_be_opened() -> None:
    """Told which way, the command has an end; told nothing, it has none."""
    state = said((fields.TRUNK, True))

    assert commands.ACTUATE_TRUNK.call(which_trunk="rear", move="open").already(state)
    assert not commands.ACTUATE_TRUNK.call(which_trunk="rear").already(state)
