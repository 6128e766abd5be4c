"""What energy costs when, whoever says so."""

from datetime import datetime

from ..model.record import record


@record
class Rate:
    """A price that holds for a span of time in UTC; its end is not in it."""

    start: datetime
    end: datetime
    price: float
    """Per kWh, in the currency of whoever says so; may be negative."""
