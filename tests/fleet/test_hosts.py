"""Which addresses are Tesla's, and which the environment puts in their place."""

from hypothesis import given, strategies as st
import pytest
from yarl import URL

from custom_components.fleet_pulse.fleet.errors import InvalidOverride
from custom_components.fleet_pulse.fleet.hosts import (
    TESLA_BASES,
    Hosts,
    Region,
    normal_base,
)

TESLA = Hosts.resolve(None, None)
NA = "https://fleet-api.prd.na.vn.cloud.tesla.com"
EU = "https://fleet-api.prd.eu.vn.cloud.tesla.com"
CN = "https://fleet-api.prd.cn.vn.cloud.tesla.cn"


def test_without_overrides_the_hosts_are_teslas() -> None:
    """Nothing set means Tesla's documented addresses."""
    assert (
        Hosts(
            authorize_url="https://auth.tesla.com/oauth2/v3/authorize",
            token_url="https://fleet-auth.prd.vn.cloud.tesla.com/oauth2/v3/token",
            api={Region.NA: NA, Region.EU: EU, Region.CN: CN},
        )
        == TESLA
    )


def test_china_signs_in_at_its_own_server() -> None:
    """Both addresses are China's."""
    hosts = Hosts.resolve(None, None, china=True)
    assert hosts.authorize_url == "https://auth.tesla.cn/oauth2/v3/authorize"
    assert hosts.token_url == "https://auth.tesla.cn/oauth2/v3/token"


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_a_blank_variable_overrides_nothing(blank: str | None) -> None:
    """An empty variable is one that is not set."""
    assert Hosts.resolve(blank, blank) == TESLA


def test_one_api_url_stands_for_all_regions() -> None:
    """A single URL replaces every region, and says so."""
    hosts = Hosts.resolve("http://127.0.0.1:81/", "http://127.0.0.1:82/")
    assert hosts.authorize_url == "http://127.0.0.1:81/oauth2/v3/authorize"
    assert hosts.token_url == "http://127.0.0.1:81/oauth2/v3/token"
    assert set(hosts.api.values()) == {"http://127.0.0.1:82"}
    assert set(hosts.api) == set(Region)
    assert hosts.auth_overridden
    assert hosts.api_overridden


def test_regions_can_be_overridden_one_by_one() -> None:
    """What has no override falls back to one that has, never to Tesla."""
    hosts = Hosts.resolve(None, "na=http://localhost:1, EU=http://localhost:2")
    assert hosts.base_url(Region.EU) == "http://localhost:2"
    assert hosts.base_url(Region.CN) == "http://localhost:1"
    assert hosts.region_of("http://localhost:2/") is Region.EU
    assert not hosts.auth_overridden


@pytest.mark.parametrize(
    ("auth", "api"),
    [
        pytest.param("auth.tesla.com", None, id="no scheme"),
        pytest.param("https://user:secret@host", None, id="a user and a password"),
        pytest.param(None, "ftp://host", id="another scheme"),
        pytest.param(None, "apac=https://host", id="an unknown region"),
        pytest.param(None, "na=", id="a region without a URL"),
        pytest.param(None, "na=https://host,eu", id="half a pair"),
    ],
)
def test_an_unusable_override_is_refused(auth: str | None, api: str | None) -> None:
    """The refusal does not repeat what may hold a password."""
    with pytest.raises(InvalidOverride) as caught:
        Hosts.resolve(auth, api)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(EU, id="a region of Tesla's"),
        pytest.param(f"{EU}/", id="with a slash at the end"),
        pytest.param(EU.upper(), id="in capitals"),
        pytest.param(f"{EU}:443", id="with the port of https"),
        pytest.param(
            "https://fleet-api.prd.apac.vn.cloud.tesla.com", id="a new region"
        ),
        pytest.param(CN, id="China"),
    ],
)
def test_teslas_own_hosts_are_accepted(url: str) -> None:
    """A 421 may send us there."""
    assert TESLA.accepts(url)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://fleet-api.prd.eu.vn.cloud.tesla.com", id="not encrypted"),
        pytest.param("https://tesla.com.example.com", id="Tesla as a subdomain"),
        pytest.param("https://nottesla.com", id="a longer name"),
        pytest.param("https://example.com/.tesla.com", id="Tesla in the path"),
        pytest.param("https://example.com#.tesla.com", id="Tesla in the fragment"),
        pytest.param("https://example.com?.tesla.com", id="Tesla in the query"),
        pytest.param("https://x.tesla.com@example.com", id="Tesla as the user"),
        pytest.param("https://example.com\\.tesla.com", id="a backslash"),
        pytest.param("https://example.com%2f.tesla.com", id="an encoded slash"),
        pytest.param(f"{EU}:8443", id="another port"),
        pytest.param(f"{EU}/proxy", id="a path"),
        pytest.param("https://x.tesla.com\n.example.com", id="a line break"),
        pytest.param("fleet-api.prd.eu.vn.cloud.tesla.com", id="no scheme"),
        pytest.param("", id="nothing"),
    ],
)
def test_other_hosts_are_not_accepted(url: str) -> None:
    """The owner's token does not go there."""
    assert not TESLA.accepts(url)


def test_an_override_accepts_only_itself() -> None:
    """With an override not even Tesla's own hosts are accepted."""
    hosts = Hosts.resolve(None, "na=http://localhost:1,eu=http://localhost:2")
    assert hosts.accepts("http://LOCALHOST:2/")
    assert not hosts.accepts("http://localhost:3")
    assert not hosts.accepts(EU)


def test_a_base_is_known_by_its_region() -> None:
    """Whatever the spelling; an unknown one has no region."""
    assert {TESLA.region_of(base + "/") for base in TESLA_BASES.values()} == set(Region)
    assert TESLA.region_of("https://example.com") is None
    assert TESLA.region_of("nonsense") is None


_PIECES = st.sampled_from(
    ("example.com", ".tesla.com", ".tesla.cn", "@", "\\", "/", "#", "?", ":", "443")
) | st.sampled_from(("%2f", "%00", " ", "\t", "\n", "\uff54esla.com", "..", "x", "["))
_STARTS = st.sampled_from(
    ["https://example.com", "https://x.tesla.com", "https://", ""]
)


@given(_STARTS, st.lists(_PIECES, max_size=3).map("".join), _PIECES)
def test_what_is_accepted_leads_to_tesla(start: str, middle: str, end: str) -> None:
    """The library that connects agrees about the host of every accepted URL."""
    url = start + middle + end
    hosts = [URL(normal_base(url) or "").host] if TESLA.accepts(url) else []
    assert all(f".{host}".endswith((".tesla.com", ".tesla.cn")) for host in hosts)
