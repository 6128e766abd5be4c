"""What the car's command protocol reports, as an owner reads it."""

from typing import Final

import pytest
from tesla_protocol.command.errors_pb2 import GenericError_E
from tesla_protocol.command.universal_message_pb2 import MessageFault_E

from custom_components.fleet_pulse import errors
from custom_components.fleet_pulse.fleet.faults import (
    MAY_HAVE_ACTED,
    OUT_OF_STEP,
    RETRIABLE_FAULTS,
)
from custom_components.fleet_pulse.fleet.session import FaultReply

from .test_errors import TEXTS

NAMES: Final = {
    name.removeprefix("MESSAGEFAULT_ERROR_")
    for name in MessageFault_E.DESCRIPTOR.values_by_name
}
ELSEWHERE: Final = {
    "BUSY": "the general text says it: try again in a minute",
    "INACTIVE_KEY": "the car does not know the key",
    "NONE": "no fault",
    "REMOTE_ACCESS_DISABLED": "mobile access is off",
    "UNKNOWN_KEY_ID": "the car does not know the key",
}


def test_every_fault_of_the_protocol_is_judged() -> None:
    """A fault that a newer protocol adds must be looked at by a person."""
    assert set(errors.FAULTS) == NAMES - set(ELSEWHERE)


def test_the_table_of_faults_is_sorted() -> None:
    """A table is sorted by key."""
    assert list(errors.FAULTS) == sorted(errors.FAULTS)


@pytest.mark.parametrize("fault", [*sorted(NAMES), "FAULT_99"])
def test_every_fault_has_a_text(fault: str) -> None:
    """Also one that nobody knows yet."""
    assert errors.text_of(FaultReply(fault)) in TEXTS


@pytest.mark.parametrize("fault", sorted(MAY_HAVE_ACTED))
def test_where_the_car_may_have_acted_the_owner_is_sent_to_look(fault: str) -> None:
    """A second command might undo or repeat the first."""
    text = TEXTS[errors.text_of(FaultReply(fault))]["message"]
    assert "Look at the car before you try again" in text


@pytest.mark.parametrize("fault", sorted(OUT_OF_STEP | RETRIABLE_FAULTS))
def test_what_passes_may_be_tried_again(fault: str) -> None:
    """The program has tried that already; later it may work."""
    assert "ry again" in TEXTS[errors.text_of(FaultReply(fault))]["message"]


def test_what_locks_and_closures_refuse_is_judged() -> None:
    """Each word is a sentence, or needs none."""
    words = {
        name.removeprefix("GENERICERROR_").lower()
        for name in GenericError_E.DESCRIPTOR.values_by_name
    }
    needs_none = {"already_on", "key_not_found", "none", "unknown"}
    transport = {"not_allowed_over_transport"}
    assert words - set(errors.REFUSALS) == needs_none | transport
