"""What says that a car does not know a command, rather than that it will not now.

Whether the answer came signed or not: words of the car (`result: false`), or a fault of
its protocol. What is not listed may pass: the car is asked again.
"""

from collections.abc import Mapping
from typing import Final

from .errors import CommandRefused, FleetError, VehicleFault

_NAMED: Final = (
    "the name of an error in the protocol (`GENERICERROR_NOT_SUPPORTED`, errors.proto)"
)
_FREE: Final = "free text (`ResultReason.plain_text`, car_server.proto): no list of it is published"
_CLOUD: Final = (
    "Tesla's own proxy for a command that is none (vehicle-command, pkg/proxy), told of"
    " cars second-hand"
)

UNSUPPORTED_WORDS: Final[Mapping[str, str]] = {
    "does not support": _FREE,
    "invalid command": _CLOUD,
    "not supported": _NAMED,
    "unsupported": _FREE,
}
"""Words anywhere in a car's reason, in lower case and with spaces, and who says so.

"Support" alone is none of them: a car may as well send its owner there.
"""

UNSUPPORTED_FAULTS: Final[Mapping[str, str]] = {
    "INVALID_COMMAND": "universal_message.proto: unrecognized, a mistake of the client"
    " or an unsupported firmware",
}
"""Faults of the protocol by name, and who says so.

INVALID_DOMAINS is about a computer of the car, not a command; BAD_PARAMETER and
DECODING are about the values of one that the car knows.
"""


def is_unsupported(error: FleetError) -> bool:
    """Return whether an error says that the car does not know the command."""
    if isinstance(error, VehicleFault):
        return error.fault in UNSUPPORTED_FAULTS
    if not isinstance(error, CommandRefused):
        return False
    reason = error.reason.lower().replace("_", " ")
    return any(words in reason for words in UNSUPPORTED_WORDS)
