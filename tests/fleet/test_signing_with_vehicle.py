"""Our end of the protocol against the fake car's, which was written without it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.fleet.account import CommandAnswer
from custom_components.fleet_pulse.fleet.errors import (
    AnswerLost,
    FleetError,
    InvalidReply,
    KeyNotPaired,
    MobileAccessDisabled,
    TeslaUnavailable,
    VehicleFault,
)
from custom_components.fleet_pulse.fleet.faults import (
    MAY_HAVE_ACTED,
    OUT_OF_STEP,
    RETRIABLE_FAULTS,
)
from custom_components.fleet_pulse.fleet.session import MAX_COUNTER
from custom_components.fleet_pulse.model.command import Call, Domain
from custom_components.fleet_pulse.model.commands import COMMANDS
from tests.fake_fleet.vehicle_side import Fault

from .command_vectors import VIN
from .garage import WIRE, Crash, Garage, Trouble

LOCK: Final = COMMANDS["door_lock"].call()
LIMIT: Final = COMMANDS["set_charge_limit"].call(percent=80)
HONK: Final = COMMANDS["honk_horn"].call()
START: Final = COMMANDS["remote_start_drive"].call()
DONE: Final = CommandAnswer(result=True, reason="")

BOTH = pytest.mark.parametrize(
    "call", [pytest.param(LOCK, id="VCSEC"), pytest.param(LIMIT, id="infotainment")]
)
PULSES = pytest.mark.parametrize(
    "call", [pytest.param(START, id="VCSEC"), pytest.param(HONK, id="infotainment")]
)
# All others of the protocol: signing anew does not cure them.
LASTING: Final = sorted(
    {
        "BAD_PARAMETER",
        "COMMAND_REQUIRES_ACCOUNT_CREDENTIALS",
        "COULD_NOT_HASH_METADATA",
        "DECODING",
        "INSUFFICIENT_PRIVILEGES",
        "INVALID_COMMAND",
        "INVALID_DOMAINS",
        "KEYCHAIN_IS_FULL",
        "NOT_PROVISIONED_WITH_IDENTITY",
        "REMOTE_SERVICE_ACCESS_DISABLED",
        "REPEATED_COUNTER",
        "REQUEST_MTU_EXCEEDED",
        "RESPONSE_MTU_EXCEEDED",
        "WRONG_PERSONALIZATION",
    }
)


@pytest.fixture
def garage() -> Garage:
    """Give a garage with two paired cars."""
    return Garage()


@pytest.mark.parametrize("encrypts", [True, False], ids=["new car", "old car"])
@pytest.mark.parametrize("echoes", [True, False], ids=["uuid echoed", "no uuid"])
@BOTH
async def test_cars_of_all_ages_are_understood(
    garage: Garage, call: Call, encrypts: bool, echoes: bool
) -> None:
    """Replies sealed or in the clear, with our uuid or without."""
    garage.side.encrypts_replies = encrypts
    garage.side.echoes_uuid = set(WIRE.values()) if echoes else set()
    garage.car.reasons = ["", "already_on"]
    assert await garage.send(call) == DONE
    refused = CommandAnswer(result=False, reason="already_on")
    assert await garage.send(call) == refused


@pytest.mark.parametrize("name", sorted(RETRIABLE_FAULTS))
@BOTH
async def test_a_passing_fault_is_overcome(
    garage: Garage, call: Call, name: str
) -> None:
    """Once a second, with the session the fault brings, until it works."""
    await garage.send(call)
    garage.side.faults = [Fault(name=name)] * 3
    assert await garage.send(call) == DONE
    assert garage.slept == [1, 1, 1]
    assert garage.outcomes == ["handshake", "ok", name, name, name, "ok"]


@pytest.mark.parametrize("name", sorted(RETRIABLE_FAULTS - MAY_HAVE_ACTED))
@PULSES
async def test_a_fault_that_did_nothing_is_overcome_for_any_command(
    garage: Garage, call: Call, name: str
) -> None:
    """The car rejected the message: it acts once."""
    garage.side.faults = [Fault(name=name)]
    assert await garage.send(call) == DONE
    assert len(garage.car.done) == 1


@pytest.mark.parametrize("name", sorted(RETRIABLE_FAULTS & MAY_HAVE_ACTED))
@PULSES
async def test_a_fault_that_hides_an_act_is_final_for_a_pulse(
    garage: Garage, call: Call, name: str
) -> None:
    """The car acted and then failed to say so."""
    garage.side.faults = [Fault(name=name, acts=True)]
    with pytest.raises(VehicleFault) as caught:
        await garage.send(call)
    assert caught.value.may_have_acted
    assert len(garage.car.done) == 1


@pytest.mark.parametrize("name", LASTING)
@BOTH
async def test_a_lasting_fault_is_reported_by_name(
    garage: Garage, call: Call, name: str
) -> None:
    """At once, and the next command works again."""
    garage.side.faults = [Fault(name=name)]
    with pytest.raises(VehicleFault) as caught:
        await garage.send(call)
    assert caught.value.fault == name
    assert garage.slept == []
    assert await garage.send(call) == DONE


@pytest.mark.parametrize("name", sorted(RETRIABLE_FAULTS))
@PULSES
async def test_a_passing_fault_of_a_handshake_is_overcome(
    garage: Garage, call: Call, name: str
) -> None:
    """A car that is waking needs a moment, whatever it is asked for."""
    garage.side.faults = [Fault(name=name, is_of_handshake=True)]
    assert await garage.send(call) == DONE
    assert len(garage.car.done) == 1


async def test_a_fault_without_end_is_reported(garage: Garage) -> None:
    """Ten seconds are all it gets."""
    garage.side.faults = [Fault(name="BUSY")] * 50
    with pytest.raises(VehicleFault, match="BUSY"):
        await garage.send(LOCK)
    assert garage.slept == [1] * 10


@BOTH
async def test_wait_means_busy(garage: Garage, call: Call) -> None:
    """VCSEC says so inside its answer, infotainment in the message's status."""
    garage.side.faults = [Fault(name="WAIT")]
    assert await garage.send(call) == DONE
    assert garage.slept == [1]


