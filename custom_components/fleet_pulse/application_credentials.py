"""Home Assistant's application credentials, used the way Tesla wants them used."""

import secrets
from typing import Any, override

from homeassistant.components.application_credentials import (
    AuthImplementation,
    AuthorizationServer,
    ClientCredential,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    AUTH_CALLBACK_PATH,
    MY_AUTH_CALLBACK_PATH,
    AbstractOAuth2Implementation,
)
from homeassistant.helpers.network import NoURLAvailableError, get_url

from .api import async_auth_client, async_base_url, async_hosts
from .fleet.auth import SCOPES, Application, TokenPair


class TeslaImplementation(AuthImplementation):
    """One application of the owner at Tesla.

    Codes are exchanged by our own client: it knows Tesla's errors, names the audience,
    and writes neither secret nor token to the log.
    """

    @property
    def application(self) -> Application:
        """Return the client id and secret."""
        return Application(client_id=self.client_id, client_secret=self.client_secret)

    @property
    @override
    def extra_authorize_data(self) -> dict[str, Any]:
        """Return what Tesla wants to know besides the code flow's own."""
        return {
            "nonce": secrets.token_urlsafe(16),
            "prompt_missing_scopes": "true",
            "scope": " ".join(SCOPES),
        }

    async def async_exchange(self, external_data: dict[str, Any]) -> TokenPair:
        """Exchange the code Tesla's consent page sent for the first token pair."""
        return await async_auth_client(self.hass).exchange(
            self.application,
            external_data["code"],
            redirect_uri=external_data["state"]["redirect_uri"],
            audience=async_base_url(self.hass),
        )


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> AbstractOAuth2Implementation:
    """Return our way of signing in with a credential."""
    tesla = async_hosts(hass)
    server = AuthorizationServer(tesla.authorize_url, tesla.token_url)
    return TeslaImplementation(hass, auth_domain, credential, server)


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return the strings to register at Tesla, shown beside the credential's form."""
    try:
        own = get_url(hass, prefer_external=True)
    except NoURLAvailableError:
        own = "https://YOUR_HOME_ASSISTANT"
    return {
        "developer_url": "https://developer.tesla.com/dashboard",
        "redirect_uri_my": MY_AUTH_CALLBACK_PATH,
        "redirect_uri_own": f"{own}{AUTH_CALLBACK_PATH}",
    }
