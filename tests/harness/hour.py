"""Where it is noon: a story goes the same way at whatever hour it is told."""

from datetime import UTC, datetime
from typing import Final

NOON: Final = 12


def where_it_is_noon(now: datetime) -> str:
    """Name the zone in which it is between twelve and one; POSIX counts westwards."""
    east = NOON - now.astimezone(UTC).hour
    return f"Etc/GMT{-east:+d}"


# One for the whole run: the browser's is that of the home, which may be started again.
ZONE: Final = where_it_is_noon(datetime.now(UTC))
