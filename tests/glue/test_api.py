"""Which hosts are asked, by place and environment."""

from homeassistant.core import HomeAssistant
import pytest

from custom_components.fleet_pulse import api
from custom_components.fleet_pulse.const import (
    ENV_API_URL,
    ENV_AUTH_URL,
    ENV_TIME_SCALE,
)
from custom_components.fleet_pulse.fleet.errors import InvalidOverride
from custom_components.fleet_pulse.fleet.hosts import TESLA_BASES, Region

OVERRIDES = {ENV_AUTH_URL: "http://127.0.0.1:1", ENV_API_URL: "http://127.0.0.1:2"}


def set_all(monkeypatch: pytest.MonkeyPatch, env: dict[str, str]) -> None:
    """Set the environment, and nothing besides."""
    for name in (ENV_API_URL, ENV_AUTH_URL, ENV_TIME_SCALE):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("time_zone", "country", "region"),
    [
        pytest.param("Europe/Berlin", "DE", Region.EU, id="Europe"),
        pytest.param("Africa/Cairo", "EG", Region.EU, id="Africa"),
        pytest.param("America/New_York", "US", Region.NA, id="America"),
        pytest.param("Asia/Tokyo", "JP", Region.NA, id="Asia"),
        pytest.param("UTC", None, Region.NA, id="nowhere"),
        pytest.param("Asia/Shanghai", "CN", Region.CN, id="China"),
    ],
)
async def test_the_region_of_a_home(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    time_zone: str,
    country: str | None,
    region: Region,
) -> None:
    """Where the home is says which host to begin with, until Tesla says it."""
    set_all(monkeypatch, {})
    await hass.config.async_update(time_zone=time_zone, country=country)
    assert api.async_base_url(hass) == TESLA_BASES[region]


@pytest.mark.parametrize("region", Region)
async def test_a_known_region_needs_no_guess(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, region: Region
) -> None:
    """What the token names counts."""
    set_all(monkeypatch, {})
    assert api.async_base_url(hass, region) == TESLA_BASES[region]


@pytest.mark.parametrize(
    ("country", "host"),
    [("DE", "https://auth.tesla.com"), ("CN", "https://auth.tesla.cn")],
)
async def test_china_signs_in_at_home(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, country: str, host: str
) -> None:
    """China has a sign-in server of its own."""
    set_all(monkeypatch, {})
    await hass.config.async_update(country=country)
    assert api.async_hosts(hass).authorize_url == f"{host}/oauth2/v3/authorize"


@pytest.mark.parametrize(
    ("env", "scale"),
    [
        pytest.param({}, 1, id="nothing set"),
        pytest.param({ENV_TIME_SCALE: "1"}, 1, id="real time needs no test cloud"),
        pytest.param({ENV_TIME_SCALE: "60", **OVERRIDES}, 60, id="the demo"),
        pytest.param({ENV_TIME_SCALE: "0.5", **OVERRIDES}, 0.5, id="slower"),
    ],
)
def test_time_scale(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], scale: float
) -> None:
    """Cars live faster only in a test cloud."""
    set_all(monkeypatch, env)
    assert api.time_scale() == scale


@pytest.mark.parametrize(
    "env",
    [
        pytest.param({ENV_TIME_SCALE: "60"}, id="with Tesla's own hosts"),
        pytest.param(
            {ENV_TIME_SCALE: "60", ENV_AUTH_URL: OVERRIDES[ENV_AUTH_URL]},
            id="with Tesla's own API",
        ),
        pytest.param(
            {ENV_TIME_SCALE: "60", ENV_API_URL: OVERRIDES[ENV_API_URL]},
            id="with Tesla's own sign-in",
        ),
        *(
            pytest.param({ENV_TIME_SCALE: text, **OVERRIDES}, id=f"{text!r}")
            for text in ("fast", "", "0", "-1", "inf", "nan")
        ),
    ],
)
def test_a_wrong_time_scale_is_told(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str]
) -> None:
    """Real cars are never asked sixty times as often."""
    set_all(monkeypatch, env)
    with pytest.raises(InvalidOverride, match=ENV_TIME_SCALE):
        api.time_scale()
