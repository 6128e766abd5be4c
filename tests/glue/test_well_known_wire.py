"""The public key byte for byte, as it comes out of a real socket."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
import shutil
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fleet_pulse.const import (
    CONF_DOMAIN,
    CONF_PUBLIC_KEY,
    CONF_REGISTERED,
    DOMAIN,
)
from custom_components.fleet_pulse.fleet import keys
from tests.fake_fleet.public_key_download import PATH

from .flows import HOST
from .household import Household

KEY: Final = keys.public_pem(ec.generate_private_key(ec.SECP256R1()))
OTHER: Final = keys.public_pem(ec.generate_private_key(ec.SECP256R1()))
ABROAD: Final = "xn--mnchen-3ya.example"
"""How name servers, and Tesla, spell münchen.example."""
UNKNOWN: Final = "elsewhere.example"
TOOLS: Final = "curl and openssl (on Debian: apt-get install curl openssl)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came out of the socket."""

    status: int
    headers: dict[str, str]
    body: bytes


async def send(house: Household, request: bytes) -> Answer:
    """Send bytes, and read until the server hangs up."""
    port = (await house.browser()).port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    raw = await reader.read()
    writer.close()
    await writer.wait_closed()
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return Answer(status=int(first.split()[1]), headers=headers, body=body)


def asking(
    *lines: str, method: str = "GET", path: str = PATH, host: str | bytes = HOST
) -> bytes:
    """Write a request as it goes over the wire."""
    name = host.encode() if isinstance(host, str) else host
    start = f"{method} {path} HTTP/1.1\r\nHost: ".encode()
    rest = "".join(f"{line}\r\n" for line in (*lines, "Connection: close", ""))
    return start + name + b"\r\n" + rest.encode()


def keep(house: Household, domain: str, pem: str, **how: Any) -> None:
    """Have an account that was registered under a domain; it need not be running."""
    data = {CONF_DOMAIN: domain, CONF_PUBLIC_KEY: pem}
    settings = {"disabled_by": ConfigEntryDisabler.USER} | how
    entry = MockConfigEntry(
        domain=DOMAIN, data=data | settings.pop("data", {}), **settings
    )
    entry.add_to_hass(house.hass)


@pytest.fixture
async def hosting(house: Household) -> Household:
    """Give a home that hosts one key, of an account that is not running."""
    await house.prepare()
    keep(house, HOST, KEY)
    return house


# ---- the answer


REQUESTS: Final = {
    "plain": asking(),
    "compressed if possible": asking("Accept-Encoding: gzip, deflate, br, zstd"),
    "a part of it": asking("Range: bytes=10-20"),
    "only if it changed": asking(
        "If-Modified-Since: Mon, 23 Nov 2026 12:00:00 GMT", 'If-None-Match: "*"'
    ),
    "from a page elsewhere": asking("Origin: https://evil.example"),
    "to be framed": asking("Sec-Fetch-Dest: iframe", "Sec-Fetch-Site: cross-site"),
    "with a token": asking("Authorization: Bearer nonsense"),
    "with a password": asking("Authorization: Basic b3duZXI6c2VjcmV0"),
    "with a query": asking(path=f"{PATH}?when=now"),
    "HTML only": asking("Accept: text/html"),
    "nothing acceptable": asking("Accept: image/png;q=0.1"),
    "HTTP/1.0": f"GET {PATH} HTTP/1.0\r\nHost: {HOST}\r\n\r\n".encode(),
    "HTTP/1.0 without a name": f"GET {PATH} HTTP/1.0\r\n\r\n".encode(),
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
async def test_the_whole_key_comes_as_it_is(
    hosting: Household, request_: bytes
) -> None:
    """200 and the PEM alone: not compressed, not cut, not redirected, not a page."""
    answer = await send(hosting, request_)
    assert answer.status == 200
    assert answer.body == KEY.encode()
    assert answer.headers["content-length"] == str(len(KEY))
    assert answer.headers["content-type"] == "application/x-pem-file"
    assert answer.headers["cache-control"] == "no-store"
    unwanted = {"content-encoding", "location", "www-authenticate", "set-cookie"}
    assert unwanted & set(answer.headers) == set()


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Accept-Encoding: gzip", id="compressed if possible"),
        pytest.param("Range: bytes=0-0", id="a part of it"),
        pytest.param("Accept: text/html", id="HTML only"),
    ],
)
async def test_head_announces_what_get_brings(hosting: Household, line: str) -> None:
    """The same headers, the right length, and no byte of it."""
    get = await send(hosting, asking(line))
    head = await send(hosting, asking(line, method="HEAD"))
    assert head.status == 200
    assert head.body == b""
    assert {**head.headers, "date": ""} == {**get.headers, "date": ""}


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "POST", "PUT", "TRACE"])
async def test_nothing_can_be_done_to_it(hosting: Household, method: str) -> None:
    """It is there to be read: 405 names how."""
    answer = await send(hosting, asking("Content-Length: 0", method=method))
    assert answer.status == 405
    assert {"GET", "HEAD"} <= set(answer.headers["allow"].upper().split(","))


# ---- which key


NAMES: Final[dict[str, tuple[str | bytes, str | None]]] = {
    "its name": (HOST, KEY),
    "in capitals": (HOST.upper(), KEY),
    "with a port": (f"{HOST}:443", KEY),
    "with the root's dot": (f"{HOST}.", KEY),
    "with dot and port": (f"{HOST}.:8123", KEY),
    "in Punycode": (ABROAD, OTHER),
    "in Punycode and capitals": (f"{ABROAD.upper()}:443", OTHER),
    "in letters that a header should not hold": ("münchen.example", OTHER),
    "another name": (UNKNOWN, None),
    "an address": ("192.0.2.1:8123", None),
    "a longer name": (f"www.{HOST}", None),
    "no name": ("", None),
    "too many ports": (f"{HOST}:1:2", None),
}


