"""Who answers with the public key: chosen, looked at, and only then shown to Tesla."""

from typing import Any, Final

import pytest

from tests.internet.box import Internet
from tests.internet.web_host import PATH, WebHost

from .flows import HOST, ROUTINE, Owner, application
from .household import Household

OTHER: Final = "other.example"


@pytest.fixture
async def owner(house: Household) -> Owner:
    """Give an owner who has a key, and is to say where it is found."""
    await house.prepare()
    owner = Owner(house, {key: ROUTINE[key] for key in ("key", "key_ready")})
    await owner.host_key()
    await owner.sign_in()
    return owner


@pytest.fixture
async def host(house: Household, owner: Owner, internet: Internet) -> WebHost:
    """Give the proxy of a domain that this home can see, as can Tesla."""
    host = await internet.host(HOST, house.cloud.hosts[HOST])
    house.cloud.hosts[HOST] = host.plain_url
    return host


async def enter(owner: Owner, domain: str = HOST, step: str = "hosting_here") -> Any:
    """Choose a way of hosting and enter a domain."""
    form = await owner.submit(await owner.reconfigure(), next_step_id=step)
    return await owner.submit(form, domain=domain)


def asked(house: Household) -> int:
    """Count the registrations that Tesla was asked for."""
    return len(house.cloud.requests.to("/partner_accounts"))


# ---- the choice


@pytest.mark.parametrize(
    ("step", "hosting", "shown"),
    [
        pytest.param("hosting_here", "here", PATH, id="here"),
        pytest.param(
            "hosting_static", "static", "-----BEGIN PUBLIC KEY-----", id="static"
        ),
        pytest.param("hosting_proxy", "proxy", "reverse_proxy http", id="Caddy"),
        pytest.param("hosting_proxy", "proxy", "proxy_pass http", id="nginx"),
    ],
)
async def test_each_way_says_what_it_needs(
    owner: Owner, house: Household, step: str, hosting: str, shown: str
) -> None:
    """With the very lines to copy; which one was chosen is kept."""
    menu = await owner.reconfigure()
    await owner.words(menu)
    form = await owner.submit(menu, next_step_id=step)
    words = await owner.words(form)
    assert shown in words
    assert PATH in words
    await owner.submit(form, domain=HOST)
    assert house.entry.data["hosting"] == hosting
    assert house.entry.data["domain"] == HOST


async def test_a_home_without_an_address_gets_a_blank_to_fill(
    owner: Owner, house: Household
) -> None:
    """The lines to copy say where its name belongs."""
    await house.hass.config.async_update(external_url=None, internal_url=None)
    house.hass.config.api = None
    menu = await owner.reconfigure()
    form = await owner.submit(menu, next_step_id="hosting_proxy")
    assert "http://YOUR_HOME_ASSISTANT:8123" in await owner.words(form)


@pytest.mark.parametrize("step", ["hosting_here", "hosting_static", "hosting_proxy"])
@pytest.mark.parametrize(
    ("domain", "error"),
    [
        pytest.param("abc.ui.nabu.casa", "nabu_casa_domain", id="Nabu Casa's"),
        pytest.param("https://example.com", "invalid_domain", id="an address"),
    ],
)
async def test_a_domain_that_will_not_do_is_told(
    owner: Owner, house: Household, step: str, domain: str, error: str
) -> None:
    """By the field, with the reason, before anybody is asked."""
    result = await enter(owner, domain, step)
    assert result["errors"] == {"domain": error}
    await owner.words(result)
    assert "domain" not in house.entry.data


async def test_a_name_of_a_dynamic_service_is_fine(owner: Owner) -> None:
    """Many homes have no other one."""
    assert (await enter(owner, "my-home.duckdns.org"))["step_id"] == "check_unclear"


# ---- the look before Tesla's own


async def test_a_key_that_is_seen_is_registered_at_once(
    owner: Owner, house: Household, host: WebHost
) -> None:
    """Nothing is asked in between."""
    assert (await enter(owner))["step_id"] == "pair"
    assert application(house).registrations["eu"].domain == HOST


async def test_the_look_shows_progress(
    owner: Owner, house: Household, host: WebHost
) -> None:
    """A step says what is waited for."""
    form = await owner.submit(await owner.reconfigure(), next_step_id="hosting_here")
    result = await owner.flow.async_configure(form["flow_id"], {"domain": HOST})
    assert result["type"] == "progress"
    assert HOST in await owner.words(result)


