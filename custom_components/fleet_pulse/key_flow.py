"""The key pair that opens the cars: made, brought along, or taken away encrypted.

    key ────────▶ key_create ─────▶ key_ready ─▶ the next stage
    key_lost ──┬▶ key_import ─▲ │
    key_broken ┘     (same key) │ another key than the cars know
                                ▼
                            key_replace: yes, pair all cars again

No key is ever made in the place of another one unless the owner says so.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from . import application, well_known
from .const import CONF_PUBLIC_KEY
from .errors import Problem, tried
from .fleet import keys
from .fleet.errors import KeyLost
from .fleet.keys import InvalidKey, KeyProblem
from .stage_flow import StageFlow

SHORTEST: Final = 12
"""Characters of a passphrase, at least: the file may be taken away and tried at leisure."""
CORE_KEY: Final = "tesla_fleet.key"
"""Where Home Assistant's own integration for Tesla keeps its key, unencrypted."""
WAYS: Final = ("key_create", "key_import")

_TEXTS: Final[Mapping[KeyProblem, str]] = {
    KeyProblem.DAMAGED: "import_damaged",
    KeyProblem.ENCRYPTED: "import_encrypted",
    KeyProblem.NOT_ELLIPTIC: "import_not_elliptic",
    KeyProblem.NOT_OPENED: "import_not_opened",
    KeyProblem.NOT_PEM: "import_not_pem",
    KeyProblem.OTHER_CURVE: "import_other_curve",
    KeyProblem.PUBLIC: "import_public",
}
_AT_PASSPHRASE: Final = (KeyProblem.ENCRYPTED, KeyProblem.NOT_OPENED)
_SECRET: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
_LINES: Final = TextSelector(TextSelectorConfig(multiline=True))


def _weakness(passphrase: str, again: str) -> dict[str, str]:
    """Return what is wrong with a passphrase, by field."""
    if len(passphrase) < SHORTEST:
        return {"passphrase": "passphrase_short"}
    return {} if again == passphrase else {"again": "passphrase_differs"}


