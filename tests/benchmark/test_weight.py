"""The weights and the scale count what they say they count; how fast is never tested."""

from typing import Any, Final

import pytest

from . import scale, weight

OURS, CORE = weight.DOMAINS["ours"], weight.DOMAINS["tesla_fleet"]


@pytest.mark.parametrize("name", weight.PACKAGES)
def test_an_import_is_timed(name: str) -> None:
    """In an interpreter of its own, with all that comes along."""
    found = weight.child("weight_import", weight.PACKAGES[name])
    assert found["import_s"] > 0
    assert found["modules"] > 20


@pytest.mark.parametrize("domain", [OURS, CORE])
def test_a_contestant_is_measured(domain: str) -> None:
    """Set up anew and updated at the cloud, its cars' entities counted per car."""
    with weight.cloud(2) as where:
        found: dict[str, Any] = weight.measured(
            where, domain=domain, cars=2, set_ups=1, updates=2
        )
    assert len(found["set_ups"]) == 1
    assert len(found["lists"]) == len(found["updates"]) == 2
    assert min(found["updates"]) > 0
    assert found["entities"] > 30
    assert found["changes"] > 0
    assert found["memory"] == 0


def test_free_requests_are_the_account_s() -> None:
    """Ten cars cost no more of them than one."""
    hour: Final = {cars: scale.free(cars, 1) for cars in (1, 10)}
    assert hour[1] == hour[10]
    assert 0 < hour[1] <= 120
