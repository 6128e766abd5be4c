"""What commands and answers say, in bytes."""

from typing import Any, Final

import pytest
from tesla_protocol.command.car_server_pb2 import Response
from tesla_protocol.command.vcsec_pb2 import FromVCSECMessage

from custom_components.fleet_pulse.fleet.errors import InvalidAnswer, InvalidParameter
from custom_components.fleet_pulse.fleet.payload import command_result, payload
from custom_components.fleet_pulse.fleet.session import FaultReply
from custom_components.fleet_pulse.model.command import Domain
from custom_components.fleet_pulse.model.commands import COMMANDS

from .command_vectors import DOMAINS, cases, generated

# The proxy contradicts Tesla's documentation in one row (see the data's README).
ROWS: Final = [
    pytest.param(
        {**item, **sent}, id=f"{item['command']} {item['params'] or ''}".strip()
    )
    for item in generated("rest_to_protobuf").get("items", [])
    for sent in item["sent"] or []
    if "payload_hex" in sent and item["command"] != "set_cop_temp"
]


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({"noSuchAction": {}}, id="an unknown action"),
        pytest.param({"RKEAction": "RKE_ACTION_DANCE"}, id="an unknown value"),
        pytest.param({"RKEAction": {"pin": "1234"}}, id="another kind of value"),
    ],
)
def test_what_does_not_fit_the_protocol_is_not_sent(message: dict[str, Any]) -> None:
    """The error shows nothing of the values: one may be a PIN."""
    with pytest.raises(InvalidParameter) as caught:
        payload(Domain.VCSEC, message)
    assert "1234" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("row", cases(ROWS))
def test_the_bytes_of_tesla_s_own_proxy(
    row: dict[str, Any],
) -> None:
    """Name and parameters make the very bytes that Tesla's proxy sends."""
    command = COMMANDS[row["command"]]
    call = command.call(**(row["params"] or {}))

    assert DOMAINS[row["domain"]] is command.domain
    assert payload(command.domain, call.message()).hex() == row["payload_hex"]


@pytest.mark.parametrize(
    ("domain", "answer", "result"),
    [
        pytest.param(Domain.INFOTAINMENT, b"", (True, ""), id="silence is consent"),
        pytest.param(
            Domain.INFOTAINMENT,
            Response(actionStatus={"result": 0}).SerializeToString(),
            (True, ""),
            id="done",
        ),
        pytest.param(
            Domain.INFOTAINMENT,
            Response(
                actionStatus={"result": 1, "result_reason": {"plain_text": "complete"}}
            ).SerializeToString(),
            (False, "complete"),
            id="the car's own word",
        ),
        pytest.param(
            Domain.INFOTAINMENT,
            Response(actionStatus={"result": 1}).SerializeToString(),
            (False, "unspecified_error"),
            id="an error without a word",
        ),
        pytest.param(Domain.VCSEC, b"", (True, ""), id="VCSEC: empty is done"),
        pytest.param(
            Domain.VCSEC, b"\x22\x00", (True, ""), id="VCSEC: a status that is well"
        ),
        pytest.param(
            Domain.VCSEC,
            FromVCSECMessage(nominalError={"genericError": 2}).SerializeToString(),
            (False, "closures_open"),
            id="VCSEC: a named error",
        ),
        pytest.param(
            Domain.VCSEC,
            FromVCSECMessage(nominalError={"genericError": 99}).SerializeToString(),
            (False, "error_99"),
            id="VCSEC: an error of the future",
        ),
        pytest.param(
            Domain.VCSEC,
            FromVCSECMessage(commandStatus={"operationStatus": 2}).SerializeToString(),
            (False, "unspecified_error"),
            id="VCSEC: an error without a name",
        ),
    ],
)
def test_the_cars_answer_is_read(
    domain: Domain, answer: bytes, result: tuple[bool, str]
) -> None:
    """Both domains' words become one pair."""
    assert command_result(domain, answer) == result


def test_vcsec_busy_is_a_fault() -> None:
    """It did nothing and wants to be asked again."""
    answer = FromVCSECMessage(commandStatus={"operationStatus": 1})
    with pytest.raises(FaultReply) as caught:
        command_result(Domain.VCSEC, answer.SerializeToString())
    assert caught.value.fault == "BUSY"


@pytest.mark.parametrize("domain", list(Domain))
def test_an_answer_that_cannot_be_read_may_hide_an_act(domain: Domain) -> None:
    """The car authenticated it, so something was done with the command."""
    with pytest.raises(InvalidAnswer) as caught:
        command_result(domain, b"\xff")
    assert caught.value.may_have_acted
