"""What every stage of the set-up needs: its entry and key, progress, and the way on."""

from abc import abstractmethod
import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESSED, AbortFlow
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ImplementationUnavailableError,
)

from . import application
from .const import CONF_DOMAIN, CONF_FINISHED
from .errors import Problem, tried
from .fleet.auth import Application
from .waiting import async_wait

SEEN_FOR: Final = 1
"""Seconds that progress is shown at least."""
MOST_LOOKS: Final = 15
"""So often it is shown for that long where no dialog listens."""


class StageFlow(ConfigFlow):
    """A part of the dialog that works on an entry which exists."""

    _work: asyncio.Task[Any] | None = None

    # ---- the entry

    @property
    def _entry(self) -> ConfigEntry:
        """Return the account that is being set up."""
        return self._get_reconfigure_entry()

    @property
    def _domain(self) -> str:
        """Return where Tesla fetches the public key; empty until that is known."""
        domain: str = self._entry.data.get(CONF_DOMAIN, "")
        return domain

    def _keep(self, reached: Mapping[str, Any]) -> None:
        """Store what was reached, so that nobody has to do it twice."""
        entry = self._entry
        self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, **reached}
        )

    def _share(self, reached: Mapping[str, Any], over: Collection[str] = ()) -> None:
        """Store what was reached for all accounts of the application."""
        application.async_share(self.hass, self._entry, reached, over)

    # ---- the application

    async def _async_application(self) -> Application:
        """Return the application; without it there is nothing to set up."""
        try:
            return await self._async_must(
                application.async_application(self.hass, self._entry)
            )
        except (ConfigEntryAuthFailed, ImplementationUnavailableError) as err:
            raise AbortFlow("credential_unavailable") from err

    async def _async_key(self) -> EllipticCurvePrivateKey | None:
        """Return the account's key; raises what is wrong with it."""
        used = await self._async_application()
        return await application.async_account_key(
            self.hass, self._entry, used.client_id
        )

    async def _async_key_made(self) -> EllipticCurvePrivateKey:
        """Return the account's key at a stage that comes after it was made."""
        key = await self._async_key()
        assert key is not None
        return key

    # ---- the way

    async def _async_step(self, name: str) -> ConfigFlowResult:
        """Go to a step by its name, as Home Assistant itself does."""
        step: Callable[[], Awaitable[ConfigFlowResult]]
        step = getattr(self, f"async_step_{name}")
        return await step()

    async def _async_go_on(self, reason: str) -> ConfigFlowResult:
        """Go to the next stage; what was only changed later ends with a word on it."""
        if self._entry.data.get(CONF_FINISHED):
            return self.async_abort(reason=reason)
        return await self._async_step("finish")

    @abstractmethod
    async def _async_mend_credential(self, problem: Problem) -> ConfigFlowResult:
        """Ask for the credential that Tesla refuses; signing in does."""

    async def _async_must[T](self, work: Awaitable[T]) -> T:
        """Return what is needed to go on, or end the flow with what went wrong."""
        found = await tried(work)
        if isinstance(found, Problem):
            raise AbortFlow(found.key, found.placeholders)
        return found

    def _aborted(self, problem: Problem) -> ConfigFlowResult:
        """End the flow with a problem's text."""
        return self.async_abort(
            reason=problem.key, description_placeholders=problem.placeholders
        )

    # ---- progress

    def _show_work(
        self,
        *,
        progress_action: str,
        work: Callable[[], Awaitable[Any]],
        then: str,
        placeholders: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        """Show progress while something takes its time; go on when it is over."""
        if self._work is None:
            self._work = self.hass.async_create_background_task(
                self._async_seen(work), f"fleet_pulse {progress_action}"
            )
        if not self._work.done():
            return self.async_show_progress(
                step_id=progress_action,
                progress_action=progress_action,
                progress_task=self._work,
                description_placeholders=placeholders,
            )
        return self.async_show_progress_done(next_step_id=then)

    async def _async_seen(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Do the work, and let the progress be seen for a moment."""
        found = await tried(work())
        # The frontend listens for the end only once it has drawn the progress, on a
        # slow phone a good while later: what ends sooner, as refusals do, would leave
        # the dialog turning for ever.
        for _ in range(MOST_LOOKS):
            await async_wait(self.hass, SEEN_FOR)
            if EVENT_DATA_ENTRY_FLOW_PROGRESSED in self.hass.bus.async_listeners():
                break
        return found

    def _worked(self) -> Any:
        """Return what the work came to: its result, or a problem."""
        assert self._work is not None
        found, self._work = self._work.result(), None
        return found
