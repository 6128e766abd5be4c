"""The name service of one machine: who has which address, and who really answers.

Names of the table get the address that stands there; a connection to one goes to a
port of this machine. All other names are asked for as ever.

Run as a program, it starts Home Assistant on such a machine; the table is the file
that the environment names, read at each look-up, so that a test can change it.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from ipaddress import ip_address
import json
import os
from pathlib import Path
import runpy
import socket
import sys
from typing import Any, Final
from unittest.mock import patch

from aiohttp.abc import ResolveResult
from aiohttp.resolver import AsyncResolver

ENV: Final = "INTERNET_NAMES"
PUBLIC: Final = "93.184.215.14"
"""An address as the world sees it; nobody ever connects to it."""
LOOPBACK: Final = "127.0.0.1"
_NUMERIC: Final = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What this machine is told about one name."""

    addresses: tuple[str, ...] = (PUBLIC,)
    """Without any the name does not exist."""
    port: int = 0
    """Where a connection really goes; to 0, nobody gets through."""
    answers: bool = True
    """Whether the name service says anything at all."""

    def asked(self) -> tuple[str, ...]:
        """Give the addresses, or raise as the machine would."""
        if not self.answers:
            raise socket.gaierror(socket.EAI_AGAIN, "Try again")
        if not self.addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self.addresses


type Table = Callable[[], Mapping[str, Name]]


def write(path: Path, names: Mapping[str, Name]) -> None:
    """Write a table to a file, in one piece."""
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps({key: asdict(name) for key, name in names.items()}))
    beside.replace(path)


def read(path: Path) -> dict[str, Name]:
    """Read a table from a file."""
    found = json.loads(path.read_text())
    return {
        key: Name(**name | {"addresses": tuple(name["addresses"])})
        for key, name in found.items()
    }


@contextmanager
def answering(table: Table) -> Iterator[None]:
    """Have this process ask the table, whichever way it looks names up."""
    getaddrinfo, resolve = socket.getaddrinfo, AsyncResolver.resolve

    def addresses_of(host: Any, port: Any, *how: Any, **more: Any) -> list[Any]:
        """Stand in for the C library."""
        if (name := table().get(host)) is None:
            return list(getaddrinfo(host, port, *how, **more))
        return [_info(address, port) for address in name.asked()]

    async def connection_to(
        self: AsyncResolver,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[ResolveResult]:
        """Stand in for the resolver of Home Assistant's web client."""
        name = (await asyncio.to_thread(table)).get(host)
        if name is None:
            return await resolve(self, host, port, family)
        name.asked()
        return [
            ResolveResult(
                hostname=host,
                host=LOOPBACK,
                port=name.port,
                family=socket.AF_INET,
                proto=0,
                flags=_NUMERIC,
            )
        ]

    # Python's code asks the one, Home Assistant's web client the other.
    with (
        patch.object(socket, "getaddrinfo", addresses_of),
        patch.object(AsyncResolver, "resolve", connection_to),
    ):
        yield


def _info(address: str, port: int) -> tuple[Any, ...]:
    """Write an address as `getaddrinfo` does."""
    if ip_address(address).version == 4:
        return socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)
    return socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0)


def main() -> None:
    """Run Home Assistant with the arguments given."""
    # This folder is no place to import from; it is first as the program lies in it.
    sys.path.pop(0)
    path = Path(os.environ[ENV])
    with answering(lambda: read(path)):
        runpy.run_module("homeassistant", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
