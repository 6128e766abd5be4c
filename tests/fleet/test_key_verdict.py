"""What is found at the key's address, out of whatever was seen there."""

import re
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, strategies as st
import pytest

from custom_components.fleet_pulse.fleet import keys
from custom_components.fleet_pulse.fleet.key_host import (
    _MEANINGS,
    PATH,
    Diagnosis,
    Facet,
    Finding,
)
from custom_components.fleet_pulse.fleet.key_verdict import (
    Sighting,
    Trouble,
    diagnose,
    fingerprint,
)

HOST: Final = "home.example.com"
OURS: Final = keys.create()
POINT: Final = keys.public_bytes(OURS)
PEM: Final = keys.public_pem(OURS).encode()
OTHER: Final = keys.create()
INDEX: Final = b"<!doctype html><html><script src=/app.js></script></html>"


def spki(key: Any) -> bytes:
    """Write a public key of any kind as the PEM that is hosted."""
    pem: bytes = key.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    return pem


RSA: Final = spki(rsa.generate_private_key(65537, 2048))
P384: Final = spki(ec.generate_private_key(ec.SECP384R1()))
ED25519: Final = spki(ed25519.Ed25519PrivateKey.generate())


def seen(**what: Any) -> Sighting:
    """See the right key at once, but for what is given."""
    good = {"domain": HOST, "addresses": ("93.184.215.14",), "status": 200, "body": PEM}
    return Sighting(**good | what)


def moved(status: int, to: str) -> Sighting:
    """See a redirect."""
    return seen(status=status, headers={"location": to}, body=b"")


def answered(status: int, body: bytes = b"", **headers: str) -> Sighting:
    """See an answer that is not 200, or not the key."""
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    return seen(status=status, body=body, headers=names)


def failed(trouble: Trouble, **what: Any) -> Sighting:
    """See a look that ended before its answer."""
    return seen(status=None, body=b"", trouble=trouble, **what)


F: Final = Finding


