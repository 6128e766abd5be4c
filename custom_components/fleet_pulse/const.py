"""What several files of the integration share."""

from typing import Final

DOMAIN: Final = "fleet_pulse"
MANUFACTURER: Final = "Tesla"

CONF_ACCOUNT: Final = "account"
"""Tesla's id of the account (`sub`), which is also the entry's unique id."""
CONF_API_URL: Final = "api_url"
CONF_AUTH_IMPLEMENTATION: Final = "auth_implementation"
CONF_DOMAIN: Final = "domain"
"""The domain the public key is registered under at Tesla."""
CONF_PUBLIC_KEY: Final = "public_key"
CONF_REGISTERED: Final = "registered"
"""Regions in which the application is registered."""

ENV_API_URL: Final = "FLEET_PULSE_API_URL"
ENV_AUTH_URL: Final = "FLEET_PULSE_AUTH_URL"
ENV_KEK: Final = "FLEET_PULSE_KEK"
ENV_KEK_FILE: Final = "FLEET_PULSE_KEK_FILE"
ENV_TIME_SCALE: Final = "FLEET_PULSE_TIME_SCALE"
