"""The owner's PIN for opening cars: kept in the account's sealed file, nowhere else.

wrong ─▶ wrong ─▶ … the fifth ─▶ nothing fits for five minutes
└────────┴─ a right one ─▶ the count begins anew
"""

from datetime import datetime, timedelta
import hmac
import re
from typing import Final

from .vault import VaultFile

PATTERN: Final = re.compile("[0-9]{4,8}")
"""What a PIN looks like."""
CODE_FORMAT: Final = "^([0-9]{4,8})?$"
"""What a lock is called with: locking goes without."""
TRIES: Final = 5
BARRED_FOR: Final = timedelta(minutes=5)

_PURPOSE: Final = "opening_pin"


class Pin:
    """Says whether a code is the PIN, to who does not guess."""

    def __init__(self, file: VaultFile) -> None:
        """Find it in the account's sealed file."""
        self._file = file
        self._content: object = None
        self._pin = b""
        self._wrong = 0
        self._barred_until: datetime | None = None

    @property
    def is_set(self) -> bool:
        """Return whether the owner set one."""
        return bool(self._kept)

    @property
    def _kept(self) -> bytes:
        """Return it in the clear; every look at a lock asks, so unseal it once."""
        if self._file.content is not self._content:
            self._pin = self._file.get(_PURPOSE) or b""
            self._content = self._file.content
        return self._pin

    def fits(self, code: str | None, now: datetime) -> bool:
        """Return whether a code is the PIN; who guesses has to wait."""
        if self._barred_until is not None and now < self._barred_until:
            return False
        if hmac.compare_digest((code or "").encode(), self._kept):
            self._wrong, self._barred_until = 0, None
            return True
        # Who says nothing does not guess.
        self._wrong += code is not None
        if self._wrong >= TRIES:
            self._wrong, self._barred_until = 0, now + BARRED_FOR
        return False

    async def async_set(self, pin: str) -> None:
        """Keep another one, or with an empty text none; raises NotSaved, SealBroken."""
        await self._file.async_put(_PURPOSE, pin.encode())
