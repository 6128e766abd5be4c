"""What says that a car does not know a command."""

import pytest

from custom_components.fleet_pulse.errors import REFUSALS, text_of
from custom_components.fleet_pulse.fleet.errors import (
    Asleep,
    CommandRefused,
    FleetError,
    VehicleFault,
)
from custom_components.fleet_pulse.fleet.faults import FAULTS, meaning
from custom_components.fleet_pulse.fleet.unsupported import (
    UNSUPPORTED_FAULTS,
    UNSUPPORTED_WORDS,
    is_unsupported,
)

TABLES = (UNSUPPORTED_FAULTS, UNSUPPORTED_WORDS)
SAYING_SO = ("invalid_command", "not_supported", "unsupported_vehicle")
"""What of the reasons that have a text of their own says so."""


@pytest.mark.parametrize("table", TABLES, ids=["faults", "words"])
def test_each_row_is_in_its_place_and_says_who_says_so(table: dict[str, str]) -> None:
    """Nobody has to guess where a word came from."""
    assert list(table) == sorted(table)
    assert all(table.values())


@pytest.mark.parametrize("words", UNSUPPORTED_WORDS)
def test_words_are_written_as_they_are_looked_for(words: str) -> None:
    """A row that never fits, or that another one covers, would be none."""
    assert words == words.lower().replace("_", " ").strip()
    assert [row for row in UNSUPPORTED_WORDS if row in words] == [words]


@pytest.mark.parametrize("fault", UNSUPPORTED_FAULTS)
def test_a_fault_that_says_so_is_final_and_did_nothing(fault: str) -> None:
    """What may pass, or leaves open what the car did, does not say so."""
    assert fault in FAULTS
    assert not meaning(fault).is_passing
    assert not meaning(fault).may_have_acted
    assert meaning(fault).error is None
    assert text_of(VehicleFault(fault)) != "vehicle_fault"


def test_every_reason_with_a_text_is_judged() -> None:
    """The two tables do not drift apart."""
    found = [reason for reason in REFUSALS if is_unsupported(CommandRefused(reason))]
    assert tuple(found) == SAYING_SO


@pytest.mark.parametrize(
    ("error", "says_so"),
    [
        pytest.param(CommandRefused("NOT_SUPPORTED"), True, id="in capitals"),
        pytest.param(
            CommandRefused("vehicle does not support schedules"), True, id="a sentence"
        ),
        pytest.param(CommandRefused("Unsupported"), True, id="a single word"),
        pytest.param(CommandRefused("visit tesla.com/support"), False, id="advice"),
        pytest.param(CommandRefused("not_now"), False, id="not now"),
        pytest.param(CommandRefused(""), False, id="without a word"),
        pytest.param(VehicleFault("INVALID_COMMAND"), True, id="a fault"),
        pytest.param(VehicleFault("BAD_PARAMETER"), False, id="a value it dislikes"),
        pytest.param(VehicleFault("INVALID_DOMAINS"), False, id="another computer"),
        pytest.param(VehicleFault("FAULT_77", "unsupported"), False, id="a new fault"),
        pytest.param(Asleep("not supported"), False, id="an answer of the cloud"),
    ],
)
def test_what_says_so(error: FleetError, says_so: bool) -> None:
    """Only what the car itself says of the command."""
    assert is_unsupported(error) is says_so


def test_a_sentence_that_says_so_is_told_as_one_that_is_known() -> None:
    """Whatever its words, the owner reads what it means."""
    err = CommandRefused("vehicle does not support schedules")
    assert text_of(err) == "refused_not_supported"
