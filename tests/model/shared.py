"""Where the data to test against lies: beside the checkout, not in it."""

from collections.abc import Iterable
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.fleet_pulse.model.field import Field
from custom_components.fleet_pulse.model.values import HOLDS

_DATA = Path(__file__).parents[3] / "shared" / "data"


def data_file(name: str) -> Path:
    """Return a shared data file; skips the test where the data is not at hand."""
    path = _DATA / name
    if not path.exists():
        pytest.skip(f"{name} does not lie beside the checkout")
    return path


def response(name: str) -> Any:
    """Return the `response` of a recorded answer of the Fleet API."""
    return json.loads(data_file(f"fleet_api/{name}.json").read_text())["response"]


def wrong_for(field: Field[Any], values: Iterable[object]) -> list[object]:
    """Return the values that are wrong for a field: where a list belongs, [] is none."""
    takes_lists = HOLDS.get(field.parse) is tuple
    return [value for value in values if not (takes_lists and value == [])]