class KeyFlow(StageFlow):
    """The stage that ends with a key, and what can be done with it later."""

    _other: EllipticCurvePrivateKey | None = None
    """What takes the place of another key once the owner has confirmed it."""

    async def async_step_key(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say how it stands with the key, and offer what leads to one."""
        found = await tried(self._async_key())
        if isinstance(found, EllipticCurvePrivateKey):
            return self._take_over(found)
        if found is None:
            return self.async_show_menu(step_id="key", menu_options=WAYS)
        is_gone = isinstance(found.error, KeyLost)
        return self.async_show_menu(
            step_id="key_lost" if is_gone else "key_broken",
            menu_options=WAYS,
            description_placeholders=found.placeholders,
        )

    # The same menu under other words: the frontend may ask for it again.
    async_step_key_lost = async_step_key_broken = async_step_key

    # ---- a new key

    async def async_step_key_create(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Make a key; in the place of another one only after a confirmation."""
        found = await tried(self._async_key())
        if isinstance(found, Problem):
            self._other = await self.hass.async_add_executor_job(keys.create)
            return await self.async_step_key_replace()
        used = await self._async_application()
        key = await self._async_must(
            application.async_create_key(self.hass, used.client_id)
        )
        return self._take_over(key)

    def _take_over(self, key: EllipticCurvePrivateKey) -> ConfigFlowResult:
        """Note a key as the account's own from now on, and name it."""
        well_known.async_register(self.hass)
        pem = keys.public_pem(key)
        if self._entry.data.get(CONF_PUBLIC_KEY) != pem:
            self._share({CONF_PUBLIC_KEY: pem}, over=application.OF_ONE_KEY)
        return self.async_show_form(
            step_id="key_ready",
            description_placeholders={"fingerprint": keys.fingerprint(key)},
        )

    async def async_step_key_ready(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on when the owner has seen the key's name."""
        if user_input is None:
            return await self.async_step_key()
        return await self._async_go_on(reason="key_unchanged")

    # ---- a key from elsewhere

    async def async_step_key_import(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a key that exists already; the cars may know it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                return await self._async_import(user_input)
            except InvalidKey as err:
                field = "passphrase" if err.problem in _AT_PASSPHRASE else "pem"
                errors[field] = _TEXTS[err.problem]
            except OSError:
                errors["core"] = "import_unreadable"
        fields: dict[vol.Marker, Any] = {
            vol.Optional("pem"): _LINES,
            vol.Optional("passphrase"): _SECRET,
        }
        is_there = await self.hass.async_add_executor_job(self._core_key.is_file)
        if is_there or "core" in errors:
            fields[vol.Optional("core", default=False)] = bool
        # What was pasted is not shown again: no step ever holds a plain key.
        return self.async_show_form(
            step_id="key_import", data_schema=vol.Schema(fields), errors=errors
        )

    @property
    def _core_key(self) -> Path:
        """Return where Home Assistant's own integration keeps its key."""
        return Path(self.hass.config.path(CORE_KEY))

    async def _async_import(self, user_input: Mapping[str, Any]) -> ConfigFlowResult:
        """Read a key; take it at once if the cars know it, or know none yet."""

        def read() -> EllipticCurvePrivateKey:
            if user_input.get("core"):
                return keys.from_pem(self._core_key.read_bytes())
            return keys.from_pem(
                user_input.get("pem", ""), user_input.get("passphrase")
            )

        key = await self.hass.async_add_executor_job(read)
        found = await tried(self._async_key())
        named = self._entry.data.get(CONF_PUBLIC_KEY)
        if isinstance(found, EllipticCurvePrivateKey):
            named = keys.public_pem(found)
        if named == keys.public_pem(key) or (named is None and found is None):
            return await self._async_seal(key)
        self._other = key
        return await self.async_step_key_replace()

    async def _async_seal(self, key: EllipticCurvePrivateKey) -> ConfigFlowResult:
        """Keep a key sealed, as the account's own."""
        used = await self._async_application()
        await self._async_must(
            application.async_keep_key(self.hass, used.client_id, key)
        )
        return self._take_over(key)

    # ---- another key than the one the cars know

    async def async_step_key_replace(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Have it confirmed that registration and pairing begin anew."""
        assert self._other is not None
        errors = {}
        if user_input is not None:
            if user_input["sure"]:
                return await self._async_seal(self._other)
            errors["sure"] = "not_sure"
        return self.async_show_form(
            step_id="key_replace",
            data_schema=vol.Schema({vol.Required("sure", default=False): bool}),
            errors=errors,
            description_placeholders={"fingerprint": keys.fingerprint(self._other)},
        )

    # ---- the key to take away

    async def async_step_key_export(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the passphrase that the key is to be encrypted with."""
        found = await tried(self._async_key())
        if not isinstance(found, EllipticCurvePrivateKey):
            return await self.async_step_key()
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = _weakness(user_input["passphrase"], user_input["again"])
            if not errors:
                return await self._async_show_encrypted(found, user_input["passphrase"])
        return self.async_show_form(
            step_id="key_export",
            data_schema=vol.Schema(
                {vol.Required("passphrase"): _SECRET, vol.Required("again"): _SECRET}
            ),
            errors=errors,
        )

    async def _async_show_encrypted(
        self, key: EllipticCurvePrivateKey, passphrase: str
    ) -> ConfigFlowResult:
        """Show the encrypted key to be copied; nothing of it is kept."""
        pem = await self.hass.async_add_executor_job(
            keys.encrypted_pem, key, passphrase
        )
        return self.async_show_form(
            step_id="key_exported",
            description_placeholders={
                "fingerprint": keys.fingerprint(key),
                "pem": pem.strip(),
            },
        )

    async def async_step_key_exported(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """End when the owner has copied it; it cannot be shown again."""
        if user_input is None:
            return await self.async_step_key_export()
        return self.async_abort(reason="key_exported")
