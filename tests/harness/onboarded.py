"""A Home Assistant whose owner has done the whole set-up, beside its cloud."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.internet import names
from tests.internet.box import Internet

from .cloud import DOMAIN, Cloud
from .home import VERSIONS, Home, python_of
from .onboard import onboard


@pytest.fixture
async def cloud(tmp_path: Path, socket_enabled: None) -> AsyncIterator[Cloud]:
    """Give a cloud that consents by itself, as a signed-in owner would."""
    async with Cloud(tmp_path) as running:
        yield running


@pytest.fixture(params=VERSIONS)
async def home(
    tmp_path: Path, cloud: Cloud, internet: Internet, request: pytest.FixtureRequest
) -> AsyncIterator[Home]:
    """Give a Home Assistant with two cars that take commands, whose names are silent."""
    async with Home(
        tmp_path / "home", program=[names.__file__], python=python_of(request.param)
    ) as running:
        await cloud.start(running.url)
        internet.tell(DOMAIN, answers=False)
        running.env |= cloud.env | internet.machine(tmp_path)
        await running.start()
        await onboard(running, cloud)
        yield running