@pytest.mark.parametrize(
    ("sighting", "finding", "detail"),
    [
        pytest.param(seen(), F.GOOD, "", id="the key, at once"),
        pytest.param(seen(seconds=5), F.GOOD, "", id="the key, just in time"),
        pytest.param(
            answered(200, PEM, content_type="text/html"),
            F.GOOD,
            "",
            id="the key, called a web page",
        ),
        # The way there.
        pytest.param(
            failed(Trouble.NO_NAME, addresses=()), F.NO_NAME, HOST, id="no such name"
        ),
        pytest.param(
            failed(Trouble.NAME_SERVER_SILENT, addresses=()),
            F.NAME_SERVER_SILENT,
            HOST,
            id="no answer about the name",
        ),
        pytest.param(
            failed(Trouble.NO_CONNECTION),
            F.NO_CONNECTION,
            "93.184.215.14",
            id="hairpin refused",
        ),
        pytest.param(
            failed(Trouble.NO_ANSWER), F.NO_ANSWER, "93.184.215.14", id="silence"
        ),
        pytest.param(
            failed(Trouble.BROKEN_ANSWER),
            F.BROKEN_ANSWER,
            "93.184.215.14",
            id="half an answer",
        ),
        pytest.param(seen(status=None), F.BROKEN_ANSWER, "93.184.215.14", id="nothing"),
        *(
            pytest.param(
                seen(addresses=(address,)), F.PRIVATE_GOOD, address, id=f"at {name}"
            )
            for name, address in (
                ("a private address", "192.168.1.20"),
                ("loopback", "127.0.0.1"),
                ("the provider's own network", "100.64.3.4"),
                ("a link's address", "169.254.1.1"),
                ("a private address of IPv6", "fd00::1"),
                ("IPv4 in IPv6", "::ffff:10.0.0.1"),
            )
        ),
        pytest.param(
            seen(addresses=("fe80::1%eth0",)),
            F.PRIVATE_GOOD,
            "fe80::1 eth0",
            id="at a link's address of IPv6",
        ),
        pytest.param(
            seen(addresses=("93.184.215.14", "10.0.0.1")),
            F.PRIVATE_GOOD,
            "10.0.0.1",
            id="at two addresses, one of them private",
        ),
        pytest.param(
            seen(addresses=("10.0.0.1",), body=INDEX),
            F.PRIVATE_ADDRESS,
            "10.0.0.1",
            id="something else at a private address",
        ),
        pytest.param(
            failed(Trouble.NO_CONNECTION, addresses=("10.0.0.1",)),
            F.PRIVATE_ADDRESS,
            "10.0.0.1",
            id="nothing at a private address",
        ),
        # Encryption, by OpenSSL's numbers.
        *(
            pytest.param(
                failed(Trouble.TLS, tls_code=code, tls_words="certificate verify"),
                finding,
                "certificate verify",
                id=name,
            )
            for code, finding, name in (
                (10, F.CERTIFICATE_EXPIRED, "expired"),
                (9, F.CERTIFICATE_NOT_YET_VALID, "not yet valid"),
                (62, F.CERTIFICATE_OTHER_NAME, "for another name"),
                (64, F.CERTIFICATE_OTHER_NAME, "for another address"),
                (18, F.CERTIFICATE_UNTRUSTED, "self-signed"),
                (19, F.CERTIFICATE_UNTRUSTED, "self-signed root"),
                (20, F.CERTIFICATE_UNTRUSTED, "unknown issuer"),
                (21, F.CERTIFICATE_UNTRUSTED, "chain incomplete"),
                (23, F.TLS_TROUBLE, "revoked"),
                (None, F.TLS_TROUBLE, "no encryption at all"),
            )
        ),
        # Redirects.
        *(
            pytest.param(
                moved(status, "https://other.example.org/x?secret=1"),
                F.REDIRECT,
                f"{status} to other.example.org",
                id=f"{status}",
            )
            for status in (301, 302, 303, 307, 308)
        ),
        pytest.param(
            moved(308, f"{PATH}/"), F.REDIRECT, f"308 to {PATH}/", id="to a slash"
        ),
        pytest.param(
            moved(301, f"http://{HOST}{PATH}"),
            F.REDIRECT,
            f"301 to http://{HOST}",
            id="to no encryption",
        ),
        pytest.param(
            moved(301, f"https://www.{HOST}{PATH}"),
            F.REDIRECT_WWW,
            f"301 to www.{HOST}",
            id="to www",
        ),
        pytest.param(
            moved(301, f"https://{HOST}{PATH}"),
            F.REDIRECT_HTTPS,
            f"301 to {PATH}",
            id="to itself",
        ),
        pytest.param(
            moved(302, "https://home.cloudflareaccess.com/cdn-cgi/access"),
            F.REDIRECT_LOGIN,
            "302 to home.cloudflareaccess.com",
            id="to Cloudflare Access",
        ),
        pytest.param(
            moved(302, "/login?next=%2F"),
            F.REDIRECT_LOGIN,
            "302 to /login",
            id="to a login of its own",
        ),
        pytest.param(
            moved(302, "http://[::1"), F.REDIRECT, "302 to -", id="to nonsense"
        ),
        pytest.param(answered(301), F.REDIRECT, "301 to -", id="to nowhere"),
        # Refusals.
        pytest.param(answered(401), F.LOGIN, "401", id="a login"),
        pytest.param(answered(407), F.LOGIN, "407", id="a proxy's login"),
        pytest.param(
            answered(404, www_authenticate="Basic"), F.LOGIN, "404", id="a hidden login"
        ),
        pytest.param(answered(403), F.FORBIDDEN, "403", id="forbidden"),
        pytest.param(
            answered(403, INDEX, server="cloudflare"),
            F.CHALLENGE,
            "403",
            id="a wall against robots",
        ),
        pytest.param(
            answered(503, cf_mitigated="challenge"),
            F.CHALLENGE,
            "503",
            id="a puzzle for people",
        ),
        pytest.param(answered(404), F.NOT_FOUND, "404", id="nothing there"),
        pytest.param(answered(410), F.NOT_FOUND, "410", id="no longer there"),
        pytest.param(
            answered(404, b"404: Not Found", referrer_policy="no-referrer"),
            F.NOT_FOUND_HERE,
            "404",
            id="a Home Assistant without the key",
        ),
        pytest.param(
            answered(400, b"400: Bad Request"),
            F.PROXY_NOT_TRUSTED,
            "400",
            id="a Home Assistant that does not trust the proxy",
        ),
        pytest.param(answered(502), F.SERVER_TROUBLE, "502", id="nobody behind"),
        pytest.param(answered(522), F.SERVER_TROUBLE, "522", id="Cloudflare's own"),
        pytest.param(answered(206, PEM), F.OTHER_STATUS, "206", id="a part"),
        pytest.param(answered(400), F.OTHER_STATUS, "400", id="a bad request"),
        pytest.param(answered(304), F.OTHER_STATUS, "304", id="not modified"),
        # Content.
        pytest.param(
            answered(200, INDEX, content_type="text/html; charset=utf-8"),
            F.WEB_PAGE,
            "text/html",
            id="a single-page app",
        ),
        pytest.param(
            answered(200, b"\xef\xbb\xbf \n<HTML>", content_type="application/json"),
            F.WEB_PAGE,
            "application/json",
            id="a web page, called otherwise",
        ),
        pytest.param(
            answered(200, b"hello", content_type="text/html"),
            F.WEB_PAGE,
            "text/html",
            id="a web page without tags",
        ),
        pytest.param(
            answered(200, INDEX + b'<input type="password">'),
            F.LOGIN_PAGE,
            "-",
            id="a page with a login",
        ),
        pytest.param(answered(200), F.EMPTY, "-", id="empty"),
        pytest.param(answered(200, b" \n"), F.EMPTY, "-", id="blank"),
        pytest.param(
            answered(200, b"\xef\xbb\xbf" + PEM), F.NOT_FIRST, "-", id="a BOM first"
        ),
        pytest.param(
            answered(200, b"\n" + PEM), F.NOT_FIRST, "-", id="an empty line first"
        ),
        pytest.param(
            answered(200, b'{"key":1}', content_type="application/json"),
            F.NOT_PEM,
            "application/json",
            id="JSON",
        ),
        pytest.param(
            answered(200, b"-----BEGIN CERTIFICATE-----\nMII"),
            F.CERTIFICATE,
            "-",
            id="a certificate",
        ),
        pytest.param(
            seen(body=keys.private_pem(OURS).encode()),
            F.PRIVATE_KEY,
            "93.184.215.14",
            id="the private key",
        ),
        pytest.param(
            seen(body=PEM + keys.private_pem(OURS).encode(), addresses=("10.0.0.1",)),
            F.PRIVATE_KEY,
            "10.0.0.1",
            id="both keys, at a private address",
        ),
        pytest.param(
            seen(body=PEM + b"\n" * 2000), F.TOO_LARGE, "1000", id="too much after it"
        ),
        pytest.param(answered(200, b"x" * 2000), F.TOO_LARGE, "1000", id="too much"),
        pytest.param(
            seen(body=PEM.replace(b"M", b"-", 1)), F.DAMAGED, "", id="a torn key"
        ),
        pytest.param(seen(body=RSA), F.OTHER_ALGORITHM, "RSA", id="RSA"),
        pytest.param(seen(body=ED25519), F.OTHER_ALGORITHM, "Ed25519", id="Ed25519"),
        pytest.param(
            answered(200, b"-----BEGIN RSA PUBLIC KEY-----"),
            F.OTHER_ALGORITHM,
            "-",
            id="RSA in its old form",
        ),
        pytest.param(seen(body=P384), F.OTHER_CURVE, "secp384r1", id="P-384"),
        pytest.param(
            seen(body=keys.public_pem(OTHER).encode()),
            F.OTHER_KEY,
            f"{keys.fingerprint(OTHER)}, {keys.fingerprint(OURS)}",
            id="another key",
        ),
        pytest.param(seen(seconds=7.2), F.TOO_SLOW, "7 s", id="the key, too late"),
        pytest.param(
            seen(body=RSA, seconds=7), F.OTHER_ALGORITHM, "RSA", id="RSA, too late"
        ),
    ],
)
def test_what_is_found(sighting: Sighting, finding: Finding, detail: str) -> None:
    """Each pitfall is told from all others, with what is needed to mend it."""
    found = diagnose(sighting, POINT)
    assert found == Diagnosis(finding=finding, detail=detail)


