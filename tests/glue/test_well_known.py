"""The public key at the one path where Tesla looks for it."""

from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from homeassistant.config_entries import ConfigEntryDisabler
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fleet_pulse import well_known
from custom_components.fleet_pulse.const import CONF_DOMAIN, CONF_PUBLIC_KEY, DOMAIN
from tests.fake_fleet.public_key_download import PATH as TESLA_S_PATH

from .flows import HOST
from .household import Household

PATH: Final = well_known.PATH
FOLDER: Final = PATH.rpartition("/")[0]
OTHER: Final = "-----BEGIN PUBLIC KEY-----\nother\n-----END PUBLIC KEY-----\n"


async def ask(house: Household, path: str = PATH, **how: Any) -> Any:
    """Ask as Tesla does: from outside, and following nothing."""
    how = {"method": "GET", "allow_redirects": False} | how
    return await (await house.browser()).request(path=path, **how)


def test_the_path_is_tesla_s() -> None:
    """Both ends of the tests agree on it, as does Tesla's documentation."""
    assert PATH == TESLA_S_PATH
    assert PATH == "/.well-known/appspecific/com.tesla.3p.public-key.pem"


async def test_the_key_is_there_raw(home: Household) -> None:
    """200, no login, no redirect, the PEM from the first byte, kept by nobody."""
    answer = await ask(home)
    assert answer.status == 200
    assert answer.content_type == "application/x-pem-file"
    assert answer.headers["Cache-Control"] == "no-store"
    body = await answer.read()
    assert body.startswith(b"-----BEGIN PUBLIC KEY-----\n")
    assert body.endswith(b"-----END PUBLIC KEY-----\n")


async def test_the_key_is_the_one_the_car_knows(home: Household) -> None:
    """It is a point on P-256, and Tesla registered and paired the same one."""
    key = load_pem_public_key(await (await ask(home)).read())
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(key.curve, ec.SECP256R1)
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    assert point == home.cloud.key_of(HOST)
    assert point in home.car.whitelist


async def test_head_says_the_same_without_the_key(home: Household) -> None:
    """`curl -I` is how people look at it."""
    get, head = await ask(home), await ask(home, method="HEAD")
    assert head.status == 200
    assert await head.read() == b""
    for name in ("Content-Type", "Content-Length", "Cache-Control"):
        assert head.headers[name] == get.headers[name]


REQUESTS: Final = (
    {"Accept": "application/json"},
    {"Accept": "text/html,*/*;q=0.1"},
    {"Accept": ""},
    {"Authorization": "Bearer nonsense"},
    {"Host": "proxy.internal"},
    {"Host": f"{HOST}:8123"},
    {"Host": HOST.upper()},
)


async def test_whoever_asks_gets_the_key(home: Household) -> None:
    """Nothing in the request stands in the way of the one key there is."""
    answers = [await ask(home, headers=headers) for headers in REQUESTS]
    assert [answer.status for answer in answers] == [200] * len(REQUESTS)
    key = home.entry.data[CONF_PUBLIC_KEY]
    assert [await answer.text() for answer in answers] == [key] * len(REQUESTS)


ELSEWHERE: Final = (
    FOLDER,
    f"{FOLDER}/",
    f"{FOLDER}/other.pem",
    f"{PATH}/",
    f"{PATH}.bak",
    "/.well-known/com.tesla.3p.public-key.pem",
)


async def test_nothing_else_is_there(home: Household) -> None:
    """Only the one path answers."""
    answers = [await ask(home, path) for path in ELSEWHERE]
    assert [answer.status for answer in answers] == [404] * len(ELSEWHERE)


async def test_before_there_is_a_key_the_path_is_empty(house: Household) -> None:
    """From the start of Home Assistant on, without any entry; and nobody keeps that."""
    await house.prepare()
    answer = await ask(house)
    assert answer.status == 404
    assert answer.headers["Cache-Control"] == "no-store"


async def test_the_key_is_served_while_the_entry_is_not(home: Household) -> None:
    """Tesla may look at any time: a disabled account's key stays hosted."""
    await home.hass.config_entries.async_set_disabled_by(
        home.entry.entry_id, ConfigEntryDisabler.USER
    )
    assert (await ask(home)).status == 200


async def test_with_two_keys_the_domain_decides(home: Household) -> None:
    """Each domain has its own key, and an unknown one gets none."""
    MockConfigEntry(
        domain=DOMAIN,
        data={CONF_DOMAIN: "other.example", CONF_PUBLIC_KEY: OTHER},
        disabled_by=ConfigEntryDisabler.USER,
    ).add_to_hass(home.hass)
    own = home.entry.data[CONF_PUBLIC_KEY]
    hosts = (HOST, "other.example", "unknown.example")
    answers = [await ask(home, headers={"Host": host}) for host in hosts]
    assert [answer.status for answer in answers] == [200, 200, 404]
    assert [await answer.text() for answer in answers[:2]] == [own, OTHER]


async def test_it_is_registered_once(home: Household) -> None:
    """Set-up and flow both see to it; one handler for each method is there."""
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    routes = [
        route.method
        for route in home.hass.http.app.router.routes()
        if route.resource is not None and route.resource.canonical == PATH
    ]
    # Home Assistant's CORS adds the third.
    assert sorted(routes) == ["GET", "HEAD", "OPTIONS"]


@pytest.mark.parametrize(
    ("host", "keys", "served"),
    [
        pytest.param("a", [], None, id="no key"),
        pytest.param("a", [("a", "A")], "A", id="its own"),
        pytest.param("x", [("a", "A")], "A", id="the only one under any name"),
        pytest.param("b", [("a", "A"), ("b", "B")], "B", id="its own of two"),
        pytest.param("x", [("a", "A"), ("b", "B")], None, id="none of two"),
        pytest.param(
            "x", [("a", "A"), ("b", "A")], "A", id="two accounts of one application"
        ),
    ],
)
def test_which_key_is_served(
    host: str, keys: list[tuple[str, str]], served: str | None
) -> None:
    """By the name that was asked for."""
    assert well_known.key_for(host, keys) == served
