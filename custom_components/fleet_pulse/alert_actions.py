"""The action that has alerts tell no more of what somebody knows."""

from collections.abc import Iterator
from typing import Any, Final

from homeassistant.core import ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .alerts.alert import Snooze
from .alerts.kinds import KINDS
from .const import DOMAIN
from .coordinator import VehicleCoordinator
from .runtime import FleetPulseConfigEntry
from .steps import VehicleAction

ATTR_DURATION: Final = "duration"
ATTR_KIND: Final = "kind"


async def _snooze(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, action: ServiceCall
) -> dict[str, Any]:
    """Tell no more of what is so now, or for a while of what it is asked for."""
    known = tuple(_meant(entry, vehicle, action))
    if not known:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="nothing_to_snooze"
        )
    for snooze in known:
        await entry.runtime_data.alerting.async_snooze(snooze)
    is_for_a_while = ATTR_DURATION in action.data
    return {
        "result": "snoozed" if is_for_a_while else "acknowledged",
        "kinds": sorted({snooze.kind for snooze in known}),
    }


def _meant(
    entry: FleetPulseConfigEntry, vehicle: VehicleCoordinator, action: ServiceCall
) -> Iterator[Snooze]:
    """Yield what is meant, of each alert that tells of it.

    A kind that is named may be quieted for a while before it is so.
    """
    alerting, vin = entry.runtime_data.alerting, vehicle.vin
    length, kinds = action.data.get(ATTR_DURATION), action.data.get(ATTR_KIND, ())
    pairs = {(one.alert, one.kind) for one in alerting.active(vin)}
    if length is not None and kinds:
        pairs |= {
            (alert.id, kind)
            for alert in alerting.alerts.values()
            for kind in alert.kinds
            if not alert.vins or vin in alert.vins
        }
    for alert, kind in sorted(pairs):
        if not kinds or kind in kinds:
            yield Snooze(alert=alert, vin=vin, kind=kind, length=length)


ALERT_ACTION: Final = VehicleAction(
    name="snooze_alert",
    fields={
        vol.Optional(ATTR_DURATION): cv.positive_time_period,
        vol.Optional(ATTR_KIND): vol.All(
            cv.ensure_list, [vol.In([kind.key for kind in KINDS])]
        ),
    },
    handle=_snooze,
)