@pytest.mark.parametrize(("host", "pem"), NAMES.values(), ids=NAMES)
async def test_with_two_keys_the_name_decides(
    hosting: Household, host: str | bytes, pem: str | None
) -> None:
    """However the name is written; a name of nobody gets no key."""
    keep(hosting, "münchen.example", OTHER)
    answer = await send(hosting, asking(host=host))
    assert answer.status == (404 if pem is None else 200)
    assert pem is None or answer.body == pem.encode()


@pytest.mark.parametrize("host", [host for host, _ in NAMES.values()], ids=NAMES)
async def test_one_key_is_served_under_any_name(
    hosting: Household, host: str | bytes
) -> None:
    """A proxy may put its own name in the place of the one Tesla asked for."""
    answer = await send(hosting, asking(host=host))
    assert (answer.status, answer.body) == (200, KEY.encode())


REGISTERED: Final = {"data": {CONF_REGISTERED: ["https://eu"]}}


@pytest.mark.parametrize(
    ("wanted", "later"),
    [
        pytest.param({"disabled_by": None}, {}, id="the enabled one"),
        pytest.param(REGISTERED, {}, id="the registered one"),
        pytest.param(
            {"disabled_by": None}, REGISTERED, id="enabled rather than registered"
        ),
    ],
)
async def test_of_two_with_one_name_the_one_in_use_counts(
    house: Household, wanted: dict[str, Any], later: dict[str, Any]
) -> None:
    """Whoever began again with another application may have left the old one."""
    await house.prepare()
    keep(house, HOST, KEY, **wanted)
    house.freezer.tick(60)
    keep(house, HOST, OTHER, **later)
    keep(house, "another.example", OTHER)
    assert (await send(house, asking())).body == KEY.encode()


async def test_of_two_alike_with_one_name_the_newer_one_counts(
    house: Household,
) -> None:
    """The owner's last word is meant."""
    await house.prepare()
    keep(house, HOST, OTHER)
    house.freezer.tick(60)
    keep(house, HOST, KEY)
    assert (await send(house, asking())).body == KEY.encode()


# ---- behind a proxy


@pytest.mark.parametrize(
    ("lines", "trusted", "status"),
    [
        pytest.param(("X-Forwarded-For: 192.0.2.9",), True, 200, id="trusted"),
        pytest.param(("X-Forwarded-For: 192.0.2.9",), False, 400, id="not trusted"),
        pytest.param((), False, 404, id="its own name, and nothing said"),
    ],
)
async def test_behind_a_proxy_that_changes_the_name(
    house: Household, lines: tuple[str, ...], trusted: bool, status: int
) -> None:
    """Home Assistant believes the name a proxy forwards where `http:` trusts it.

    Otherwise it refuses the whole request; the check of the set-up shows that 400.
    """
    proxies = {"use_x_forwarded_for": True, "trusted_proxies": ["127.0.0.1"]}
    config = {"http": proxies} if trusted else {}
    assert await async_setup_component(house.hass, "http", config)
    await house.prepare()
    keep(house, HOST, KEY)
    keep(house, "another.example", OTHER)
    forwarded = (*lines, f"X-Forwarded-Host: {HOST}", "X-Forwarded-Proto: https")
    request = asking(*forwarded, host="homeassistant:8123")
    answer = await send(house, request)
    assert answer.status == status
    assert status != 200 or answer.body == KEY.encode()


# ---- the checklist's own commands


async def run(*command: str, given: bytes = b"") -> bytes:
    """Run a program as an owner does; say how to get it where it is missing."""
    assert shutil.which(command[0]), f"this test needs {TOOLS}"
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(given)
    assert process.returncode == 0, err.decode()
    return out


async def address(house: Household) -> str:
    """Give the URL at which this home's real port serves the key."""
    return str((await house.browser()).make_url(PATH))


async def test_curl_shows_200_and_no_redirect(hosting: Household) -> None:
    """`curl -I`, the checklist's first command."""
    lines = (await run("curl", "-sS", "-I", await address(hosting))).decode()
    assert lines.startswith("HTTP/1.1 200 OK\r\n")
    assert "location:" not in lines.lower()
    assert f"content-length: {len(KEY)}\r\n" in lines.lower()


async def test_curl_piped_into_head_shows_the_key(hosting: Household) -> None:
    """`curl … | head`, the second: the header in the first bytes, and no HTML."""
    command = f"curl -sS '{await address(hosting)}' | head"
    shown = await run("bash", "-o", "pipefail", "-c", command)
    assert shown.startswith(b"-----BEGIN PUBLIC KEY-----\n")
    assert shown == KEY.encode()


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("openssl", "ec", "-pubin", "-noout", "-text"), id="ec"),
        pytest.param(("openssl", "pkey", "-pubin", "-noout", "-text"), id="pkey"),
    ],
)
async def test_openssl_reads_the_key(
    hosting: Household, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """It is a public key on P-256."""
    pem = tmp_path / "key.pem"
    await run("curl", "-sS", "-o", str(pem), await address(hosting))
    text = await run(*command, "-in", str(pem))
    assert b"prime256v1" in text
