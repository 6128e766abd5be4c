"""The same wishes as automations on core's integration, side by side in one run.

Not a part of the ordinary tests: what core's does is nobody's to mend here.
"""

from collections.abc import Iterator
from typing import Final

import pytest

from .lives import DAYS, Figures, Lives
from .town import MODELS

CORE: Final = "tesla_fleet_automations"


@pytest.fixture(scope="session")
def cores_lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lives]:
    """Live core's, with both kinds of cars."""
    folder = tmp_path_factory.mktemp("core")
    lives = Lives(folder, [(CORE, model) for model in MODELS])
    yield lives
    lives.kill()


def test_cores_automations_wish_the_same(
    ours: Figures, cores_lives: Lives, model: str
) -> None:
    """They cost more and wake the car, where ours does not."""
    core = cores_lives(CORE, model)
    assert core.keys() == ours.keys()
    assert core["deadlines"] == pytest.approx(ours["deadlines"], abs=2 + DAYS / 50)
    assert core["wakes"] > ours["wakes"]
    # What ours cost is that of both cars.
    assert core["usd"] > ours["usd"] / 2
