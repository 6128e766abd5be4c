"""What an endpoint is, and what it is given when it is called."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiohttp import web

from .accounts import Account, Application, Region
from .bill import Category
from .car import Car
from .refusal import bare
from .world import World


class Caller(StrEnum):
    """Whose token an endpoint takes."""

    ANYONE = "anyone"
    OWNER = "owner"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that was let in."""

    world: World
    region: Region
    application: Application
    account: Account | None
    """The owner; None where the application speaks for itself."""
    scopes: frozenset[str]
    car: Car | None
    places: Mapping[str, str]
    """What stood in the braces of the path."""
    query: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def owner(self) -> Account:
        """The owner, at an endpoint that only takes owners."""
        if self.account is None:
            raise bare(403, "Unauthorized missing scopes")
        return self.account

    @property
    def vehicle(self) -> Car:
        """The car, at an endpoint that names one."""
        if self.car is None:
            raise LookupError("this endpoint has no car in its path")
        return self.car


type Answer = Callable[[Call], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One row of the table in `api.py`."""

    method: str
    path: str
    answer: Answer
    category: Category = Category.FREE
    caller: Caller = Caller.OWNER
    scopes: frozenset[str] = frozenset()
    """One of these is needed; none means that any token will do."""
    query: frozenset[str] = frozenset()
    body: frozenset[str] | None = frozenset()
    """The names a body may hold; None leaves that to the endpoint."""
    everywhere: bool = False
    """Whether it answers owners of other regions too."""

    @property
    def key(self) -> tuple[str, str]:
        """What the router and the table have in common."""
        return (self.method, self.path)
