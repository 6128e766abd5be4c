"""The look at the hosted key, from Home Assistant through a name to a real server."""

import asyncio
from typing import Any, Final

from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest
from yarl import URL

from custom_components.fleet_pulse import api
from custom_components.fleet_pulse.fleet.key_host import Diagnosis, Finding as F
from tests.fake_fleet import public_key_download
from tests.fake_fleet.public_key_download import DownloadFailed
from tests.internet.box import Internet
from tests.internet.certificates import Certificate
from tests.internet.names import PUBLIC
from tests.internet.web_host import BEHAVIOURS, WebHost

from .flows import HOST
from .household import Household


@pytest.fixture
async def host(home: Household, internet: Internet) -> WebHost:
    """Give the proxy before a Home Assistant that has its key; Tesla sees it too."""
    server = (await home.browser()).server
    host = await internet.host(HOST, str(server.make_url("")).rstrip("/"))
    home.cloud.hosts[HOST] = host.plain_url
    return host


async def look(home: Household, domain: str = HOST) -> Diagnosis:
    """Look for the key that Tesla registered."""
    point = home.cloud.key_of(HOST)
    assert point is not None
    return await api.async_look_at_key(home.hass, domain, point)


async def test_a_key_well_hosted_is_good(home: Household, host: WebHost) -> None:
    """Through a proxy, as a stranger, and with nothing of earlier visits."""
    jar = async_get_clientsession(home.hass).cookie_jar
    jar.update_cookies({"session": "mine"}, URL(f"https://{HOST}/"))
    assert await look(home) == Diagnosis(finding=F.GOOD)
    (asked,) = host.asked
    assert asked["Accept"] == "*/*"
    assert asked["Host"] == HOST
    assert {"Cookie", "Authorization"}.isdisjoint(asked)


@pytest.mark.parametrize(
    ("behaviour", "finding", "detail"),
    [
        pytest.param("bad_gateway", F.SERVER_TROUBLE, "502", id="nobody behind"),
        pytest.param("basic_auth", F.LOGIN, "401", id="a password"),
        pytest.param("blank_line", F.NOT_FIRST, "octet", id="an empty line first"),
        pytest.param("bom", F.NOT_FIRST, "octet", id="a BOM first"),
        pytest.param("certificate", F.CERTIFICATE, "pem", id="a certificate"),
        pytest.param("cloudflare", F.CHALLENGE, "403", id="Cloudflare's wall"),
        pytest.param("cut", F.BROKEN_ANSWER, PUBLIC, id="hung up"),
        pytest.param("empty", F.EMPTY, "pem", id="empty"),
        pytest.param("forbidden", F.FORBIDDEN, "403", id="forbidden"),
        pytest.param("forwarded", F.PROXY_NOT_TRUSTED, "400", id="proxy not trusted"),
        pytest.param("gone", F.NOT_FOUND, "410", id="gone"),
        pytest.param("half", F.BROKEN_ANSWER, PUBLIC, id="half an answer"),
        pytest.param("huge", F.TOO_LARGE, "1000", id="not to be read to its end"),
        pytest.param("index_html", F.WEB_PAGE, "text/html", id="index.html"),
        pytest.param("index_json", F.WEB_PAGE, "json", id="index.html as JSON"),
        pytest.param("json", F.NOT_PEM, "application/json", id="JSON"),
        pytest.param("large", F.TOO_LARGE, "1000", id="too large"),
        pytest.param("login_page", F.LOGIN_PAGE, "text/html", id="a login's page"),
        pytest.param("other_key", F.OTHER_KEY, ", ", id="another key"),
        pytest.param("p384", F.OTHER_CURVE, "secp384r1", id="another curve"),
        pytest.param("private_key", F.PRIVATE_KEY, PUBLIC, id="a private key"),
        pytest.param("redirect_301", F.REDIRECT_WWW, f"www.{HOST}", id="301 to www"),
        pytest.param("redirect_308", F.REDIRECT, "308 to /.well", id="308 to a slash"),
        pytest.param("redirect_itself", F.REDIRECT_HTTPS, "301", id="301 to itself"),
        pytest.param("redirect_login", F.REDIRECT_LOGIN, "/login", id="to a login"),
        pytest.param("rsa", F.OTHER_ALGORITHM, "RSA", id="RSA"),
        pytest.param("torn", F.DAMAGED, "", id="a line lost"),
        pytest.param("unavailable", F.OTHER_STATUS, "418", id="an odd status"),
        pytest.param("wrong_path", F.NOT_FOUND, "404", id="the wrong path"),
    ],
)
async def test_a_server_that_goes_wrong(
    home: Household, host: WebHost, behaviour: str, finding: F, detail: str
) -> None:
    """Each mistake is named, and gone as soon as it is mended."""
    host.behaviour = behaviour
    found = await look(home)
    assert found.finding is finding
    assert detail in found.detail
    host.behaviour = "good"
    assert (await look(home)).is_good