@pytest.mark.parametrize("name", sorted(OUT_OF_STEP & RETRIABLE_FAULTS))
@BOTH
async def test_forged_session_info_is_not_believed(
    garage: Garage, call: Call, name: str
) -> None:
    """A new handshake settles what is true."""
    await garage.send(call)
    garage.side.faults = [Fault(name=name, is_forged=True)]
    assert await garage.send(call) == DONE
    assert garage.outcomes[-3:] == [name, "handshake", "ok"]


@BOTH
async def test_a_forged_handshake_is_refused(garage: Garage, call: Call) -> None:
    """It does not authenticate, so it is nobody's word."""
    garage.side.faults = [Fault(name="NONE", is_of_handshake=True, is_forged=True)]
    with pytest.raises(InvalidReply):
        await garage.send(call)
    assert garage.shelf == {}


@BOTH
async def test_a_reboot_of_the_car_costs_one_message(
    garage: Garage, call: Call
) -> None:
    """The fault brings the new epoch; no handshake is needed."""
    await garage.send(call)
    garage.side.reboot()
    assert await garage.send(call) == DONE
    assert garage.outcomes == ["handshake", "ok", "INCORRECT_EPOCH", "ok"]
    assert garage.heard[-1].counter == 1


@BOTH
async def test_an_epoch_that_ends_is_followed_by_the_next(
    garage: Garage, call: Call
) -> None:
    """Nine hours later the car has begun a new one."""
    await garage.send(call)
    garage.step(9 * 3600)
    assert await garage.send(call) == DONE
    assert garage.outcomes[-2:] == ["INCORRECT_EPOCH", "ok"]


@pytest.mark.parametrize("hours", [-3, 3])
@BOTH
async def test_a_cars_clock_hours_off_does_no_harm(
    garage: Garage, call: Call, hours: int
) -> None:
    """It is off before the handshake, and then it jumps back."""
    skew = timedelta(hours=hours)
    domain = WIRE[call.command.domain]
    garage.step(4 * 3600)
    garage.side.computer(domain).skew(skew)
    assert await garage.send(call) == DONE
    garage.side.computer(domain).skew(-skew)
    assert await garage.send(call) == DONE


