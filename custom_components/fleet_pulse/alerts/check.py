"""Checks an alert against the table of kinds, before it is kept."""

from ..model.invalid import InvalidInput
from .alert import Alert
from .kinds import BY_KEY


def check(alert: Alert) -> None:
    """Raise InvalidInput for what no kind can do.

    What was kept by another version is not checked: what is not known does nothing.
    """
    if alert.kinds - BY_KEY.keys():
        raise InvalidInput("kinds", "kind_unknown")
    for kind, threshold in sorted(alert.thresholds.items()):
        limits = BY_KEY[kind].limits if kind in BY_KEY else None
        if limits is None or not limits[0] <= threshold <= limits[1]:
            raise InvalidInput(f"thresholds.{kind}", "threshold_range")
