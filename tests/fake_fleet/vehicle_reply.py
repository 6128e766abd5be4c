"""The reply to one message, written piece by piece as the car makes up its mind."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tesla_protocol.command.car_server_pb2 import (
    ActionStatus,
    OperationStatus_E as ActionResult,
    Response,
    ResultReason,
)
from tesla_protocol.command.errors_pb2 import GenericError_E, NominalError
from tesla_protocol.command.signatures_pb2 import (
    AES_GCM_Response_Signature_Data,
    HMAC_Signature_Data,
    Session_Info_Status,
    SessionInfo,
    SignatureData,
)
from tesla_protocol.command.universal_message_pb2 import (
    Domain,
    Flags,
    MessageStatus,
    OperationStatus_E,
    RoutableMessage,
)
from tesla_protocol.command.vcsec_pb2 import (
    CommandStatus,
    FromVCSECMessage,
    OperationStatus_E as SecurityStatus,
)

from . import vehicle_crypto as crypto
from .decode import Call
from .vehicle_session import Computer

ENCRYPT_RESPONSE: Final = 1 << Flags.FLAG_ENCRYPT_RESPONSE
FAULT_PREFIX: Final = "MESSAGEFAULT_ERROR_"
WAIT: Final = "WAIT"
"""No fault of the protocol: the computer is busy and says to come again."""

SECURITY_ERRORS: Final = {
    "already_on": GenericError_E.GENERICERROR_ALREADY_ON,
    "closures_open": GenericError_E.GENERICERROR_CLOSURES_OPEN,
    "disabled_for_user_command": GenericError_E.GENERICERROR_DISABLED_FOR_USER_COMMAND,
    "not_in_park": GenericError_E.GENERICERROR_VEHICLE_NOT_IN_PARK,
    "not_supported": GenericError_E.GENERICERROR_NOT_SUPPORTED,
    "unauthorized": GenericError_E.GENERICERROR_UNAUTHORIZED,
}
"""Reasons that the security computer has a number for; all others are unknown."""


@dataclass(slots=True, kw_only=True)
class Exchange:
    """A request, what the car makes of it, and the reply as far as it is written."""

    request: RoutableMessage
    now: datetime
    reply: RoutableMessage = field(default_factory=RoutableMessage)
    calls: tuple[Call, ...] = ()
    outcome: str = "ok"
    acted: bool = False

    def turn_around(self) -> None:
        """Address the reply to who asked."""
        if self.request.HasField("from_destination"):
            self.reply.to_destination.CopyFrom(self.request.from_destination)
        if self.request.HasField("to_destination"):
            self.reply.from_destination.CopyFrom(self.request.to_destination)

    def refuse(self, fault: str) -> None:
        """Answer with a fault of the protocol, named without its prefix."""
        self.outcome = fault
        self.reply.ClearField("protobuf_message_as_bytes")
        self.reply.signedMessageStatus.CopyFrom(
            MessageStatus(
                operation_status=OperationStatus_E.OPERATIONSTATUS_ERROR,
                signed_message_fault=FAULT_PREFIX + fault,
            )
        )

    def wait(self, domain: Domain) -> None:
        """Say to come again, as each of the two computers does."""
        self.outcome = WAIT
        self.reply.ClearField("protobuf_message_as_bytes")
        if domain == Domain.DOMAIN_VEHICLE_SECURITY:
            busy = CommandStatus(operationStatus=SecurityStatus.OPERATIONSTATUS_WAIT)
            message = FromVCSECMessage(commandStatus=busy)
            self.reply.protobuf_message_as_bytes = message.SerializeToString()
        else:
            status = MessageStatus(
                operation_status=OperationStatus_E.OPERATIONSTATUS_WAIT
            )
            self.reply.signedMessageStatus.CopyFrom(status)

    def answer(self, domain: Domain, reason: str | None) -> None:
        """Word the car's answer as the computer asked does; no reason means done."""
        if domain == Domain.DOMAIN_VEHICLE_SECURITY:
            payload = _security_answer(reason)
        else:
            payload = _infotainment_answer(reason)
        self.outcome = "ok" if reason is None else reason
        self.reply.protobuf_message_as_bytes = payload

    def turn_away(self) -> None:
        """Tell a stranger that its key is not paired."""
        # There is no session with a stranger, hence nothing to vouch with.
        status = Session_Info_Status.SESSION_INFO_STATUS_KEY_NOT_ON_WHITELIST
        self.outcome = "not_paired"
        self.reply.session_info = SessionInfo(status=status).SerializeToString()

    def add_session_info(
        self, computer: Computer, client: bytes, *, is_forged: bool = False
    ) -> None:
        """Tell where a computer stands, vouched for in answer to this request only."""
        info, tag = computer.session_info(
            client, challenge=self.request.uuid, now=self.now
        )
        if is_forged:
            tag = bytes([tag[0] ^ 1]) + tag[1:]
        self.reply.session_info = info
        vouched = SignatureData(session_info_tag=HMAC_Signature_Data(tag=tag))
        self.reply.signature_data.CopyFrom(vouched)

    @property
    def is_to_be_sealed(self) -> bool:
        """Say whether there is something to encrypt and a wish for it."""
        has_payload = self.reply.HasField("protobuf_message_as_bytes")
        return has_payload and bool(self.request.flags & ENCRYPT_RESPONSE)

    def seal(self, *, key: bytes, nonce: bytes, vin: str, counter: int = 1) -> None:
        """Encrypt the answer, so that only who asked can read it, for that request."""
        about = crypto.reply_metadata(
            self.reply,
            vin=vin,
            counter=counter,
            named=crypto.request_hash(self.request),
        )
        plain = self.reply.protobuf_message_as_bytes
        text, tag = crypto.sealed(key, nonce=nonce, plain=plain, about=about)
        self.reply.protobuf_message_as_bytes = text
        sealing = AES_GCM_Response_Signature_Data(nonce=nonce, counter=counter, tag=tag)
        self.reply.signature_data.CopyFrom(SignatureData(AES_GCM_Response_data=sealing))


def _infotainment_answer(reason: str | None) -> bytes:
    """Word infotainment's answer, which gives a reason in plain text."""
    status = ActionStatus(result=ActionResult.OPERATIONSTATUS_OK)
    if reason is not None:
        status = ActionStatus(
            result=ActionResult.OPERATIONSTATUS_ERROR,
            result_reason=ResultReason(plain_text=reason),
        )
    return Response(actionStatus=status).SerializeToString()


def _security_answer(reason: str | None) -> bytes:
    """Word the security computer's last message, the one that the cloud passes on."""
    if reason is None:
        return FromVCSECMessage().SerializeToString()
    number = SECURITY_ERRORS.get(reason, GenericError_E.GENERICERROR_UNKNOWN)
    error = NominalError(genericError=number)
    return FromVCSECMessage(nominalError=error).SerializeToString()
