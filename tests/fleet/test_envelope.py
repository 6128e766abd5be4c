"""What is sealed opens for the right key, account and purpose, and for nothing else."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
import hashlib
from itertools import count
import json
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.fleet.envelope import (
    KEY_LENGTH,
    DataKey,
    Kek,
    KeyRing,
    Vault,
    seal,
    unseal,
)
from custom_components.fleet_pulse.fleet.errors import SealBroken

FILE = Kek.of(bytes(range(32)))
VARIABLE = Kek.of(bytes(range(32, 64)))
STRANGE = Kek.of(bytes(range(64, 96)))
ACCOUNT = "owner-1"
SECRET = b'{"refresh_token": "NA_c0ffee"}'


def _stream(seed: bytes = b"seed") -> Callable[[int], bytes]:
    """Return repeatable random bytes."""
    numbers: Iterator[int] = count()

    def random(length: int) -> bytes:
        return hashlib.shake_256(seed + bytes([next(numbers) % 256])).digest(length)

    return random


def _vault(ring: KeyRing | None = None) -> Vault:
    """Return a vault with tokens in it."""
    vault = Vault.create(ACCOUNT, ring or KeyRing((FILE,)), _stream())
    return vault.put("tokens", SECRET)


def _on_disk(vault: Vault) -> Any:
    """Return what comes back from the disk."""
    return json.loads(json.dumps(vault.dump()))


def test_a_vault_survives_the_disk() -> None:
    """What was put in comes out after a restart."""
    again = Vault.load(_on_disk(_vault()), ACCOUNT, KeyRing((FILE,)), _stream())
    assert again.get("tokens") == SECRET
    assert again.get("sessions") is None
    assert again.put("sessions", b"[]").get("sessions") == b"[]"
    assert again.without("tokens").get("tokens") is None


def test_nothing_lies_in_the_clear() -> None:
    """Neither the file nor any text of a value shows a secret or a key."""
    vault = _vault()
    shown = json.dumps(vault.dump()) + repr(vault) + repr(FILE) + repr(KeyRing((FILE,)))
    key = vault.data_key.key
    hidden = [SECRET.decode(), key.hex(), b64encode(key).decode(), repr(key)]
    hidden += [repr(FILE.key), FILE.key.hex(), b64encode(FILE.key).decode()]
    assert [word for word in hidden if word in shown] == []


def test_a_value_is_replaced_not_edited() -> None:
    """The vault that was written stays what it was while a new one is prepared."""
    old = _vault()
    new = old.put("tokens", b"newer")
    assert (old.get("tokens"), new.get("tokens")) == (SECRET, b"newer")
    assert old.dump() != new.dump()


def test_equal_values_look_different() -> None:
    """A fresh nonce each time: nobody sees that a token did not change."""
    vault = _vault()
    assert vault.items["tokens"] != vault.put("tokens", SECRET).items["tokens"]


def test_an_added_key_source_loses_nothing() -> None:
    """The new first key seals from now on, the old file still opens until then."""
    stored = _on_disk(_vault(KeyRing((FILE,))))
    both = KeyRing((VARIABLE, FILE))
    opened = Vault.load(stored, ACCOUNT, both, _stream(b"later"))
    moved = opened.resealed(both)

    assert opened.get("tokens") == SECRET
    assert moved is not opened
    assert moved.items == opened.items
    only_new = Vault.load(_on_disk(moved), ACCOUNT, KeyRing((VARIABLE,)), _stream())
    assert only_new.get("tokens") == SECRET
    # Not before the result is written may the old key go.
    assert Vault.load(stored, ACCOUNT, both, _stream()).get("tokens") == SECRET


def test_what_the_current_key_sealed_is_left_alone() -> None:
    """No write for nothing: the very same vault comes back."""
    ring = KeyRing((FILE, VARIABLE))
    vault = Vault.load(_on_disk(_vault(ring)), ACCOUNT, ring, _stream())
    assert vault.resealed(ring) is vault


def test_a_wrong_name_in_the_envelope_is_mended() -> None:
    """Every key is tried; resealing puts the right name on."""
    stored = _on_disk(_vault())
    stored["data_key"]["kek"] = "a source of old"
    ring = KeyRing((FILE,))
    vault = Vault.load(stored, ACCOUNT, ring, _stream())
    assert vault.get("tokens") == SECRET
    assert vault.resealed(ring).data_key.envelope["kek"] == FILE.id


def test_a_lost_key_is_said_by_name() -> None:
    """The owner learns which key would open it; nothing crashes."""
    with pytest.raises(SealBroken, match=FILE.id):
        Vault.load(_on_disk(_vault()), ACCOUNT, KeyRing((STRANGE,)), _stream())


def test_an_id_that_two_keys_share_does_not_confuse() -> None:
    """A source whose content changed has the old name; the right key is found."""
    old, new = Kek(id="file", key=FILE.key), Kek(id="file", key=VARIABLE.key)
    stored = _on_disk(_vault(KeyRing((old,))))
    ring = KeyRing((new, old))
    vault = Vault.load(stored, ACCOUNT, ring, _stream())
    assert vault.get("tokens") == SECRET
    moved = _on_disk(vault.resealed(ring))
    again = Vault.load(moved, ACCOUNT, KeyRing((new,)), _stream())
    assert again.get("tokens") == SECRET


def test_another_account_cannot_open_it() -> None:
    """A file copied from one account to another is worth nothing."""
    with pytest.raises(SealBroken):
        Vault.load(_on_disk(_vault()), "owner-2", KeyRing((FILE,)), _stream())


def test_a_value_cannot_take_the_place_of_another() -> None:
    """Sessions put where tokens belong do not open as tokens."""
    stored = _on_disk(_vault().put("sessions", b"[]"))
    stored["items"]["tokens"] = stored["items"]["sessions"]
    vault = Vault.load(stored, ACCOUNT, KeyRing((FILE,)), _stream())
    with pytest.raises(SealBroken, match="tokens"):
        vault.get("tokens")
    assert vault.get("sessions") == b"[]"


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(None, id="nothing"),
        pytest.param([], id="a list"),
        pytest.param({}, id="an empty object"),
        pytest.param({"items": {}}, id="no data key"),
        pytest.param({"items": [], "data_key": {}}, id="items that are no object"),
        pytest.param({"items": {}, "data_key": {"kek": FILE.id}}, id="an empty key"),
        pytest.param(
            {"items": {}, "data_key": {"kek": 7, "version": 1}}, id="a numbered key"
        ),
    ],
)
def test_a_damaged_file_is_a_broken_seal(stored: object) -> None:
    """Whatever stands in the file, the caller gets the one error it can handle."""
    with pytest.raises(SealBroken):
        Vault.load(stored, ACCOUNT, KeyRing((FILE,)), _stream())


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"version": 2}, id="a later version"),
        pytest.param({"version": None}, id="no version"),
        pytest.param({"nonce": ""}, id="no nonce"),
        pytest.param({"nonce": "not base64!"}, id="a nonce that is no base64"),
        pytest.param({"nonce": 5}, id="a nonce that is no text"),
        pytest.param({"sealed": "AAAA"}, id="too short to be anything"),
        pytest.param({"sealed": None}, id="nothing sealed"),
    ],
)
def test_a_damaged_value_is_a_broken_seal(change: dict[str, Any]) -> None:
    """One torn value does not take the others along."""
    stored = _on_disk(_vault().put("sessions", b"[]"))
    stored["items"]["tokens"] |= change
    vault = Vault.load(stored, ACCOUNT, KeyRing((FILE,)), _stream())
    assert vault.get("sessions") == b"[]"
    with pytest.raises(SealBroken):
        vault.get("tokens")


def test_a_value_that_is_no_envelope_is_a_broken_seal() -> None:
    """Neither is a bare text taken for an envelope."""
    with pytest.raises(SealBroken):
        unseal(FILE.key, "AAAA", account=ACCOUNT, purpose="tokens")


@settings(max_examples=40)
@given(st.data())
def test_no_byte_may_change(data: st.DataObject) -> None:
    """Any flipped bit of nonce or content breaks the seal."""
    envelope = _on_disk(_vault())["items"]["tokens"]
    part = data.draw(st.sampled_from(["nonce", "sealed"]))
    raw = bytearray(b64decode(envelope[part]))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= 1 << data.draw(st.integers(0, 7))
    envelope[part] = b64encode(raw).decode()
    with pytest.raises(SealBroken):
        unseal(_vault().data_key.key, envelope, account=ACCOUNT, purpose="tokens")


@settings(max_examples=40)
@given(st.binary(), st.text(), st.text())
def test_what_is_sealed_opens(value: bytes, account: str, purpose: str) -> None:
    """For any content, and for any name of account and purpose."""
    key = bytes(KEY_LENGTH)
    envelope = seal(key, value, account=account, purpose=purpose, random=_stream())
    found = unseal(
        key, json.loads(json.dumps(envelope)), account=account, purpose=purpose
    )
    assert found == value


@settings(max_examples=40)
@given(st.text(max_size=6), st.text(max_size=6), st.integers(0, 12))
def test_account_and_purpose_do_not_run_together(
    account: str, purpose: str, cut: int
) -> None:
    """Moving a letter from one name to the other is another place."""
    whole = account + purpose
    other = (whole[:cut], whole[cut:])
    key = bytes(KEY_LENGTH)
    envelope = seal(key, b"x", account=account, purpose=purpose, random=_stream())
    opens = _opens(key, envelope, *other)
    assert opens == (other == (account, purpose))


def _opens(key: bytes, envelope: object, account: str, purpose: str) -> bool:
    """Say whether an envelope opens in a place."""
    try:
        unseal(key, envelope, account=account, purpose=purpose)
    except SealBroken:
        return False
    return True


def test_the_format_is_plain_aes_256_gcm() -> None:
    """A file of this version can be opened by any tool that knows the format."""
    envelope = seal(FILE.key, b"x", account="a", purpose="p", random=_stream())
    bound = b'["fleet_pulse", 1, "a", "p"]'
    nonce, sealed = b64decode(envelope["nonce"]), b64decode(envelope["sealed"])
    assert envelope["version"] == 1
    assert AESGCM(FILE.key).decrypt(nonce, sealed, bound) == b"x"


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    """A truncated variable is found at once, not at the next start."""
    with pytest.raises(ValueError, match="32 bytes"):
        Kek.of(bytes(length))


def test_a_ring_without_keys_is_refused() -> None:
    """Nothing could be sealed with it."""
    with pytest.raises(ValueError, match="needs"):
        KeyRing(())


def test_a_key_is_named_after_itself() -> None:
    """The same key has the same name wherever it is kept, and the name is no part."""
    assert Kek.of(bytes(FILE.key)).id == FILE.id != VARIABLE.id
    assert FILE.id not in FILE.key.hex()


def test_a_data_key_is_drawn_anew_for_each_account() -> None:
    """Two accounts never share a key."""
    random = _stream()
    ring = KeyRing((FILE,))
    keys = {DataKey.create(ring, random, account=name).key for name in ("a", "b")}
    assert len(keys) == 2
