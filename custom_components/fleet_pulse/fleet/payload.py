"""What a signed command and its answer say: protobuf's JSON in, bytes out, and back."""

from typing import Any, Final

from google.protobuf.json_format import ParseDict, ParseError
from google.protobuf.message import DecodeError, Message
from tesla_protocol.command.car_server_pb2 import (
    Action,
    OperationStatus_E as ActionResult,
    Response,
)
from tesla_protocol.command.errors_pb2 import GenericError_E
from tesla_protocol.command.vcsec_pb2 import (
    FromVCSECMessage,
    OperationStatus_E as CommandResult,
    UnsignedMessage,
)

from ..model.command import Domain
from .errors import InvalidAnswer, InvalidParameter
from .session import FaultReply

_ERROR_PREFIX: Final = "GENERICERROR_"
_UNSPECIFIED: Final = "unspecified_error"


def payload(domain: Domain, message: dict[str, Any]) -> bytes:
    """Return the bytes of a command from its protobuf JSON."""
    into: Message = UnsignedMessage() if domain is Domain.VCSEC else Action()
    try:
        ParseDict(message, into)
    except ParseError:
        # The parser's words quote the value, which may be a PIN.
        raise InvalidParameter("the command does not fit the protocol") from None
    return into.SerializeToString()


def command_result(domain: Domain, payload: bytes) -> tuple[bool, str]:
    """Return whether the car did it and, if not, its reason in lower case."""
    try:
        if domain is Domain.VCSEC:
            return _vcsec_result(FromVCSECMessage.FromString(payload))
        status = Response.FromString(payload).actionStatus
    except DecodeError as err:
        raise InvalidAnswer("the car's answer cannot be read") from err
    if status.result == ActionResult.OPERATIONSTATUS_OK:
        return True, ""
    return False, status.result_reason.plain_text or _UNSPECIFIED


def _vcsec_result(answer: FromVCSECMessage) -> tuple[bool, str]:
    """Read the answer of locks and closures; an empty one is success."""
    if answer.HasField("nominalError"):
        error = answer.nominalError.genericError
        known = GenericError_E.DESCRIPTOR.values_by_number.get(error)
        name = known.name.removeprefix(_ERROR_PREFIX) if known else f"error_{error}"
        return False, name.lower()
    status = answer.commandStatus.operationStatus
    if status == CommandResult.OPERATIONSTATUS_WAIT:
        raise FaultReply("BUSY", "VCSEC is busy with another request")
    if status == CommandResult.OPERATIONSTATUS_ERROR:
        return False, _UNSPECIFIED
    return True, ""
