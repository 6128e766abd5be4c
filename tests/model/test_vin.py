"""What a VIN tells."""

import pytest

from custom_components.fleet_pulse.model.vin import MODELS, model


@pytest.mark.parametrize(
    ("vin", "line"),
    [
        pytest.param("XP7YGCEK5RB000001", "Model Y", id="built near Berlin"),
        pytest.param("5YJSA7E20GF000002", "Model S", id="built in Fremont"),
        pytest.param("LRW3E7FK2PC000003", "Model 3", id="built in Shanghai"),
        pytest.param("7G2CEHEE8RA000004", "Cybertruck", id="built in Austin"),
        pytest.param("XP7?GCEK5RB000005", None, id="a line not built yet"),
        pytest.param("", None, id="no VIN at all"),
    ],
)
def test_the_fourth_character_is_the_line(vin: str, line: str | None) -> None:
    """An unknown line is unknown, not a guess."""
    assert model(vin) == line


def test_the_lines_are_sorted() -> None:
    """The table is sorted by its key."""
    assert list(MODELS) == sorted(MODELS)
