"""Sessions: kept, resumed in order, and opened only on a car's authentic word."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest
from tesla_protocol.command.signatures_pb2 import Session_Info_Status
from tesla_protocol.command.universal_message_pb2 import RoutableMessage

from custom_components.fleet_pulse.fleet import keys
from custom_components.fleet_pulse.fleet.errors import InvalidReply
from custom_components.fleet_pulse.fleet.session import (
    MAX_COUNTER,
    RESERVED,
    FaultReply,
    Outgoing,
    Session,
)
from custom_components.fleet_pulse.model.command import Domain

from .command_vectors import NOW, VIN
from .replies import CLIENT, SESSION, SIGNER, VEHICLE_KEY, reply_to, signed, with_info


def test_a_session_survives_the_disk() -> None:
    """What is restored signs on where the old process stopped."""
    stored = json.loads(json.dumps(SESSION.stale().dump()))
    assert Session.load(stored) == SESSION.stale()


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(None, id="nothing"),
        pytest.param("session", id="a text"),
        pytest.param({}, id="an empty object"),
        pytest.param(SESSION.dump() | {"domain": "autopilot"}, id="unknown domain"),
        pytest.param(SESSION.dump() | {"epoch": "xyz"}, id="no hexadecimal"),
        pytest.param(SESSION.dump() | {"epoch": None}, id="no epoch"),
        pytest.param(SESSION.dump() | {"counter": "many"}, id="no number"),
        pytest.param(SESSION.dump() | {"zero": "yesterday"}, id="no time"),
        pytest.param(SESSION.dump() | {"zero": "2026-07-01T12:00:00"}, id="naive time"),
    ],
)
def test_a_damaged_session_costs_a_handshake(stored: object) -> None:
    """It is dropped, not raised."""
    assert Session.load(stored) is None


def test_a_session_holds_no_secret() -> None:
    """The shared key follows from our private key: a leaked session opens nothing."""
    shared = keys.session_key(CLIENT, VEHICLE_KEY)
    shown = repr(SESSION) + json.dumps(SESSION.dump())
    assert shared.hex() not in shown
    assert repr(shared) not in shown


@pytest.mark.parametrize(
    ("known", "counter"),
    [
        pytest.param(None, 3, id="none known: the car's"),
        pytest.param(SESSION, 7, id="same epoch: never back"),
        pytest.param(replace(SESSION, counter=2), 3, id="same epoch: the car is ahead"),
        pytest.param(
            replace(SESSION, epoch=b"f" * 16), 3, id="another epoch: the car's"
        ),
    ],
)
def test_a_handshake_uses_no_counter_again(known: Session | None, counter: int) -> None:
    """A lost command may still arrive: its counter is gone for good."""
    outgoing = SIGNER.handshake(Domain.VCSEC)
    raw = with_info(reply_to(outgoing), outgoing).SerializeToString()
    session = SIGNER.open_handshake(VIN, outgoing, raw, NOW, known)
    assert session.counter == counter
    assert session.zero == NOW - timedelta(seconds=90)


@settings(max_examples=30)
@given(st.integers(0, 500), st.integers(-50, 50), st.integers(1, 60))
def test_only_the_difference_of_clocks_counts(
    age: int, hours: int, lifetime: int
) -> None:
    """However wrong our clock is, a message expires `lifetime` after it was signed."""
    ours = NOW + timedelta(hours=hours)
    outgoing = SIGNER.handshake(Domain.VCSEC)
    raw = with_info(reply_to(outgoing), outgoing, clock_time=4000).SerializeToString()
    session = SIGNER.open_handshake(VIN, outgoing, raw, ours)
    later = ours + timedelta(seconds=age)
    _, signed = SIGNER.sign(
        session, VIN, b"", later, lifetime=timedelta(seconds=lifetime)
    )
    assert _expires_at(signed) == 4000 + age + lifetime


def _expires_at(outgoing: Outgoing) -> int:
    """Return a message's expiration time."""
    data = RoutableMessage.FromString(outgoing.message).signature_data
    expires_at: int = data.HMAC_Personalized_data.expires_at
    return expires_at


@pytest.mark.parametrize(
    ("jump", "expires_at"),
    [
        pytest.param(timedelta(days=-400), 1, id="back: never 0, which is for ever"),
        pytest.param(timedelta(days=36500), 1 << 30, id="ahead: never past an epoch"),
    ],
)
def test_a_clock_that_jumped_signs_within_the_protocol(
    jump: timedelta, expires_at: int
) -> None:
    """The car can answer it with the fault that brings its time."""
    _, outgoing = signed(now=NOW + jump)
    assert _expires_at(outgoing) == expires_at