@pytest.mark.parametrize(
    ("certificate", "finding"),
    [
        pytest.param(Certificate.EXPIRED, F.CERTIFICATE_EXPIRED, id="expired"),
        pytest.param(
            Certificate.NOT_YET_VALID, F.CERTIFICATE_NOT_YET_VALID, id="not yet valid"
        ),
        pytest.param(
            Certificate.OTHER_NAME, F.CERTIFICATE_OTHER_NAME, id="another name"
        ),
        pytest.param(
            Certificate.SELF_SIGNED, F.CERTIFICATE_UNTRUSTED, id="self-signed"
        ),
    ],
)
async def test_a_certificate_that_goes_wrong(
    home: Household, host: WebHost, certificate: Certificate, finding: F
) -> None:
    """Encryption is checked anew at every look; no old connection hides a change."""
    assert (await look(home)).is_good
    host.certificate = certificate
    assert (await look(home)).finding is finding
    host.certificate = Certificate.GOOD
    assert (await look(home)).is_good


async def test_a_door_that_is_closed(home: Household, host: WebHost) -> None:
    """As behind a router that leads nobody back inside; the far end gets through."""
    await host.close_door()
    assert await look(home) == Diagnosis(finding=F.NO_CONNECTION, detail=PUBLIC)
    assert await download(home, host, "good") == ""
    await host.open_door()
    assert (await look(home)).is_good


async def test_no_encryption_at_all(
    home: Household, host: WebHost, internet: Internet
) -> None:
    """Port 443 leads to a server that speaks no TLS."""
    internet.tell(HOST, port=int(host.plain_url.rpartition(":")[2]))
    found = await look(home)
    assert found.finding is F.TLS_TROUBLE
    assert found.detail


MISTAKES: Final = set(BEHAVIOURS) - {"good", "slow"}


@pytest.mark.parametrize(
    ("name", "finding", "detail"),
    [
        pytest.param({"addresses": ()}, F.NO_NAME, HOST, id="no such name"),
        pytest.param(
            {"answers": False}, F.NAME_SERVER_SILENT, HOST, id="no word about it"
        ),
        pytest.param({"port": 0}, F.NO_CONNECTION, PUBLIC, id="hairpin refused"),
        pytest.param(
            {"addresses": ("192.168.1.20",)},
            F.PRIVATE_GOOD,
            "192.168.1.20",
            id="the key at a private address",
        ),
        pytest.param(
            {"addresses": ("100.64.0.9",), "port": 0},
            F.PRIVATE_ADDRESS,
            "100.64.0.9",
            id="nothing at a provider's own address",
        ),
        pytest.param(
            {"addresses": (PUBLIC, "2606:4700::1")}, F.GOOD, "", id="IPv6 as well"
        ),
    ],
)
async def test_a_name_that_leads_elsewhere(
    home: Household,
    host: WebHost,
    internet: Internet,
    name: dict[str, Any],
    finding: F,
    detail: str,
) -> None:
    """What the name service says comes first; a silent one proves nothing."""
    internet.tell(HOST, **name)
    assert await look(home) == Diagnosis(finding=finding, detail=detail)


async def waiting(home: Household, host: WebHost) -> asyncio.Task[Diagnosis]:
    """Begin to look at a server that does not answer yet."""
    host.behaviour = "slow"
    task = home.hass.async_create_task(look(home))
    while not host.asked:
        await asyncio.sleep(0)
    return task


async def test_an_answer_that_comes_late(home: Household, host: WebHost) -> None:
    """Tesla may have given up by then; the key itself is right."""
    task = await waiting(home, host)
    home.freezer.tick(7)
    host.released.set()
    assert await task == Diagnosis(finding=F.TOO_SLOW, detail="7 s")


async def test_an_answer_that_never_comes(home: Household, host: WebHost) -> None:
    """The look ends by itself."""
    task = await waiting(home, host)
    home.freezer.tick(11)
    assert await task == Diagnosis(finding=F.NO_ANSWER, detail=PUBLIC)


async def test_a_home_assistant_without_the_key(
    house: Household, internet: Internet
) -> None:
    """It answers, but there is nothing at the path."""
    await house.prepare()
    server = (await house.browser()).server
    await internet.host(HOST, str(server.make_url("")).rstrip("/"))
    found = await api.async_look_at_key(house.hass, HOST, b"")
    assert found == Diagnosis(finding=F.NOT_FOUND_HERE, detail="404")


# ---- both ends see the same


def test_every_behaviour_is_tried() -> None:
    """No mistake a server can make here goes without a test."""
    rows = test_a_server_that_goes_wrong.pytestmark[0].args[1]
    assert {row.values[0] for row in rows} == MISTAKES


async def download(home: Household, host: WebHost, behaviour: str) -> str:
    """Fetch the key as the fake cloud does; give what it says against it."""
    host.behaviour = behaviour
    try:
        await public_key_download.download(HOST, home.cloud.hosts)
    except DownloadFailed as error:
        return str(error)
    return ""


async def test_tesla_sees_what_is_seen_here(home: Household, host: WebHost) -> None:
    """The far end's own download meets the same server, with the same mistakes."""
    said = {name: await download(home, host, name) for name in MISTAKES}
    # The download itself cannot know whose key it finds.
    assert {name for name, words in said.items() if not words} == {"other_key"}
    assert await download(home, host, "good") == ""
    host.certificate = Certificate.EXPIRED
    assert await download(home, host, "good") == "ServerDisconnectedError"