def test_a_fingerprint_is_that_of_the_pair() -> None:
    """The owner compares the two."""
    assert fingerprint(POINT) == keys.fingerprint(OURS)


# ---- what a finding means


def test_every_finding_has_a_meaning() -> None:
    """In order, and none is left out."""
    assert list(_MEANINGS) == sorted(Finding, key=lambda one: one.name)


def test_what_cannot_be_judged_from_inside() -> None:
    """The owner may go on with these, and with none besides."""
    assert {one for one in Finding if not Diagnosis(finding=one).is_certain} == {
        F.BROKEN_ANSWER,
        F.CHALLENGE,
        F.NAME_SERVER_SILENT,
        F.NO_ANSWER,
        F.NO_CONNECTION,
        F.PRIVATE_ADDRESS,
        F.PRIVATE_GOOD,
        F.TOO_SLOW,
    }


@pytest.mark.parametrize(
    ("finding", "facets"),
    [
        pytest.param(F.GOOD, "+++++", id="all is well"),
        pytest.param(F.NO_NAME, "?????", id="never arrived"),
        pytest.param(F.CERTIFICATE_EXPIRED, "?????", id="never asked"),
        pytest.param(F.REDIRECT, "-????", id="sent away"),
        pytest.param(F.LOGIN, "+-???", id="not let in"),
        pytest.param(F.NOT_FOUND, "++-??", id="nothing there"),
        pytest.param(F.SERVER_TROUBLE, "++???", id="no word about the path"),
        pytest.param(F.WEB_PAGE, "+++-?", id="something else there"),
        pytest.param(F.OTHER_KEY, "++++-", id="another key there"),
        pytest.param(F.TOO_SLOW, "+++++", id="all there, late"),
    ],
)
def test_the_checklist_s_lines(finding: Finding, facets: str) -> None:
    """What was passed, what failed, and what was not reached."""
    found = Diagnosis(finding=finding)
    lines = (
        found.no_redirect,
        found.no_auth,
        found.path_ok,
        found.raw_pem,
        found.key_equal,
    )
    assert "".join({True: "+", False: "-", None: "?"}[line] for line in lines) == facets
    assert lines == tuple(found.facet(facet) for facet in Facet)


