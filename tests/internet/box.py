"""The box itself: one machine's names, and the web servers behind them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import names
from .certificates import Authority
from .names import Name
from .web_host import WebHost


class Internet:
    """Domains with servers. What is changed counts from the next look-up on."""

    def __init__(self, authority: Authority, stack: AsyncExitStack) -> None:
        """Begin with no domain at all."""
        self.authority = authority
        self.names: dict[str, Name] = {}
        self._stack = stack
        self._file: Path | None = None

    async def host(self, domain: str, behind: str) -> WebHost:
        """Open a server for a domain, at a public address."""
        host = WebHost(self.authority, domain, behind)
        await self._stack.enter_async_context(host)
        self.tell(domain, port=host.port)
        return host

    def tell(self, domain: str, **what: Any) -> None:
        """Change what the name service says of a domain; see `Name`."""
        self.names[domain] = replace(self.names.get(domain, Name()), **what)
        if self._file is not None:
            names.write(self._file, self.names)

    def machine(self, folder: Path) -> dict[str, str]:
        """Give the environment of a process that shall live in this internet.

        Its program is `names.py` in place of `-m homeassistant`.
        """
        self._file = folder / "names.json"
        names.write(self._file, self.names)
        return {
            names.ENV: str(self._file),
            "REQUESTS_CA_BUNDLE": str(self.authority.path),
        }


@asynccontextmanager
async def opened(authority: Authority) -> AsyncIterator[Internet]:
    """Open the box, and close every server at the end."""
    async with AsyncExitStack() as stack:
        yield Internet(authority, stack)
