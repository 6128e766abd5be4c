"""Where the data to test against lies: beside the checkout, not in it."""

import json
from pathlib import Path
from typing import Any

import pytest

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
