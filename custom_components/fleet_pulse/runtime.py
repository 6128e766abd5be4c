"""What lives while an account's entry is loaded."""

from dataclasses import dataclass
from functools import partial

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant
from homeassistant.util import dt as dt_util

from . import vault
from .alerting import Alerting
from .api import async_auth_client, async_client
from .application import async_account_key, async_application
from .channels import Channels
from .commander import Commander
from .const import CONF_ACCOUNT, CONF_API_URL
from .coordinator import AccountCoordinator
from .fleet.auth import Application, claims
from .fleet.client import FleetClient
from .journal import Journal
from .model import vehicle_fields as fields
from .orders import OrderBook
from .pin import Pin
from .rule_store import RuleStore
from .runner import Runner
from .store import SnapshotStore
from .tokens import ACCOUNT_KIND, Tokens
from .vault import VaultFile


@dataclass(kw_only=True)
class FleetPulseData:
    """The parts of one account."""

    account: AccountCoordinator
    alerting: Alerting
    channels: Channels
    commander: Commander
    journal: Journal
    pin: Pin
    runner: Runner
    tokens: Tokens

    async def async_unpaired(self) -> list[tuple[str, str]]:
        """Return VIN and name of the cars that need our key and do not have it."""
        vehicles = {
            vin: vehicle
            for vin, vehicle in self.account.vehicles.items()
            if vehicle.is_listed
        }
        if not vehicles:
            return []
        found = await self.account.client.fleet_status(vehicles)
        return [
            (vin, vehicles[vin].data.get(fields.DISPLAY_NAME) or "Tesla")
            for vin, status in found.items()
            if status.key_paired is False and status.protocol_required is not False
        ]

    async def async_stop(self) -> None:
        """End what waits, and let everything under way reach the disk."""
        await self.alerting.async_stop()
        await self.runner.async_stop()
        await self.commander.async_stop()
        await self.account.async_shutdown()
        await self.account.async_save()
        await self.tokens.async_finish()
        await self.journal.async_finish()

    async def async_end(self, _: Event) -> None:
        """Do the same when Home Assistant stops, which unloads nothing."""
        await self.async_stop()


type FleetPulseConfigEntry = ConfigEntry[FleetPulseData]


async def async_build(
    hass: HomeAssistant, entry: FleetPulseConfigEntry
) -> FleetPulseData:
    """Put the parts of an account together, from disk alone: nothing is asked."""
    identity: str = entry.data[CONF_ACCOUNT]
    file = await vault.async_open(hass, ACCOUNT_KIND, identity)
    application = await async_application(hass, entry)
    tokens = _tokens(hass, file, application)
    journal = Journal(hass, identity)
    await journal.async_load()
    client = _client(hass, entry, tokens, journal)
    store = SnapshotStore(hass, vault.identify(identity))
    scopes = claims(tokens.pair.access_token).scopes
    account = AccountCoordinator(
        hass, entry, client=client, journal=journal, store=store, scopes=scopes
    )
    await account.async_restore()
    channels = Channels(
        hass,
        client=client,
        vault=file,
        find_key=partial(async_account_key, hass, entry, application.client_id),
    )
    commander = Commander(
        hass,
        entry,
        client=client,
        channels=channels,
        journal=journal,
        orders=OrderBook(hass, identity),
    )
    await commander.async_start(account)
    rules = RuleStore(hass, identity)
    await rules.async_load()
    runner = Runner(hass, entry, account=account, commander=commander, store=rules)
    return FleetPulseData(
        account=account,
        alerting=Alerting(hass, entry, account=account, runner=runner, store=rules),
        channels=channels,
        commander=commander,
        journal=journal,
        pin=Pin(file),
        runner=runner,
        tokens=tokens,
    )


def _tokens(hass: HomeAssistant, file: VaultFile, application: Application) -> Tokens:
    """Return the account's tokens."""
    return Tokens(
        hass,
        vault=file,
        auth=async_auth_client(hass),
        application=application,
        now=dt_util.utcnow,
    )


def _client(
    hass: HomeAssistant, entry: FleetPulseConfigEntry, tokens: Tokens, journal: Journal
) -> FleetClient:
    """Return the account's client, which keeps the region that Tesla names."""

    async def region_changed(base_url: str) -> None:
        data = {**entry.data, CONF_API_URL: base_url}
        hass.config_entries.async_update_entry(entry, data=data)

    return async_client(
        hass,
        tokens=tokens,
        ledger=journal,
        base_url=entry.data[CONF_API_URL],
        region_changed=region_changed,
    )
