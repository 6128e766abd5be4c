"""From the bytes of a signed command to a REST command's name and parameters.

The cloud reads messages too, before it passes them on: a command that it cannot read
it does not let through, since it could not check the token's scopes.
"""

from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError, Message
from tesla_protocol.command.car_server_pb2 import Action
from tesla_protocol.command.universal_message_pb2 import Domain, RoutableMessage
from tesla_protocol.command.vcsec_pb2 import UnsignedMessage

from .vehicle_actions import ACTIONS, CLOSURES, KEYFOB, Fields, Row, Unreadable

MOVE_PREFIX: Final = "CLOSURE_MOVE_TYPE_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One thing that a car is asked to do, in the words of the REST interface."""

    command: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What Tesla's servers can see of a message that they are asked to deliver."""

    domain: int
    is_handshake: bool
    is_encrypted: bool
    """Signed by AES-GCM: blocked, for nobody but the car can say what it asks for."""

    commands: tuple[str, ...]
    """REST names of what it asks for; none where that cannot be read."""


def letter(message: bytes) -> Letter | None:
    """Look at a message as a server does; None where it is no message at all."""
    try:
        routable = RoutableMessage.FromString(message)
    except DecodeError:
        return None
    domain = routable.to_destination.domain
    is_encrypted = routable.signature_data.HasField("AES_GCM_Personalized_data")
    commands: tuple[str, ...] = ()
    if routable.HasField("protobuf_message_as_bytes") and not is_encrypted:
        commands = _names(domain, routable.protobuf_message_as_bytes)
    return Letter(
        domain=domain,
        is_handshake=routable.HasField("session_info_request"),
        is_encrypted=is_encrypted,
        commands=commands,
    )


def decode(domain: int, payload: bytes) -> tuple[Call, ...]:
    """Say what a payload asks of a domain; raise `Unreadable` where that is nothing."""
    if domain == Domain.DOMAIN_VEHICLE_SECURITY:
        return _security(_fields(UnsignedMessage, payload))
    return _infotainment(_fields(Action, payload))


def _names(domain: int, payload: bytes) -> tuple[str, ...]:
    """Say the names alone, none for what cannot be read."""
    try:
        return tuple(call.command for call in decode(domain, payload))
    except Unreadable:
        return ()


def _fields(kind: type[Message], payload: bytes) -> Fields:
    """Unpack a payload into its JSON form, defaults included."""
    try:
        message = kind.FromString(payload)
    except DecodeError as err:
        raise Unreadable("DECODING", f"not a {kind.__name__}") from err
    return MessageToDict(message, always_print_fields_with_no_presence=True)


def _infotainment(fields: Fields) -> tuple[Call, ...]:
    """Read an action; it holds one field at most."""
    for name, action in fields.get("vehicleAction", {}).items():
        if name in ACTIONS:
            return _calls(ACTIONS[name], action)
    raise Unreadable("INVALID_COMMAND", f"no known action in {fields}")


def _security(fields: Fields) -> tuple[Call, ...]:
    """Read a keyfob's button or a move of closures."""
    if command := KEYFOB.get(fields.get("RKEAction", "")):
        return (Call(command=command, params={}),)
    calls: list[Call] = []
    for name, move in fields.get("closureMoveRequest", {}).items():
        said = {name: str(move).removeprefix(MOVE_PREFIX)}
        if said[name] != "NONE":
            calls.extend(_calls(CLOSURES.get(name, ()), said))
    if not calls:
        raise Unreadable("INVALID_COMMAND", f"no known request in {fields}")
    return tuple(calls)


def _calls(rows: tuple[Row, ...], action: Fields) -> tuple[Call, ...]:
    """Take the first row that fits, once for each entry if it is about a list."""
    for row in rows:
        if all(action.get(name) == value for name, value in row.having.items()):
            return tuple(
                Call(command=row.command, params=_params(row, entry))
                for entry in _entries(row, action)
            )
    raise Unreadable("INVALID_COMMAND", f"nothing fits {action}")


def _entries(row: Row, action: Fields) -> list[Fields]:
    """Say what holds the parameters: the action, or each entry of its list."""
    if row.each is None:
        return [action]
    entries: list[Fields] = action[row.each]
    if not entries:
        raise Unreadable("BAD_PARAMETER", f"{row.command} of nothing")
    return entries


def _params(row: Row, fields: Fields) -> dict[str, Any]:
    """Read the parameters of one command."""
    if row.read:
        return row.read(fields)
    params: dict[str, Any] = dict(row.fixed)
    for param in row.params:
        if param.field not in fields:
            raise Unreadable("BAD_PARAMETER", f"{row.command} without {param.name}")
        value = fields[param.field]
        # Zero, "" and false are what a protobuf says where it says nothing.
        if value or not param.is_optional:
            params[param.name] = param.read(value)
    return params