@pytest.mark.parametrize("hours", [-3, 3])
@BOTH
async def test_our_clock_hours_off_does_no_harm(
    garage: Garage, call: Call, hours: int
) -> None:
    """It is off before the handshake, and then it is set right."""
    garage.our_clock.step(hours * 3600)
    assert await garage.send(call) == DONE
    assert garage.outcomes == ["handshake", "ok"]
    garage.our_clock.step(-hours * 3600)
    assert await garage.send(call) == DONE
    garage.our_clock.step(hours * 3600)
    assert await garage.send(call) == DONE


@BOTH
async def test_used_up_counters_begin_anew(garage: Garage, call: Call) -> None:
    """The last counter makes the car begin an epoch, and us follow."""
    await garage.send(call)
    session = garage.load(VIN, call.command.domain)
    assert session is not None
    dump = session.dump() | {"counter": MAX_COUNTER - 1}
    await garage.save(VIN, type(session).load(dump) or session)

    assert await garage.send(call) == DONE
    assert garage.heard[-1].counter == MAX_COUNTER
    assert await garage.send(call) == DONE
    assert garage.outcomes[-2:] == ["handshake", "ok"]
    assert garage.heard[-1].counter == 1


@BOTH
async def test_a_key_that_is_not_paired_is_said_so(garage: Garage, call: Call) -> None:
    """Before a session, and after the owner deleted the key; then it works again."""
    paired, garage.car.whitelist = garage.car.whitelist, set()
    with pytest.raises(KeyNotPaired):
        await garage.send(call)
    garage.car.whitelist = paired
    assert await garage.send(call) == DONE
    garage.car.whitelist = set()
    with pytest.raises(KeyNotPaired):
        await garage.send(call)
    garage.car.whitelist = paired
    assert await garage.send(call) == DONE
    assert garage.slept == []


async def test_mobile_access_switched_off_is_said_so(garage: Garage) -> None:
    """The owner can switch it on in the car."""
    garage.side.faults = [Fault(name="REMOTE_ACCESS_DISABLED")]
    with pytest.raises(MobileAccessDisabled):
        await garage.send(LOCK)


@pytest.mark.parametrize("encrypts", [True, False], ids=["sealed", "in the clear"])
@BOTH
async def test_a_replayed_reply_is_refused(
    garage: Garage, call: Call, encrypts: bool
) -> None:
    """The answer to the last command is no answer to this one."""
    garage.side.encrypts_replies = encrypts
    await garage.send(call)
    replies: list[bytes] = []
    garage.tamper = _recorded(replies)
    await garage.send(call)
    garage.tamper = lambda _: replies[0]
    with pytest.raises(InvalidReply):
        await garage.send(call)


def _recorded(replies: list[bytes]) -> Callable[[bytes], bytes]:
    """Return a line that keeps what passes."""

    def passed(reply: bytes) -> bytes:
        replies.append(reply)
        return reply

    return passed


@BOTH
async def test_a_replayed_handshake_is_refused(garage: Garage, call: Call) -> None:
    """The car's old word on its session is worth nothing."""
    replies: list[bytes] = []
    garage.tamper = _recorded(replies)
    await garage.send(call)
    garage.shelf.clear()
    garage.tamper = lambda _: replies[0]
    with pytest.raises(InvalidReply):
        await garage.send(call)


async def test_fifty_commands_survive_a_reboot_in_between(garage: Garage) -> None:
    """Counters stay in order within each epoch, and every command is done."""
    await garage.send(LOCK)
    sends = [asyncio.create_task(garage.send(LOCK)) for _ in range(50)]
    await asyncio.sleep(0)
    garage.side.reboot()
    assert set(await asyncio.gather(*sends)) == {DONE}
    assert garage.outcomes.count("INCORRECT_EPOCH") == 1
    assert garage.outcomes.count("ok") == 51
    assert garage.most_in_flight[VIN] == 1


