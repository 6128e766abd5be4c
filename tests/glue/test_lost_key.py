"""What is sealed and cannot be opened: say why, once, and lose nothing more."""

from base64 import b64encode
from collections.abc import Callable
import json
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.fleet_pulse import application
from custom_components.fleet_pulse.const import ENV_KEK
from custom_components.fleet_pulse.fleet.errors import KekLost, PrivateKeyLost
from tests.fake_fleet.populate import CLIENT_ID

from .flows import Owner
from .household import Household
from .sealing import KEK, folder, restart, sealed, sign_in_again, waiting

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE

type Loss = Callable[[Household, pytest.MonkeyPatch], None]


def lose_variable(house: Household, environment: pytest.MonkeyPatch) -> None:
    """Forget the variable in a new container."""
    environment.delenv(ENV_KEK)


def mistype(house: Household, environment: pytest.MonkeyPatch) -> None:
    """Put something else into the variable."""
    environment.setenv(ENV_KEK, b64encode(bytes(32)).decode())


def tear(house: Household, environment: pytest.MonkeyPatch) -> None:
    """Damage the tokens' file."""
    path = sealed(house, "account")
    path.write_bytes(path.read_bytes()[:100])


def garble(house: Household, environment: pytest.MonkeyPatch) -> None:
    """Put a key into the variable that is none."""
    environment.setenv(ENV_KEK, "correct horse battery staple")


LOSSES: Final = (
    pytest.param(lose_variable, "kek_lost", id="the variable is gone"),
    pytest.param(mistype, "kek_lost", id="another key"),
    pytest.param(tear, "seal_broken", id="a torn file"),
)


@pytest.fixture
async def sealed_home(house: Household, monkeypatch: pytest.MonkeyPatch) -> Household:
    """Give a home that is set up with a key in the environment."""
    monkeypatch.setenv(ENV_KEK, KEK)
    await house.set_up()
    return house


