"""The doctor's checks of the public key: where it is hosted, and where registered."""

from . import api, wording
from .const import CONF_API_URL, CONF_DOMAIN, CONF_REGISTERED
from .fleet import keys
from .fleet.checks import Trouble
from .fleet.errors import NotFound, NotRegistered
from .fleet.key_host import Diagnosis, Facet
from .fleet.report import NOT_SET_UP, Outcome, failed, passed, skipped
from .patient import Patient


async def key_path(patient: Patient) -> Outcome:
    """Judge the path."""
    return await _facet(patient, Facet.PATH)


async def key_no_redirect(patient: Patient) -> Outcome:
    """Judge whether it is led elsewhere."""
    return await _facet(patient, Facet.NO_REDIRECT)


async def key_raw_pem(patient: Patient) -> Outcome:
    """Judge the content."""
    return await _facet(patient, Facet.RAW_PEM)


async def key_no_auth(patient: Patient) -> Outcome:
    """Judge whether anybody may fetch it."""
    return await _facet(patient, Facet.NO_AUTH)


async def key_equal(patient: Patient) -> Outcome:
    """Compare the hosted key with ours."""
    return await _facet(patient, Facet.KEY_EQUAL)


async def registered(patient: Patient) -> Outcome:
    """Compare the key that Tesla has in each region with ours."""
    regions: list[str] = patient.entry.data.get(CONF_REGISTERED, [])
    domain, point = patient.entry.data.get(CONF_DOMAIN), await patient.point()
    if not regions or not domain or point is None:
        return NOT_SET_UP
    local = keys.fingerprint_of(point)
    seen, trouble = [f"local {local}, {await _hosted(patient, local)}"], None
    for base_url in sorted({*regions, patient.entry.data[CONF_API_URL]}):
        found = await _registered_key(patient, domain, base_url)
        name = api.async_hosts(patient.hass).region_of(base_url) or base_url
        if found is None:
            seen.append(f"not registered in {name}")
            trouble = Trouble.NOT_REGISTERED
            continue
        seen.append(f"registered in {name} {keys.fingerprint_of(found)}")
        if found != point:
            trouble = trouble or Trouble.KEY_CHANGED
    words = ", ".join(seen)
    return failed(words, trouble) if trouble else passed(words)


async def _facet(patient: Patient, facet: Facet) -> Outcome:
    """Judge one side of the look at the domain."""
    looked = await patient.key_seen()
    if looked is None:
        return NOT_SET_UP
    if looked.facet(facet):
        return passed("as Tesla wants it")
    words = await wording.async_error(
        patient.hass, f"key_{looked.finding}", looked.detail
    )
    if not looked.is_certain:
        return skipped(f"cannot be judged from inside: {words}")
    if facet is not _culprit(looked):
        return skipped("another check of the key failed before this one")
    is_other = facet is Facet.KEY_EQUAL
    trouble = Trouble.KEY_CHANGED if is_other else Trouble.KEY_NOT_HOSTED
    return failed(words, trouble)


async def _hosted(patient: Patient, local: str) -> str:
    """Say which key the domain answers with."""
    looked = await patient.key_seen()
    is_equal = looked.key_equal if looked else None
    names = {True: local, False: "another key", None: "could not be judged"}
    return f"hosted {names[is_equal]}"


async def _registered_key(patient: Patient, domain: str, base_url: str) -> bytes | None:
    """Ask one region for the key it has; None where it has none."""
    partner = api.async_partner(
        patient.hass, await patient.application(), base_url, patient.data.journal
    )
    try:
        return await partner.public_key(domain)
    except NotFound, NotRegistered:
        return None


def _culprit(looked: Diagnosis) -> Facet:
    """Return the side that a look failed at; what is before them all is the path's."""
    wrong = (facet for facet in Facet if looked.facet(facet) is False)
    return next(wrong, Facet.PATH)
