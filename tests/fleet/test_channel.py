"""A command reaches its car once, in order, and again only where that is safe."""

import asyncio

import pytest

from custom_components.fleet_pulse.fleet.account import CommandAnswer
from custom_components.fleet_pulse.fleet.errors import (
    AnswerLost,
    Asleep,
    FleetError,
    InvalidAnswer,
    ProtocolRequired,
    ProtocolUnsupported,
    RateLimited,
    TeslaUnavailable,
    Unreachable,
)
from custom_components.fleet_pulse.model.command import Call, Command, Domain, Kind
from custom_components.fleet_pulse.model.commands import COMMANDS

from .command_vectors import VIN
from .garage import OTHER_VIN, WIRE, Garage, Trouble

LOCK = COMMANDS["door_lock"].call()
LIMIT = COMMANDS["set_charge_limit"].call(percent=80)
HONK = COMMANDS["honk_horn"].call()
TRUNK = COMMANDS["actuate_trunk"].call(which_trunk="rear")
UNLOCK = COMMANDS["door_unlock"].call()
START = COMMANDS["remote_start_drive"].call()
DONE = CommandAnswer(result=True, reason="")

SAFE = pytest.mark.parametrize(
    "call", [pytest.param(LOCK, id="lock"), pytest.param(LIMIT, id="charge limit")]
)
UNSAFE = pytest.mark.parametrize(
    "call",
    [
        pytest.param(HONK, id="a pulse"),
        pytest.param(TRUNK, id="a toggle"),
        pytest.param(UNLOCK, id="what opens the car"),
        pytest.param(START, id="what lets it drive"),
    ],
)
LOST = pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(Trouble(error=TeslaUnavailable(status=503)), id="503 before"),
        pytest.param(
            Trouble(error=TeslaUnavailable(status=504), after=True), id="504 after"
        ),
        pytest.param(Trouble(error=AnswerLost(), after=True), id="the answer is lost"),
        pytest.param(Trouble(error=InvalidAnswer(), after=True), id="a torn answer"),
    ],
)


@pytest.fixture
def garage() -> Garage:
    """Give a garage with two paired cars."""
    return Garage()


@SAFE
async def test_the_first_command_shakes_hands_and_the_next_does_not(
    garage: Garage, call: Call
) -> None:
    """One handshake per domain, then one request per command."""
    assert await garage.send(call) == DONE
    assert await garage.send(call) == DONE
    assert garage.outcomes == ["handshake", "ok", "ok"]
    assert [heard.counter for heard in garage.heard] == [0, 1, 2]
    assert garage.slept == []


async def test_each_domain_has_its_own_session(garage: Garage) -> None:
    """Locks and infotainment count apart."""
    await garage.send(LOCK)
    await garage.send(LIMIT)
    domains = [heard.domain for heard in garage.heard]
    assert domains == [WIRE[Domain.VCSEC]] * 2 + [WIRE[Domain.INFOTAINMENT]] * 2
    assert [name for name, _ in garage.car.done] == ["door_lock", "set_charge_limit"]


async def test_a_restart_costs_no_handshake(garage: Garage) -> None:
    """The session on the shelf goes on counting."""
    await garage.send(LOCK)
    garage.step(3600)
    garage.channel = garage.reopened()
    await garage.send(LOCK)
    assert garage.outcomes == ["handshake", "ok", "ok"]


async def test_a_counter_is_on_the_shelf_before_its_message_leaves(
    garage: Garage,
) -> None:
    """A crash skips a counter, it does not use one twice."""
    await garage.send(LOCK)
    assert garage.events == ["sent", "saved 0", "saved 1", "sent"]


async def test_the_cars_refusal_is_an_answer(garage: Garage) -> None:
    """`result: false` is data for the caller to judge."""
    garage.car.reasons = ["already_set"]
    answer = await garage.send(LIMIT)
    assert answer == CommandAnswer(result=False, reason="already_set")
    assert len(garage.car.done) == 1


# What may be repeated


@LOST
@SAFE
async def test_a_safe_command_is_repeated_after_trouble(
    garage: Garage, call: Call, trouble: Trouble
) -> None:
    """The second attempt, a second later, is signed anew."""
    garage.troubles = [None, trouble]
    assert await garage.send(call) == DONE
    assert garage.slept == [1]
    assert garage.heard[-1].counter == 2


@LOST
@UNSAFE
async def test_an_unsafe_command_is_never_repeated_after_trouble(
    garage: Garage, call: Call, trouble: Trouble
) -> None:
    """The car may have acted: nobody horns, opens or starts twice."""
    garage.troubles = [None, trouble]
    with pytest.raises(type(trouble.error)):
        await garage.send(call)
    assert garage.slept == []
    assert len(garage.car.done) == int(trouble.after)


@LOST
@UNSAFE
async def test_a_lost_handshake_is_repeated_for_any_command(
    garage: Garage, call: Call, trouble: Trouble
) -> None:
    """It moved nothing."""
    garage.troubles = [trouble]
    assert await garage.send(call) == DONE
    assert garage.slept == [1]
    assert len(garage.car.done) == 1


