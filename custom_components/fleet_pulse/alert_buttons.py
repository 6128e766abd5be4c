"""The buttons below a notification on phones: what they say, and what they mean.

A button comes back as an event with nothing but its id. So the id says by itself, and
without a VIN, which alert, car and kind it is about: whoever has them finds them again.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from homeassistant.core import HomeAssistant, callback

from .alerts.alert import Alert, Snooze
from .alerts.deliver import tag
from .alerts.news import Episode
from .const import DOMAIN
from .model.record import record
from .words import async_text

EVENT_BUTTON: Final = "mobile_app_notification_action"
"""What Home Assistant's apps fire; its `action` is the id of the button."""


@record
class Button:
    """What can be chosen below a notification."""

    name: str
    text: str
    length: timedelta | None = None
    """For so long nothing is told; None: until the next episode."""

    def id(self, about: str) -> str:
        """Return its id below a notification with a tag."""
        return f"{DOMAIN}_{self.name}_{about}"


BUTTONS: Final = (
    Button(name="acknowledge", text="alert_acknowledge"),
    Button(name="snooze", text="alert_snooze", length=timedelta(hours=4)),
)


@callback
def async_buttons(hass: HomeAssistant, episode: Episode) -> list[dict[str, str]]:
    """Return the buttons of what is told of an episode, as phones take them."""
    about = tag(episode.alert, episode.vin, episode.kind)
    return [
        {
            "action": button.id(about),
            "title": async_text(hass, button.text, {"hours": _hours(button)}),
        }
        for button in BUTTONS
    ]


def meant(
    pressed: object, alerts: Iterable[Alert], vins: Iterable[str]
) -> Snooze | None:
    """Return what a button asks for; None: it is none of these alerts'."""
    if not isinstance(pressed, str) or not pressed.startswith(DOMAIN):
        return None
    cars = tuple(vins)
    found = (
        Snooze(alert=alert.id, vin=vin, kind=kind, length=button.length)
        for alert in alerts
        for kind in alert.kinds
        for vin in cars
        for button in BUTTONS
        if pressed == button.id(tag(alert.id, vin, kind))
    )
    return next(found, None)


def _hours(button: Button) -> int:
    """Return for how many hours nothing is told."""
    return (button.length or timedelta()) // timedelta(hours=1)
