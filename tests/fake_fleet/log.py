"""Everything that was asked of the cloud, in order, for tests and the web page."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from .bill import Category

KEEP: Final = 50_000
"""A demo may run for weeks; a test never gets this far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as the cloud saw it, and what came of it."""

    at: datetime
    host: str
    """`auth`, or the region whose host was asked."""
    method: str
    path: str
    query: str = ""
    status: int | None = None
    """None where the connection was cut before anything was done."""
    category: Category = Category.FREE
    billed: bool = False
    vin: str | None = None
    client_id: str | None = None
    fault: bool = False
    """Whether a fault that a test asked for shaped the answer."""

    def as_dict(self) -> dict[str, Any]:
        """Give the record as JSON can carry it."""
        return {**asdict(self), "at": self.at.isoformat()}


class RequestLog(list[Request]):
    """The requests, oldest first."""

    def note(self, request: Request) -> None:
        """Add a request and forget the oldest when there are too many."""
        self.append(request)
        if len(self) > KEEP:
            del self[: KEEP // 10]

    def of(self, *categories: Category | str) -> list[Request]:
        """Give the requests of these categories."""
        return [request for request in self if request.category in categories]

    def to(self, ending: str) -> list[Request]:
        """Give the requests whose path ends so."""
        return [request for request in self if request.path.endswith(ending)]

    @property
    def billed(self) -> list[Request]:
        """The requests that cost something."""
        return [request for request in self if request.billed]
