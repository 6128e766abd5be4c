"""A config flow as an owner goes through it: forms here, pages at Tesla, words read."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.helpers.translation import async_get_translations
from yarl import URL

from custom_components.fleet_pulse.const import DOMAIN
from tests.fake_fleet.accounts import SCOPES, Account, Application
from tests.fake_fleet.populate import (
    CLIENT_ID,
    CLIENT_SECRET,
    EMAIL,
    ORIGIN,
    REDIRECT_URIS,
)

from .household import Household

HOST: Final = "example.com"
ROUTINE: Final[Mapping[str, Mapping[str, Any]]] = {
    "key": {"next_step_id": "key_create"},
    "key_ready": {},
    "hosting": {"next_step_id": "hosting_here"},
    "check_unclear": {},
    "budget": {},
    "first_read": {},
    "alerts": {"alerts": False},
    "register_app": {},
}
"""What an owner answers who has nothing special in mind; the domain is theirs to say."""


class Owner:
    """The owner of a household before a dialog."""

    def __init__(
        self, house: Household, routine: Mapping[str, Mapping[str, Any]] = ROUTINE
    ) -> None:
        """Sit down, with the answers that need no thought."""
        self.house = house
        self.routine = routine
        self.flow = house.hass.config_entries.flow

    async def start(self) -> Any:
        """Add the integration; Tesla's page is next."""
        return await self._past_what_to_register(await self.add())

    async def add(self) -> Any:
        """Add the integration; return its very first step."""
        return await self.flow.async_init(DOMAIN, context={"source": SOURCE_USER})

    async def _past_what_to_register(self, result: Any) -> Any:
        """Have registered at Tesla what a step asks for, so that it needs no look."""
        if result["type"] == "form" and result["step_id"] == "register_app":
            return await self.flow.async_configure(result["flow_id"], {})
        return result

    async def add_application(self, client_id: str) -> None:
        """Make another application at Tesla, and enter its credentials."""
        await async_import_client_credential(
            self.house.hass,
            DOMAIN,
            ClientCredential(client_id, CLIENT_SECRET, client_id),
            "another",
        )
        self.house.cloud.add_application(
            client_id,
            CLIENT_SECRET,
            redirect_uris=REDIRECT_URIS,
            origins={ORIGIN},
            registered_regions=("eu",),
        )

    async def reconfigure(self, step: str | None = None) -> Any:
        """Choose Reconfigure in the entry's menu, or what leads to a step of it."""
        result = await self.flow.async_init(
            DOMAIN,
            context={
                "source": SOURCE_RECONFIGURE,
                "entry_id": self.house.entry.entry_id,
            },
            data=None if step is None else {"next_step_id": step},
        )
        return await self.wait(result)

    async def submit(self, result: Any, **data: Any) -> Any:
        """Answer a form, wait while there is progress, and do what needs no thought."""
        result = await self.flow.async_configure(result["flow_id"], data)
        return await self.wait(result)

    async def wait(self, result: Any) -> Any:
        """Come to the next step at which there is something to decide."""
        result = await self._wait(result)
        while result.get("step_id") in self.routine and not _complains(result):
            answer = dict(self.routine[result["step_id"]])
            result = await self.flow.async_configure(result["flow_id"], answer)
            result = await self._wait(result)
        await self.house.settle()
        return result

    async def _wait(self, result: Any) -> Any:
        """Wait while there is progress."""
        while result["type"] in ("progress", "progress_done"):
            await self.house.pass_time(1, 1)
            result = await self.flow.async_configure(result["flow_id"])
        return result

    # ---- Tesla's page

    async def decide(
        self,
        result: Any,
        *,
        email: str = EMAIL,
        decision: str = "allow",
        scopes: Iterable[str] = SCOPES,
    ) -> URL:
        """Click a button on Tesla's page; return where it sends the browser."""
        assert result["type"] == "external", result
        self.house.cloud.auto_consent = False
        browser = await self.house.browser()
        form = [("account", email), ("decision", decision)]
        form += [("scope", scope) for scope in scopes]
        async with browser.session.post(
            result["url"], data=form, allow_redirects=False
        ) as answer:
            assert answer.status == 302, await answer.text()
            return URL(answer.headers["Location"])

    async def come_back(self, result: Any, back: URL) -> Any:
        """Follow Tesla's redirect; return the flow's next step."""
        browser = await self.house.browser()
        answer = await browser.get(f"{back.path}?{back.query_string}")
        assert answer.status == 200, await answer.text()
        result = await self.flow.async_configure(result["flow_id"])
        await self.house.settle()
        return result

    async def consent(self, result: Any, **choice: Any) -> Any:
        """Allow, or whatever is chosen, and come back."""
        return await self.come_back(result, await self.decide(result, **choice))

    # ---- whole parts

    async def sign_in(self, **choice: Any) -> Any:
        """Do all until the entry exists; return the step that ended it."""
        return await self.sign_in_from(await self.start(), **choice)

    async def sign_in_from(self, result: Any, **choice: Any) -> Any:
        """Do the rest from Tesla's page on."""
        if result["type"] == "external":
            result = await self.consent(result, **choice)
        while result["type"] == "form":
            result = await self.submit(result)
        return result

    async def next_flow(self, created: Any) -> Any:
        """Give the step at which there is something to decide in the second part."""
        result = await self.flow.async_configure(created["next_flow"][1])
        return await self.wait(result)

    async def host_key(self, domain: str = HOST) -> None:
        """Have this Home Assistant answer under a domain."""
        server = (await self.house.browser()).server
        self.house.cloud.hosts[domain] = str(server.make_url("/")).rstrip("/")

    async def register(self) -> Any:
        """Register the key of an entry that exists; the first QR code is next."""
        await self.host_key()
        result = await self.reconfigure()
        if result.get("step_id") != "hosting_here":
            # The domain was entered before: it goes on by itself.
            return result
        return await self.submit(result, domain=HOST)

    async def begin_registration(self, form: Any) -> Any:
        """Enter the domain; return the progress that is shown while Tesla looks."""
        result = await self.flow.async_configure(form["flow_id"], {"domain": HOST})
        result = await self._wait(result)
        assert result["step_id"] == "check_unclear", result
        return await self.flow.async_configure(result["flow_id"], {})

    # ---- words

    async def words(self, result: Any) -> str:
        """Give what a step says to the owner; every text exists and is complete."""
        texts = await async_get_translations(self.house.hass, "en", "config", [DOMAIN])
        filled = result.get("description_placeholders") or {}
        keys = _keys(result)
        missing = {key for key in keys if _name(key) not in texts}
        # A title may say it all.
        assert not {key for key in missing if not key.endswith(".description")}, keys
        shown = [texts[_name(key)] for key in sorted(keys - missing)]
        return "\n".join(text.format(**filled) for text in shown)


def _complains(result: Any) -> bool:
    """Tell a form that wants something mended from one that only says so."""
    return bool(result.get("errors")) and result["step_id"] != "check_unclear"


def application(house: Household) -> Application:
    """Give the owner's application at Tesla."""
    return house.cloud.applications[CLIENT_ID]


def account_of(house: Household) -> Account:
    """Give the household's account at Tesla."""
    return house.cloud.accounts[EMAIL]


def _name(key: str) -> str:
    """Give a text's full name."""
    return f"component.{DOMAIN}.config.{key}"


def _keys(result: Any) -> set[str]:
    """Give the keys of the texts that a step shows."""
    match result["type"]:
        case "abort":
            return {f"abort.{result['reason']}"}
        case "progress":
            return {f"progress.{result['progress_action']}"}
        case "menu":
            step = f"step.{result['step_id']}"
            options = (f"{step}.menu_options.{key}" for key in result["menu_options"])
            return {f"{step}.title", f"{step}.description", *options}
        case "form":
            step = f"step.{result['step_id']}"
            errors = (f"error.{key}" for key in (result["errors"] or {}).values())
            return {f"{step}.title", f"{step}.description", *errors}
    return set()
