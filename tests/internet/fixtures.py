"""The box as pytest fixtures, around Home Assistant in the test's own process."""

from collections.abc import AsyncIterator

from homeassistant.util.ssl import get_default_context
import pytest

from . import names
from .box import Internet, opened
from .certificates import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Give an authority that Home Assistant's web client trusts."""
    made = Authority(tmp_path_factory.mktemp("authority"))
    get_default_context().load_verify_locations(made.path)
    return made


@pytest.fixture
async def internet(
    socket_enabled: None, authority: Authority
) -> AsyncIterator[Internet]:
    """Give an internet in which this process looks names up."""
    async with opened(authority) as box:
        with names.answering(lambda: box.names):
            yield box