@pytest.mark.parametrize(("lose", "reason"), LOSSES)
async def test_tokens_that_cannot_be_opened_need_one_sign_in(
    sealed_home: Household, lose: Loss, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked once, with the reason; no loop, no request; afterwards all works again."""
    home = sealed_home
    lose(home, monkeypatch)
    asked = len(home.cloud.requests)
    await restart(home)
    await home.pass_time(HOUR, 5 * MINUTE)
    assert home.entry.state is ConfigEntryState.SETUP_ERROR
    assert home.entry.error_reason_translation_key == reason
    assert len(waiting(home)) == 1
    assert len(home.cloud.requests) == asked
    dialog = await home.hass.config_entries.flow.async_configure(
        waiting(home)[0]["flow_id"]
    )
    assert dialog["errors"] == {"base": reason}
    assert "or go on here" in await Owner(home).words(dialog)
    result = await sign_in_again(home)
    assert result["reason"] == "reauth_successful"
    assert home.entry.state is ConfigEntryState.LOADED
    await restart(home)
    await home.pass_time(10 * HOUR, 10 * MINUTE)
    assert home.entry.state is ConfigEntryState.LOADED
    assert home.entry.runtime_data.account.last_update_success
    assert waiting(home) == []


async def test_a_key_that_is_none_says_so_until_it_is_mended(
    sealed_home: Household,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Signing in cannot help, and must not fall back to a weaker key in silence.

    So nobody is asked to; who does it all the same reads why it is in vain.
    """
    home = sealed_home
    before = sealed(home, "account").read_bytes()
    garble(home, monkeypatch)
    await restart(home)
    assert home.entry.state is ConfigEntryState.SETUP_ERROR
    assert home.entry.error_reason_translation_key == "kek_unusable"
    assert waiting(home) == []
    home.entry.async_start_reauth(home.hass)
    await home.settle()
    result = await sign_in_again(home)
    assert result["reason"] == "kek_unusable"
    assert ENV_KEK in result["description_placeholders"]["detail"]
    assert sealed(home, "account").read_bytes() == before
    assert not (folder(home) / "fleet_pulse.kek").exists()
    assert "battery staple" not in caplog.text
    monkeypatch.setenv(ENV_KEK, KEK)
    await restart(home)
    assert home.entry.state is ConfigEntryState.LOADED


async def test_a_private_key_is_never_made_anew_in_silence(
    sealed_home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cars know the old one: commands say what is wrong, until the key is back."""
    home = sealed_home
    home.car.request_wake()
    before = sealed(home, "application").read_bytes()
    lose_variable(home, monkeypatch)
    await restart(home)
    await sign_in_again(home)
    await home.pass_time(3 * MINUTE)
    with pytest.raises(HomeAssistantError) as caught:
        await home.act("lock", "lock", "lock", "doors")
    assert caught.value.translation_key == "private_key_lost"
    assert waiting(home) == []
    with pytest.raises(PrivateKeyLost) as lost:
        await application.async_create_key(home.hass, CLIENT_ID)
    assert isinstance(lost.value.__cause__, KekLost)
    assert sealed(home, "application").read_bytes() == before
    monkeypatch.setenv(ENV_KEK, KEK)
    await restart(home)
    await home.pass_time(3 * MINUTE)
    await home.act("lock", "lock", "lock", "doors")


async def test_an_older_car_needs_no_private_key(
    sealed_home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is sent unsigned goes on working while the key is lost."""
    home = sealed_home
    lose_variable(home, monkeypatch)
    await restart(home)
    await sign_in_again(home)
    home.old_car.request_wake()
    await home.pass_time(3 * MINUTE)
    lock = home.entity_id("lock", "doors", home.old_car)
    call = home.hass.services.async_call("lock", "unlock", {"entity_id": lock})
    await call
    await home.pass_time(MINUTE, 1)
    assert not home.old_car.locked


async def test_a_key_that_comes_back_is_found_by_the_next_command(
    sealed_home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put beside the new one, it opens what it sealed; nothing needs a restart."""
    home = sealed_home
    home.car.request_wake()
    lose_variable(home, monkeypatch)
    await restart(home)
    await sign_in_again(home)
    await home.pass_time(3 * MINUTE)
    with pytest.raises(HomeAssistantError):
        await home.act("lock", "unlock", "lock", "doors")
    (folder(home) / "fleet_pulse.kek.old").write_text(KEK)
    await home.act("lock", "unlock", "lock", "doors")
    assert not home.car.locked
    await restart(home)
    assert home.entry.state is ConfigEntryState.LOADED
    assert not (folder(home) / "fleet_pulse.kek.old").exists()
    await home.act("lock", "lock", "lock", "doors")
    assert home.car.locked


async def test_damaged_command_sessions_cost_a_handshake_only(home: Household) -> None:
    """They are the car's to give again: nobody has to sign in."""
    home.car.request_wake()
    await home.pass_time(3 * MINUTE)
    await home.act("lock", "lock", "lock", "doors")
    path = sealed(home, "account")
    kept = json.loads(path.read_text())
    kept["items"]["sessions"] = kept["items"]["tokens"]
    path.write_text(json.dumps(kept))
    await restart(home)
    assert home.entry.state is ConfigEntryState.LOADED
    await home.pass_time(MINUTE)
    await home.act("lock", "unlock", "lock", "doors")
    assert waiting(home) == []


async def test_another_key_takes_over_at_a_restart(
    home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable added later: everything opens, and the generated file is not needed."""
    monkeypatch.setenv(ENV_KEK, KEK)
    await restart(home)
    assert await application.async_key(home.hass, CLIENT_ID) is not None
    (folder(home) / "fleet_pulse.kek").unlink()
    await restart(home)
    assert home.entry.state is ConfigEntryState.LOADED
    assert await application.async_key(home.hass, CLIENT_ID) is not None
    assert waiting(home) == []
