"""How Tesla writes distances, moments and what is not there."""

from datetime import datetime
from typing import Any, Final

type Body = dict[str, Any]
"""A JSON object."""

KM_PER_MILE: Final = 1.609344
INVALID: Final = "<invalid>"


def unix_ms(moment: datetime) -> int:
    """Write a moment as most sections of `vehicle_data` do."""
    return int(moment.timestamp() * 1000)


def protobuf_time(moment: datetime) -> Body:
    """Write a moment as the sections about schedules do."""
    return {"seconds": int(moment.timestamp()), "nanos": moment.microsecond * 1000}
