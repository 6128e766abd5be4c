"""What several files of the integration share."""

from typing import Final

DOMAIN: Final = "fleet_pulse"
MANUFACTURER: Final = "Tesla"