def test_only_the_right_key_is_good() -> None:
    """All else has something to be said about."""
    assert [one for one in Finding if Diagnosis(finding=one).is_good] == [F.GOOD]


# ---- laws

BITS: Final = st.sampled_from(
    [PEM, RSA, P384, INDEX, b"-----BEGIN PUBLIC KEY-----", b"PRIVATE KEY-----", b"\n"]
)
HEADERS: Final = st.dictionaries(
    st.sampled_from(
        ["location", "content-type", "server", "www-authenticate", "cf-mitigated"]
    )
    | st.text(),
    st.text() | st.sampled_from([PATH, f"https://www.{HOST}/", "//", "text/html"]),
    max_size=4,
)
SIGHTINGS: Final = st.builds(
    Sighting,
    domain=st.text() | st.just(HOST),
    addresses=st.lists(st.text() | st.ip_addresses().map(str), max_size=3).map(tuple),
    trouble=st.none() | st.sampled_from(Trouble),
    tls_code=st.none() | st.integers(),
    tls_words=st.text(),
    status=st.none() | st.integers() | st.sampled_from([200, 301, 308, 403, 404]),
    headers=HEADERS,
    body=st.lists(st.binary() | BITS, max_size=3).map(b"".join),
    seconds=st.floats(),
)
SAFE: Final = re.compile(r"[A-Za-z0-9 .,:/_-]*")


@given(SIGHTINGS, st.binary() | st.just(POINT))
def test_any_sighting_is_diagnosed(sighting: Sighting, point: bytes) -> None:
    """Nothing that can be seen raises, and only safe words come of it."""
    found = diagnose(sighting, point)
    assert SAFE.fullmatch(found.detail)
    assert len(found.detail) < 120


@given(st.binary(min_size=1), st.sampled_from([200, 301, 403, 404, 500]))
def test_a_body_is_not_repeated(body: bytes, status: int) -> None:
    """Whatever a page says stays on it."""
    found = diagnose(seen(status=status, body=b"Zq7Zq7" + body), POINT)
    assert "Zq7" not in found.detail
