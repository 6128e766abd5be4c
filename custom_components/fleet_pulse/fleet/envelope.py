"""What is sealed at rest: one random data key per account, sealed by a master key.

    key-encryption key (KEK) ── seals ─▶ data key ── seals ─▶ tokens, sessions, …

Everything is AES-256-GCM. The associated data binds each sealed value to its account,
its purpose and the version of this format, so that no value can be put in another's
place. The envelope of the data key names its KEK; any KEK at hand may open it, and
`resealed` moves it to the first one without touching what the data key seals.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
import hashlib
import hmac
import json
from types import MappingProxyType
from typing import Any, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..model.record import record
from .errors import KekLost, SealBroken

type Random = Callable[[int], bytes]
"""Returns as many unpredictable bytes as it is asked for."""

KEY_LENGTH: Final = 32
VERSION: Final = 1

_DATA_KEY: Final = "data_key"
_NONCE_LENGTH: Final = 12


@record
class Kek:
    """A key-encryption key; its id names it in envelopes and reveals nothing of it."""

    id: str
    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a key of another length than AES-256 takes."""
        if len(self.key) != KEY_LENGTH:
            raise ValueError(f"a key-encryption key has {KEY_LENGTH} bytes")

    @classmethod
    def of(cls, key: bytes) -> Self:
        """Name a key after itself, so that wherever it is kept it is known again."""
        digest = hmac.new(key, b"fleet_pulse key id", hashlib.sha256)
        return cls(id=digest.hexdigest()[:16], key=key)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All key-encryption keys at hand; the first one seals."""

    keks: tuple[Kek, ...]

    def __post_init__(self) -> None:
        """Refuse an empty ring: nothing could be sealed."""
        if not self.keks:
            raise ValueError("a key ring needs a key-encryption key")

    @property
    def current(self) -> Kek:
        """The key that seals."""
        return self.keks[0]

    def candidates(self, kek_id: str) -> Iterator[Kek]:
        """Yield every key, those first whose name the envelope carries."""
        yield from sorted(self.keks, key=lambda kek: kek.id != kek_id)


@record
class DataKey:
    """The key that seals one account's values, with its own sealed form."""

    key: bytes = field(repr=False)
    kek: Kek
    """The key that the envelope is sealed with."""
    envelope: Mapping[str, Any] = field(repr=False)

    @classmethod
    def create(cls, ring: KeyRing, random: Random, *, account: str) -> Self:
        """Return a new data key, sealed by the current key-encryption key."""
        return cls._sealed(random(KEY_LENGTH), ring.current, random, account)

    @classmethod
    def open(cls, envelope: object, ring: KeyRing, *, account: str) -> Self:
        """Open a data key with whichever key-encryption key sealed it."""
        kek_id = envelope.get("kek") if isinstance(envelope, Mapping) else None
        if not isinstance(envelope, Mapping) or not isinstance(kek_id, str):
            raise SealBroken("the data key's envelope is damaged")
        for kek in ring.candidates(kek_id):
            try:
                key = unseal(kek.key, envelope, account=account, purpose=_DATA_KEY)
            except SealBroken:
                continue
            return cls(key=key, kek=kek, envelope=envelope)
        if any(kek.id == kek_id for kek in ring.keks):
            raise SealBroken("the data key is damaged")
        raise KekLost(f"no key at hand opens what key {kek_id} sealed")

    def resealed(self, ring: KeyRing, random: Random, *, account: str) -> DataKey:
        """Return the same data key sealed by the current KEK; itself if it is."""
        # The name alone proves nothing: a source may have got another content.
        if self.kek == ring.current and self.envelope["kek"] == self.kek.id:
            return self
        return self._sealed(self.key, ring.current, random, account)

    @classmethod
    def _sealed(cls, key: bytes, kek: Kek, random: Random, account: str) -> Self:
        """Seal a data key with a key-encryption key."""
        envelope = seal(kek.key, key, account=account, purpose=_DATA_KEY, random=random)
        return cls(key=key, kek=kek, envelope={"kek": kek.id, **envelope})