def test_counters_count_and_end() -> None:
    """Each message takes the next one; the last is not followed by the first."""
    used, _ = signed(replace(SESSION, counter=MAX_COUNTER - 1))
    assert used.counter == MAX_COUNTER
    with pytest.raises(FaultReply) as caught:
        signed(used)
    assert caught.value.fault == "INVALID_TOKEN_OR_COUNTER"
    assert caught.value.session == used.stale()


def test_no_two_messages_share_a_name() -> None:
    """Replies can be told apart: address, uuid and hash differ each time."""
    first, second = signed()[1], signed()[1]
    assert first.uuid != second.uuid
    assert first.address != second.address
    assert len({first.uuid, first.address, second.uuid, second.address}) == 4


@pytest.mark.parametrize(
    "break_it",
    [
        pytest.param(lambda m: m.signature_data.Clear(), id="no tag at all"),
        pytest.param(
            lambda m: m.signature_data.session_info_tag.__setattr__("tag", bytes(32)),
            id="a wrong tag",
        ),
        pytest.param(
            lambda m: m.__setattr__("session_info", m.session_info + b"\x08\x09"),
            id="a later counter slipped in",
        ),
        pytest.param(
            lambda m: m.__setattr__("session_info", b"\xff"), id="no session info"
        ),
        pytest.param(lambda m: m.ClearField("session_info"), id="nothing to open"),
        pytest.param(
            lambda m: m.to_destination.__setattr__("routing_address", bytes(16)),
            id="for somebody else",
        ),
        pytest.param(lambda m: m.ClearField("to_destination"), id="for nobody"),
        pytest.param(
            lambda m: m.__setattr__("request_uuid", bytes(16)), id="to another request"
        ),
        pytest.param(
            lambda m: m.from_destination.__setattr__("domain", 3),
            id="from another domain",
        ),
    ],
)
def test_a_handshake_that_does_not_authenticate_is_refused(
    break_it: Callable[[RoutableMessage], None],
) -> None:
    """No session comes of it."""
    outgoing = SIGNER.handshake(Domain.VCSEC)
    message = with_info(reply_to(outgoing), outgoing)
    break_it(message)
    with pytest.raises(InvalidReply):
        SIGNER.open_handshake(VIN, outgoing, message.SerializeToString(), NOW)


def test_a_handshake_of_before_is_refused() -> None:
    """The reply to an older request does not authenticate for a newer one."""
    older, newer = SIGNER.handshake(Domain.VCSEC), SIGNER.handshake(Domain.VCSEC)
    message = with_info(reply_to(newer), older)
    with pytest.raises(InvalidReply):
        SIGNER.open_handshake(VIN, newer, message.SerializeToString(), NOW)


@pytest.mark.parametrize("raw", [b"\xff\xff", b"<html>"])
def test_garbage_is_refused(raw: bytes) -> None:
    """Whatever is no message is not from the car."""
    with pytest.raises(InvalidReply):
        SIGNER.open_handshake(VIN, SIGNER.handshake(Domain.VCSEC), raw, NOW)


def test_a_session_status_of_the_future_is_refused() -> None:
    """A handle we never asked for, or a status we do not know, gives no session."""
    outgoing = SIGNER.handshake(Domain.VCSEC)
    status = Session_Info_Status.SESSION_INFO_STATUS_INVALID_HANDLE
    message = with_info(reply_to(outgoing), outgoing, status=status)
    with pytest.raises(InvalidReply, match="status 2"):
        SIGNER.open_handshake(VIN, outgoing, message.SerializeToString(), NOW)


@pytest.mark.parametrize(
    ("change", "is_covered"),
    [
        pytest.param({}, True, id="the same"),
        pytest.param({"counter": SESSION.counter + 1}, True, id="the next counter"),
        pytest.param(
            {"counter": SESSION.counter + RESERVED}, True, id="the last reserved"
        ),
        pytest.param(
            {"counter": SESSION.counter + RESERVED + 1}, False, id="one too many"
        ),
        pytest.param({"epoch": b"f" * 16}, False, id="another epoch"),
        pytest.param({"is_stale": True}, False, id="out of step"),
        pytest.param({"clock_time": 1}, False, id="another word on the clock"),
    ],
)
def test_counters_are_reserved_by_the_dozen(
    change: dict[str, Any], is_covered: bool
) -> None:
    """One write is good for many commands, and for nothing else."""
    assert SESSION.reserving().covers(replace(SESSION, **change)) is is_covered


def test_the_last_counters_are_not_given_away() -> None:
    """A crash there must not leave a session that can never sign again."""
    late = replace(SESSION, counter=MAX_COUNTER - RESERVED)
    assert late.reserving() == late
    assert not late.covers(replace(late, counter=late.counter + 1))