@pytest.mark.parametrize("is_first", [True, False], ids=["first", "later"])
@pytest.mark.parametrize("moment", ["saving", "saved", "sent"])
@BOTH
async def test_a_crash_costs_a_handshake_at_most(
    garage: Garage, call: Call, moment: str, is_first: bool
) -> None:
    """Before, while, or after a counter is saved: none is used twice, none refused."""
    for _ in range(0 if is_first else 2):
        await garage.send(call)
    garage.crash_at = moment
    with pytest.raises(Crash):
        await garage.send(call)
    garage.channel = garage.reopened()
    before = len(garage.heard)
    assert await garage.send(call) == DONE
    assert len(garage.heard) - before <= 2
    counters = [heard.counter for heard in garage.heard if heard.counter]
    assert counters == sorted(set(counters))
    assert set(garage.outcomes) == {"handshake", "ok"}


@pytest.mark.parametrize("behind", [1, 5, 40])
@BOTH
async def test_sessions_of_a_backup_cost_a_message(
    garage: Garage, call: Call, behind: int
) -> None:
    """Counters the car has seen are refused by it, and then left behind."""
    await garage.send(call)
    backup = dict(garage.shelf)
    for _ in range(behind):
        await garage.send(call)
    garage.shelf = backup
    garage.channel = garage.reopened()
    before, done = len(garage.heard), len(garage.car.done)
    assert await garage.send(call) == DONE
    assert (len(garage.heard) - before, len(garage.car.done) - done) == (2, 1)
    assert garage.heard[-1].counter == behind + 2


EVENTS: Final[dict[str, Callable[[Garage], None]]] = {
    "an hour passes": lambda garage: garage.step(3600),
    "busy": lambda garage: garage.side.faults.append(Fault(name="BUSY")),
    "counter": lambda garage: garage.side.faults.append(
        Fault(name="INVALID_TOKEN_OR_COUNTER")
    ),
    "forged": lambda garage: garage.side.faults.append(
        Fault(name="TIME_EXPIRED", is_forged=True)
    ),
    "internal": lambda garage: garage.side.faults.append(
        Fault(name="INTERNAL", acts=True)
    ),
    "lost": lambda garage: garage.troubles.append(
        Trouble(error=AnswerLost(), after=True)
    ),
    "our clock back": lambda garage: _moved(garage, -7200),
    "reboot": lambda garage: garage.side.reboot(),
    "session lost": lambda garage: garage.shelf.clear(),
    "skew": lambda garage: garage.side.computer(2).skew(timedelta(hours=1)),
    "unavailable": lambda garage: garage.troubles.append(
        Trouble(error=TeslaUnavailable(status=503))
    ),
}


def _moved(garage: Garage, seconds: float) -> None:
    """Set our clock."""
    garage.our_clock.step(seconds)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(sorted(EVENTS)), max_size=12))
async def test_whatever_happens_a_safe_command_gets_through(events: list[str]) -> None:
    """Any mix of faults, losses, reboots and clocks is overcome or said."""
    garage = Garage()
    for event in events:
        EVENTS[event](garage)
        assert await garage.send(LOCK) == DONE


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(sorted(EVENTS)), max_size=12))
async def test_whatever_happens_a_pulse_acts_once_at_most(events: list[str]) -> None:
    """And no counter is used again within an epoch."""
    garage = Garage()
    for event in events:
        EVENTS[event](garage)
        before = len(garage.car.done)
        done = await _is_done(garage)
        assert len(garage.car.done) - before in ((1,) if done else (0, 1))
    assert garage.outcomes.count("INVALID_TOKEN_OR_COUNTER") <= events.count("counter")


async def _is_done(garage: Garage) -> bool:
    """Start the car; say whether it said that it did."""
    try:
        answer = await garage.send(START)
    except FleetError:
        return False
    return answer.result


def test_every_domain_is_on_the_wire() -> None:
    """A new domain needs its number here and in the signer."""
    assert set(WIRE) == set(Domain)
