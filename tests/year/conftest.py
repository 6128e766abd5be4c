"""What the tests of the year share: its lives, which take a while."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.benchmark.rules_year import OURS

from .lives import Figures, Lives
from .town import MODELS


@pytest.fixture(scope="session")
def our_lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lives]:
    """Live ours, with both kinds of cars in one household."""
    lives = Lives(tmp_path_factory.mktemp("year"), [(OURS, *MODELS)])
    yield lives
    lives.kill()


@pytest.fixture(
    params=[
        pytest.param("self_wakes", id="a car that wakes up every hour"),
        pytest.param("no_self_wakes", id="a car that never wakes up by itself"),
    ]
)
def model(request: pytest.FixtureRequest) -> str:
    """Give each kind of car."""
    kind: Any = request.param
    return str(kind)


@pytest.fixture
def ours(our_lives: Lives, model: str) -> Figures:
    """Give what became of ours with a kind of car."""
    return our_lives(OURS, model)
