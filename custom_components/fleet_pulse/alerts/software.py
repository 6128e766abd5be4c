"""What alerts see of the car's software."""

from ..model import vehicle_fields as fields
from .alert import Alert
from .facts import Facts
from .kind import Seen
from .said import said
from .seeing import seen


def available(facts: Facts, alert: Alert) -> Seen | None:
    """See an update that waits for its owner, or for Wi-Fi."""
    del alert
    status = said(facts.state, fields.SOFTWARE_UPDATE_STATUS)
    version = said(facts.state, fields.SOFTWARE_UPDATE_VERSION)
    if status is None:
        return None
    if status.value == "none" or version is None or version.value is None:
        return seen((status,), is_raised=False, is_cleared=status.value == "none")
    return seen(
        (status, version),
        is_raised=status.value != "installing",
        is_cleared=False,
        value=version.value,
        of=version.value,
    )


def installed(facts: Facts, alert: Alert) -> Seen | None:
    """See which software the car runs."""
    del alert
    version = said(facts.state, fields.CAR_VERSION)
    if version is None or version.value is None:
        return None
    return seen(
        (version,),
        is_raised=True,
        is_cleared=False,
        value=version.value,
        of=version.value,
    )
