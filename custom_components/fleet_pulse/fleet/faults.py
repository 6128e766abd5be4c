"""Every fault of the command protocol: what it says of the car, and what helps.

fault ─▶ the owner must mend it ─▶ an error of its own
─▶ out of step ─▶ the session it brings, or a handshake, before the next sign
─▶ passing ─▶ sign anew, if the car did nothing or may do it twice
─▶ anything else is final
"""

from collections.abc import Mapping
from typing import Final

from ..model.record import record
from .errors import FleetError, KeyNotPaired, MobileAccessDisabled


@record
class Fault:
    """What one fault means for the command and for its session."""

    is_passing: bool = False
    """Whether it may pass when the message is signed anew."""
    is_out_of_step: bool = False
    """Whether the session needs the car's own word before it signs again."""
    may_have_acted: bool = False
    """Whether it leaves open if the car did what was asked."""
    error: type[FleetError] | None = None
    """What the owner can mend; None where only the fault's name is known."""


_FINAL: Final = Fault()
_OUT_OF_STEP: Final = Fault(is_passing=True, is_out_of_step=True)
_UNCLEAR: Final = Fault(is_passing=True, may_have_acted=True)
_UNPAIRED: Final = Fault(error=KeyNotPaired)

FAULTS: Final[Mapping[str, Fault]] = {
    "BAD_PARAMETER": _FINAL,
    "BUSY": Fault(is_passing=True),
    "COMMAND_REQUIRES_ACCOUNT_CREDENTIALS": _FINAL,
    "COMMAND_REQUIRES_PHYSICAL_PROXIMITY": _FINAL,
    "COULD_NOT_HASH_METADATA": _FINAL,
    "DECODING": _FINAL,
    "INACTIVE_KEY": _UNPAIRED,
    "INCORRECT_EPOCH": _OUT_OF_STEP,
    "INSUFFICIENT_PRIVILEGES": _FINAL,
    "INTERNAL": _UNCLEAR,
    "INVALID_COMMAND": _FINAL,
    "INVALID_DOMAINS": _FINAL,
    "INVALID_KEY_HANDLE": _FINAL,
    "INVALID_SIGNATURE": _OUT_OF_STEP,
    "INVALID_TOKEN_OR_COUNTER": _OUT_OF_STEP,
    "IV_INCORRECT_LENGTH": _FINAL,
    "KEYCHAIN_IS_FULL": _FINAL,
    "NOT_PROVISIONED_WITH_IDENTITY": _FINAL,
    "REMOTE_ACCESS_DISABLED": Fault(error=MobileAccessDisabled),
    "REMOTE_SERVICE_ACCESS_DISABLED": _FINAL,
    # Tesla may have delivered it twice: signing anew would do it twice.
    "REPEATED_COUNTER": Fault(is_out_of_step=True),
    "REQUEST_MTU_EXCEEDED": _FINAL,
    "REQUIRES_RESPONSE_ENCRYPTION": _FINAL,
    # The car acted, and its answer did not fit: the next one would not either.
    "RESPONSE_MTU_EXCEEDED": Fault(may_have_acted=True),
    "TIMEOUT": _UNCLEAR,
    "TIME_EXPIRED": _OUT_OF_STEP,
    "TIME_TO_LIVE_TOO_LONG": _OUT_OF_STEP,
    "UNKNOWN_KEY_ID": _UNPAIRED,
    "WRONG_PERSONALIZATION": _FINAL,
}

MAY_HAVE_ACTED: Final = frozenset(n for n, f in FAULTS.items() if f.may_have_acted)
"""Faults that do not say whether the car did what was asked."""
OUT_OF_STEP: Final = frozenset(n for n, f in FAULTS.items() if f.is_out_of_step)
"""Faults after which the session needs the car's own word before it signs again."""
RETRIABLE_FAULTS: Final = frozenset(n for n, f in FAULTS.items() if f.is_passing)
"""Faults that may pass when the message is signed anew."""


def meaning(name: str) -> Fault:
    """Return what a fault means; one that nobody knows yet is final."""
    return FAULTS.get(name, _FINAL)
