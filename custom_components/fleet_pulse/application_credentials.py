"""Home Assistant's application credentials, used the way Tesla wants them used."""

import secrets
from typing import Any, Final, override

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
from yarl import URL

from . import credentials
from .api import async_auth_client, async_base_url, async_hosts
from .fleet.auth import SCOPES, Application, TokenPair

DEVELOPER_URL: Final = "https://developer.tesla.com/dashboard"


class TeslaImplementation(AuthImplementation):
    """One application of the owner at Tesla.

    Codes are exchanged by our own client: it knows Tesla's errors, names the audience,
    and writes neither secret nor token to the log.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        auth_domain: str,
        credential: ClientCredential,
        server: AuthorizationServer,
        in_force: Application,
    ) -> None:
        """Sign in with what is in force for a credential of Home Assistant's store."""
        super().__init__(hass, auth_domain, credential, server)
        self._given = Application(
            client_id=credential.client_id, client_secret=credential.client_secret
        )
        self._in_force = in_force
        self.use(in_force)

    @property
    def application(self) -> Application:
        """Return the client id and secret."""
        return Application(client_id=self.client_id, client_secret=self.client_secret)

    @property
    def is_another_application(self) -> bool:
        """Return whether the owner corrected the client id, not the secret alone."""
        return self.client_id != self._in_force.client_id

    @property
    @override
    def extra_authorize_data(self) -> dict[str, Any]:
        """Return what Tesla wants to know besides the code flow's own."""
        return {
            "nonce": secrets.token_urlsafe(16),
            "prompt_missing_scopes": "true",
            "scope": " ".join(SCOPES),
        }

    def use(self, application: Application) -> None:
        """Sign in with these; they are kept only once Tesla has taken them."""
        self.client_id = application.client_id
        self.client_secret = application.client_secret

    async def async_keep(self) -> None:
        """Seal what Tesla has taken, where it is not in force yet."""
        if self.application != self._in_force:
            await credentials.async_correct(
                self.hass, self.domain, self._given, self.application
            )

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
    """Return our way of signing in with a credential, or with its correction."""
    tesla = async_hosts(hass)
    server = AuthorizationServer(tesla.authorize_url, tesla.token_url)
    given = Application(
        client_id=credential.client_id, client_secret=credential.client_secret
    )
    in_force = await credentials.async_in_force(hass, auth_domain, given)
    return TeslaImplementation(hass, auth_domain, credential, server, in_force)


def own_origin(hass: HomeAssistant) -> str:
    """Return what to enter at Tesla as allowed origin, as far as it is known."""
    try:
        own = get_url(hass, allow_internal=False, allow_cloud=False, allow_ip=False)
    except NoURLAvailableError:
        return "https://YOUR_DOMAIN"
    # Tesla fetches the key by https on its own port, whatever port people use here.
    return f"https://{URL(own).host}"


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return the strings to register at Tesla, shown beside the credential's form."""
    try:
        own = get_url(hass, prefer_external=True)
    except NoURLAvailableError:
        own = "https://YOUR_HOME_ASSISTANT"
    return {
        "developer_url": DEVELOPER_URL,
        "origin": own_origin(hass),
        "redirect_uri_my": MY_AUTH_CALLBACK_PATH,
        "redirect_uri_own": f"{own}{AUTH_CALLBACK_PATH}",
    }