def seal(
    key: bytes,
    plaintext: bytes,
    *,
    account: str,
    purpose: str,
    random: Random,
    version: int = VERSION,
) -> dict[str, Any]:
    """Return an envelope that JSON can hold."""
    nonce = random(_NONCE_LENGTH)
    bound = _associated_data(account, purpose, version)
    return {
        "version": version,
        "nonce": b64encode(nonce).decode(),
        "sealed": b64encode(AESGCM(key).encrypt(nonce, plaintext, bound)).decode(),
    }


def unseal(key: bytes, envelope: object, *, account: str, purpose: str) -> bytes:
    """Open an envelope, which must have been sealed for this account and purpose."""
    try:
        version, nonce, sealed = _parts(envelope)
        bound = _associated_data(account, purpose, version)
        return AESGCM(key).decrypt(nonce, sealed, bound)
    except (InvalidTag, KeyError, TypeError, ValueError) as err:
        raise SealBroken(f"the sealed {purpose} cannot be opened") from err


def _parts(envelope: object) -> tuple[int, bytes, bytes]:
    """Take an envelope apart."""
    if not isinstance(envelope, Mapping):
        raise TypeError("an envelope is an object")
    if envelope["version"] != VERSION:
        raise ValueError("an envelope of an unknown version")
    nonce = b64decode(envelope["nonce"], validate=True)
    return VERSION, nonce, b64decode(envelope["sealed"], validate=True)


def _associated_data(account: str, purpose: str, version: int) -> bytes:
    """Bind a sealed value to its place; JSON keeps the parts apart."""
    return json.dumps(["fleet_pulse", version, account, purpose]).encode()


@record
class Vault:
    """All sealed values of one account, as they stand on disk. Replaced, never edited."""

    account: str
    data_key: DataKey
    random: Random = field(repr=False, compare=False)
    items: Mapping[str, Any] = field(default=MappingProxyType({}), repr=False)
    """Envelopes by purpose."""

    @classmethod
    def create(cls, account: str, ring: KeyRing, random: Random) -> Self:
        """Return an empty vault with a new data key."""
        data_key = DataKey.create(ring, random, account=account)
        return cls(account=account, data_key=data_key, random=random)

    @classmethod
    def load(cls, data: object, account: str, ring: KeyRing, random: Random) -> Self:
        """Open what `dump` returned; SealBroken if it is damaged, KekLost if not."""
        items = data.get("items") if isinstance(data, Mapping) else None
        if not isinstance(data, Mapping) or not isinstance(items, Mapping):
            raise SealBroken("the vault is damaged")
        data_key = DataKey.open(data.get("data_key"), ring, account=account)
        return cls(account=account, data_key=data_key, random=random, items=items)

    def dump(self) -> dict[str, Any]:
        """Return what may be written to disk."""
        return {"data_key": dict(self.data_key.envelope), "items": dict(self.items)}

    def get(self, purpose: str) -> bytes | None:
        """Return a value in the clear; None if there is none."""
        if purpose not in self.items:
            return None
        return unseal(
            self.data_key.key,
            self.items[purpose],
            account=self.account,
            purpose=purpose,
        )

    def put(self, purpose: str, value: bytes) -> Vault:
        """Return the vault with a value sealed in it."""
        envelope = seal(
            self.data_key.key,
            value,
            account=self.account,
            purpose=purpose,
            random=self.random,
        )
        return replace(self, items={**self.items, purpose: envelope})

    def without(self, purpose: str) -> Vault:
        """Return the vault without a value."""
        rest = {key: item for key, item in self.items.items() if key != purpose}
        return replace(self, items=rest)

    def resealed(self, ring: KeyRing) -> Vault:
        """Return the vault under the current key-encryption key; itself if it is.

        What it holds stays readable with the old key until the result is written.
        """
        data_key = self.data_key.resealed(ring, self.random, account=self.account)
        return self if data_key is self.data_key else replace(self, data_key=data_key)

    def is_sealed_by(self, kek: Kek) -> bool:
        """Return whether a key-encryption key seals this, and no other one."""
        return self.data_key.kek == kek

    def renewed(self, ring: KeyRing) -> Vault:
        """Return everything sealed anew, by a new data key under the current KEK.

        Who kept the old keys and an old copy opens nothing that comes later. A value
        that does not open would be lost with its data key: then SealBroken is raised.
        """
        renewed = self.create(self.account, ring, self.random)
        for purpose in self.items:
            value = self.get(purpose)
            assert value is not None
            renewed = renewed.put(purpose, value)
        return renewed
