"""The look at the key where it ends before a server is reached."""

import asyncio
from collections.abc import Iterable
import socket
from typing import Final

from aiohttp import ClientSession
import pytest

from custom_components.fleet_pulse.fleet import key_probe
from custom_components.fleet_pulse.fleet.key_host import Finding

HOST: Final = "home.example.com"


class Names:
    """A name service that says one thing."""

    def __init__(self, says: Iterable[str] | Exception | None) -> None:
        """Take what to say; None is silence."""
        self._says = says

    async def __call__(self, name: str) -> Iterable[str]:
        """Answer."""
        if self._says is None:
            await asyncio.Event().wait()
        if isinstance(self._says, Exception):
            raise self._says
        return self._says or ()


async def found(names: Names, domain: str = HOST) -> Finding:
    """Look, with no patience; give what was found."""
    async with ClientSession() as session:
        diagnosis = await key_probe.look(
            session,
            domain,
            b"",
            resolve=names,
            clock=asyncio.get_running_loop().time,
            patience=0.01,
        )
    return diagnosis.finding


@pytest.mark.parametrize(
    ("says", "finding"),
    [
        pytest.param(
            socket.gaierror(socket.EAI_NONAME, "unknown"),
            Finding.NO_NAME,
            id="there is no such name",
        ),
        pytest.param(
            socket.gaierror(socket.EAI_NODATA, "no address"),
            Finding.NO_NAME,
            id="the name has no address",
        ),
        pytest.param((), Finding.NO_NAME, id="no address at all"),
        pytest.param(
            UnicodeError("label too long"), Finding.NO_NAME, id="it is no name"
        ),
        pytest.param(
            socket.gaierror(socket.EAI_AGAIN, "try again"),
            Finding.NAME_SERVER_SILENT,
            id="try again",
        ),
        pytest.param(
            OSError("no network"), Finding.NAME_SERVER_SILENT, id="no network"
        ),
        pytest.param(None, Finding.NAME_SERVER_SILENT, id="silence"),
    ],
)
async def test_the_name_service(
    says: Iterable[str] | Exception | None, finding: Finding
) -> None:
    """Only a clear word says that a name does not exist."""
    assert await found(Names(says)) is finding


async def test_a_name_that_makes_no_address() -> None:
    """Even a name service that takes it does not make the look fail."""
    assert await found(Names(("93.184.215.14",)), "[") is Finding.BROKEN_ANSWER