@pytest.mark.parametrize("call", [LOCK, HONK], ids=["lock", "horn"])
@pytest.mark.parametrize(
    "error",
    [Asleep(), RateLimited(), ProtocolUnsupported(), Unreachable()],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("before", [0, 1], ids=["in the handshake", "in the command"])
async def test_everything_else_goes_to_the_caller_at_once(
    garage: Garage, call: Call, error: FleetError, before: int
) -> None:
    """Repeating would not help: the caller wakes, waits or gives up."""
    garage.troubles = [*[None] * before, Trouble(error=error)]
    with pytest.raises(type(error)):
        await garage.send(call)
    assert garage.slept == []
    assert garage.car.done == []


async def test_repeating_ends_after_ten_seconds(garage: Garage) -> None:
    """The caller gets the last error, and time to say so."""
    garage.troubles = [None, *[Trouble(error=TeslaUnavailable(status=503))] * 50]
    with pytest.raises(TeslaUnavailable):
        await garage.send(LOCK)
    assert garage.slept == [1] * 10


async def test_a_handshake_is_not_repeated_for_longer_than_a_command(
    garage: Garage,
) -> None:
    """Both share the ten seconds."""
    garage.troubles = [Trouble(error=AnswerLost())] * 50
    with pytest.raises(AnswerLost):
        await garage.send(LOCK)
    assert garage.slept == [1] * 10


async def test_a_clock_set_back_does_not_make_it_longer(garage: Garage) -> None:
    """Ten repetitions, though by the clock it has only begun."""
    garage.troubles = [Trouble(error=TeslaUnavailable(status=503))] * 50
    garage.our_clock_stands = True
    with pytest.raises(TeslaUnavailable):
        await garage.send(LOCK)
    assert garage.slept == [1] * 10


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "REST"])
@pytest.mark.parametrize("call", [LIMIT, HONK], ids=["limit", "horn"])
@pytest.mark.parametrize(
    ("reasons", "answer"),
    [
        pytest.param(["could_not_wake_buses"], DONE, id="it works the second time"),
        pytest.param(
            ["could_not_wake_buses"] * 3,
            CommandAnswer(result=False, reason="could_not_wake_buses"),
            id="there is no third time",
        ),
    ],
)
async def test_sleeping_buses_get_one_more_chance(
    garage: Garage,
    call: Call,
    signed: bool,
    reasons: list[str],
    answer: CommandAnswer,
) -> None:
    """Five seconds later, for any command: the car said that it did nothing."""
    garage.car.reasons = [*reasons]
    assert await garage.send(call, signed=signed) == answer
    assert garage.slept == [5]
    assert len(garage.car.done) == 2


# Without signing


async def test_an_unsigned_command_goes_by_name(garage: Garage) -> None:
    """Cars before 2021 take Tesla's REST form."""
    assert await garage.send(LIMIT, signed=False) == DONE
    assert garage.rest == [("set_charge_limit", {"percent": 80})]
    assert garage.heard == []
    assert garage.shelf == {}


@LOST
async def test_an_unsigned_safe_command_is_repeated(
    garage: Garage, trouble: Trouble
) -> None:
    """The same rule for both forms."""
    garage.troubles = [trouble]
    assert await garage.send(LIMIT, signed=False) == DONE
    assert garage.slept == [1]


@LOST
@UNSAFE
async def test_an_unsigned_unsafe_command_is_not(
    garage: Garage, call: Call, trouble: Trouble
) -> None:
    """The same rule for both forms."""
    garage.troubles = [trouble]
    with pytest.raises(type(trouble.error)):
        await garage.send(call, signed=False)
    assert garage.slept == []


async def test_what_has_no_signed_form_is_not_signed(garage: Garage) -> None:
    """A car that takes nothing else cannot be asked for it."""
    boombox = Command(key="remote_boombox", message=None, kind=Kind.PULSE).call()
    with pytest.raises(ProtocolRequired):
        await garage.send(boombox)
    assert garage.heard == []
    assert await garage.send(boombox, signed=False) == DONE


# One after the other


async def test_fifty_commands_at_once_reach_the_car_in_order(garage: Garage) -> None:
    """One in flight per domain, each with the next counter, none refused."""
    answers = await asyncio.gather(*(garage.send(LOCK) for _ in range(50)))
    assert set(answers) == {DONE}
    assert garage.outcomes == ["handshake"] + ["ok"] * 50
    assert [heard.counter for heard in garage.heard[1:]] == list(range(1, 51))
    assert garage.most_in_flight[VIN] == 1


async def test_domains_and_cars_do_not_wait_for_each_other(garage: Garage) -> None:
    """Two cars in parallel, and the lock beside the climate."""
    garage.gate = asyncio.Event()
    sends = [
        asyncio.create_task(garage.send(call, vin=vin))
        for call in (LOCK, LIMIT)
        for vin in (VIN, OTHER_VIN)
    ]
    for _ in range(20):
        await asyncio.sleep(0)
    assert dict(garage.in_flight) == {VIN: 2, OTHER_VIN: 2}
    garage.gate.set()
    assert await asyncio.gather(*sends) == [DONE] * 4


@pytest.mark.parametrize("moments", range(12))
async def test_a_cancelled_call_leaves_no_half_state(
    garage: Garage, moments: int
) -> None:
    """Whenever it is cut off, the next command works and uses no counter again."""
    garage.gate = asyncio.Event()
    cut = asyncio.create_task(garage.send(LOCK))
    for _ in range(moments):
        await asyncio.sleep(0)
    cut.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cut
    garage.gate.set()
    assert await garage.send(LOCK) == DONE
    counters = [heard.counter for heard in garage.heard if heard.counter]
    assert counters == sorted(set(counters))
    assert set(garage.outcomes) == {"handshake", "ok"}


async def test_those_who_wait_are_not_cut_off_with_the_first(garage: Garage) -> None:
    """Cancelling one call lets the next one go on."""
    garage.gate = asyncio.Event()
    first = asyncio.create_task(garage.send(LOCK))
    second = asyncio.create_task(garage.send(LOCK))
    await asyncio.sleep(0)
    first.cancel()
    garage.gate.set()
    assert await second == DONE