async def test_a_mistake_is_mended_before_tesla_is_asked(
    owner: Owner, house: Household, host: WebHost
) -> None:
    """It is named, with the lines to see it from outside, and looked at again."""
    host.behaviour = "redirect_308"
    result = await enter(owner)
    assert result["errors"] == {"base": "key_redirect"}
    words = await owner.words(result)
    assert f"curl -I https://{HOST}{PATH}" in words
    assert f"curl https://{HOST}{PATH} | head" in words
    shown_again = await owner.flow.async_configure(result["flow_id"])
    assert await owner.words(shown_again) == words
    result = await owner.submit(result)
    assert result["errors"] == {"base": "key_redirect"}
    assert asked(house) == 0
    host.behaviour = "good"
    assert (await owner.submit(result))["step_id"] == "pair"


async def test_tesla_may_be_asked_all_the_same(
    owner: Owner, house: Household, host: WebHost
) -> None:
    """Whoever knows better may go on; Tesla's word then leads back to the look."""
    host.behaviour = "wrong_path"
    result = await owner.submit(await enter(owner), anyway=True)
    assert asked(house) == 1
    assert result["step_id"] == "check_failed"
    assert result["errors"] == {"base": "key_download_failed"}
    words = await owner.words(result)
    assert "status 404" in words
    assert "curl -I" in words
    host.behaviour = "good"
    assert (await owner.submit(result, anyway=True))["step_id"] == "pair"


async def test_the_domain_is_corrected_where_it_failed(
    owner: Owner, house: Household, host: WebHost
) -> None:
    """A slip of the pen needs no way back; another slip is told."""
    host.behaviour = "wrong_path"
    result = await enter(owner)
    application(house).origins |= {f"https://{OTHER}"}
    result = await owner.submit(result, domain="other example")
    assert result["errors"] == {"domain": "invalid_domain"}
    await owner.host_key(OTHER)
    result = await owner.submit(result, domain=OTHER)
    assert result["step_id"] == "check_unclear"
    assert (await owner.submit(result))["step_id"] == "pair"
    assert house.entry.data["domain"] == OTHER


async def test_another_way_of_hosting_is_chosen_where_it_failed(
    owner: Owner, house: Household, host: WebHost
) -> None:
    """And says what it needs."""
    host.behaviour = "wrong_path"
    result = await owner.submit(await enter(owner), hosting="static")
    assert result["step_id"] == "hosting_static"
    assert result["data_schema"]({})["domain"] == HOST
    host.behaviour = "good"
    assert (await owner.submit(result, domain=HOST))["step_id"] == "pair"
    assert house.entry.data["hosting"] == "static"


async def test_what_cannot_be_judged_from_inside_blocks_nobody(
    owner: Owner, house: Household, host: WebHost, internet: Internet
) -> None:
    """A name that leads to an inside address: Submit goes on, and Tesla decides."""
    internet.tell(HOST, addresses=("192.168.1.2",))
    host.behaviour = "bad_gateway"
    result = await enter(owner)
    assert result["step_id"] == "check_unclear"
    assert result["errors"] == {"base": "key_private_address"}
    words = await owner.words(result)
    assert "from inside your network" in words
    assert f"curl -I https://{HOST}{PATH}" in words
    shown_again = await owner.flow.async_configure(result["flow_id"])
    assert await owner.words(shown_again) == words
    host.behaviour = "good"
    assert (await owner.submit(result))["step_id"] == "pair"


# ---- Tesla's own words


async def test_a_domain_of_no_allowed_origin_is_mended_at_tesla(
    owner: Owner, house: Household, host: WebHost
) -> None:
    """Tesla's words stand beside ours, and the form can be opened again."""
    application(house).origins = {"https://elsewhere.example"}
    result = await enter(owner)
    assert result["step_id"] == "registration_failed"
    assert result["errors"] == {"base": "origin_mismatch"}
    shown_again = await owner.flow.async_configure(result["flow_id"])
    assert await owner.words(shown_again) == await owner.words(result)
    application(house).origins = {f"https://{HOST}"}
    assert (await owner.submit(result))["step_id"] == "pair"
