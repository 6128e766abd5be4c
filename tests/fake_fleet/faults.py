"""Things that go wrong on demand: any answer, late, torn, lost or not at all.

A fault with a `status` answers instead of the endpoint (unless `acts`): nothing is
done. Every other fault lets the endpoint act and then spoils its answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from fnmatch import fnmatchcase
import json
from typing import Any, Final, Literal

from aiohttp import web

from .refusal import DOCUMENTED

HTML_PAGE: Final = (
    "<!DOCTYPE html><html><head><title>Access Denied</title></head>"
    "<body><h1>Access Denied</h1><p>You don't have permission to access this"
    " server.</p></body></html>"
)


@dataclass(slots=True, kw_only=True)
class Fault:
    """One thing to go wrong, and how often; `hits` counts as it does."""

    path: str
    method: str | None = None
    status: int | None = None
    body: Any = None
    """A string is sent as it is, anything else as JSON."""
    html: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_after: float | None = None
    retry_as_date: bool = False
    delay: float = 0.0
    """Real seconds before anything is done."""
    late: float = 0.0
    """Real seconds between acting and answering."""
    reset: Literal["before", "after"] | None = None
    truncate: bool = False
    drip: float | None = None
    """Real seconds between the single bytes of the answer."""
    acts: bool = False
    skip: int = 0
    """Calls to let pass first."""
    times: int | None = 1
    until: datetime | None = None
    hits: int = 0

    def matches(self, method: str, path: str) -> bool:
        """Say whether this fault is about such a request."""
        return self.method in (None, method) and fnmatchcase(path, self.path)

    def is_over(self, now: datetime) -> bool:
        """Say whether this fault has done all it was asked to."""
        spent = self.times is not None and self.hits >= self.times
        return spent or (self.until is not None and now >= self.until)

    @property
    def replaces(self) -> bool:
        """Whether the endpoint is not asked at all."""
        return self.status is not None and not self.acts

    @property
    def rewrites(self) -> bool:
        """Whether the answer is another one than the endpoint's."""
        return self.status is not None or self.body is not None or self.html

    def answer(self, status: int, now: datetime) -> web.Response:
        """Give the answer of this fault; `status` is what the endpoint had."""
        headers = dict(self.headers)
        if self.retry_after is not None:
            headers["Retry-After"] = self._retry_after(self.retry_after, now)
        text, content_type = self._content(self.status or status)
        return web.Response(
            status=self.status or status,
            text=text,
            content_type=content_type,
            headers=headers,
        )

    def _retry_after(self, seconds: float, now: datetime) -> str:
        """Give the header in one of the two forms HTTP allows."""
        if not self.retry_as_date:
            return f"{seconds:g}"
        return format_datetime(now + timedelta(seconds=seconds), usegmt=True)

    def _content(self, status: int) -> tuple[str, str]:
        """Give the text and its type."""
        if self.html:
            return HTML_PAGE, "text/html"
        if isinstance(self.body, str):
            return self.body, "application/json"
        if self.body is not None:
            return json.dumps(self.body), "application/json"
        if status not in DOCUMENTED:
            return "", "application/json"
        said = {
            "response": None,
            "error": DOCUMENTED[status],
            "error_description": "",
        }
        return json.dumps(said), "application/json"


class Faults(list[Fault]):
    """The faults that wait for their request; the oldest that fits is taken."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start with a cloud that works."""
        super().__init__()
        self._now = now

    def add(
        self,
        path: str,
        *,
        times: int | None = None,
        seconds: float | None = None,
        **what: Any,
    ) -> Fault:
        """Ask for a fault: N calls, T seconds, or without either the next call."""
        if times is None and seconds is None:
            times = 1
        until = None
        if seconds is not None:
            until = self._now() + timedelta(seconds=seconds)
        fault = Fault(path=path, times=times, until=until, **what)
        self.append(fault)
        return fault

    def take(self, method: str, path: str) -> Fault | None:
        """Give the fault for a request, if one waits for it."""
        now = self._now()
        self[:] = [fault for fault in self if not fault.is_over(now)]
        for fault in self:
            if not fault.matches(method, path):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.hits += 1
            return fault
        return None
