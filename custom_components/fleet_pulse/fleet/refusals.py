"""What refused refreshes add up to: when the owner must hear of it, and what.

    refused ─▶ sign in again (Tesla ended the sign-in: nothing to tell beyond that)
       │ three times within a day ─▶ CLONED: somebody else uses the same sign-in
    refused for the application's sake ─▶ CREDENTIAL_REFUSED, at once
    refused without a readable word ─▶ REFUSED_THRICE, after the third in a row

Trouble at Tesla and on the way to it (5xx, 429, lost answers) says nothing: it neither
counts nor ends a row. A success ends everything but CLONED, which a day ends.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
import hashlib
import json
from typing import Any, Final, Self

from ..model.record import record
from .errors import (
    CredentialRefused,
    FleetError,
    Forbidden,
    InvalidAnswer,
    SignInRequired,
)

DAY: Final = timedelta(days=1)
IN_A_DAY: Final = 3
"""Sign-ins that Tesla ended within a day: an owner does not do that by hand."""
IN_A_ROW: Final = 3


class TokenTrouble(StrEnum):
    """What keeps the sign-in from being renewed, and waiting does not mend."""

    CLONED = "cloned"
    CREDENTIAL_REFUSED = "credential_refused"
    REFUSED_THRICE = "refused_thrice"


@record
class SignOut:
    """One sign-in that Tesla ended."""

    at: datetime
    of: str
    """Which one, so that asking again after a restart does not count twice."""


@record
class Refusals:
    """What was refused lately. Replaced, never edited."""

    sign_outs: tuple[SignOut, ...] = ()
    in_a_row: int = 0
    is_credential_refused: bool = False

    def succeeded(self) -> Refusals:
        """Return what is left after a refresh that worked."""
        return replace(self, in_a_row=0, is_credential_refused=False)

    def refused(self, error: FleetError, refresh_token: str, now: datetime) -> Refusals:
        """Return what a failed refresh adds."""
        if isinstance(error, CredentialRefused):
            return replace(self, is_credential_refused=True, in_a_row=0)
        if isinstance(error, SignInRequired):
            return self._signed_out(error, refresh_token, now)
        if isinstance(error, Forbidden | InvalidAnswer):
            return replace(self, in_a_row=self.in_a_row + 1)
        return self

    def _signed_out(
        self, error: SignInRequired, refresh_token: str, now: datetime
    ) -> Refusals:
        """Add a sign-in that Tesla ended; a bare 401 does not say that it did."""
        ended = self.succeeded()
        of = hashlib.sha256(refresh_token.encode()).hexdigest()[:16]
        if error.code is None or any(known.of == of for known in self.sign_outs):
            return ended
        kept = (*self._recent(now), SignOut(at=now, of=of))
        return replace(ended, sign_outs=kept[-IN_A_DAY:])

    def _recent(self, now: datetime) -> tuple[SignOut, ...]:
        """Return the sign-outs within a day, on whichever side of now.

        A clock that was a day wrong and is right again must not show the future.
        """
        return tuple(known for known in self.sign_outs if abs(now - known.at) < DAY)

    def trouble(self, now: datetime) -> TokenTrouble | None:
        """Return what the owner must hear of."""
        if len(self._recent(now)) >= IN_A_DAY:
            return TokenTrouble.CLONED
        if self.is_credential_refused:
            return TokenTrouble.CREDENTIAL_REFUSED
        if self.in_a_row >= IN_A_ROW:
            return TokenTrouble.REFUSED_THRICE
        return None

    def dump(self) -> bytes:
        """Return what outlives a restart: the sign-outs."""
        rows = [
            {"at": known.at.isoformat(), "of": known.of} for known in self.sign_outs
        ]
        return json.dumps(rows).encode()

    @classmethod
    def load(cls, raw: bytes | None) -> Self:
        """Read what was dumped; what cannot be read is forgotten."""
        try:
            rows: list[dict[str, Any]] = json.loads(raw or b"[]")
            return cls(sign_outs=tuple(_sign_out(row) for row in rows))
        except KeyError, TypeError, ValueError:
            return cls()


def _sign_out(row: dict[str, Any]) -> SignOut:
    """Read one sign-out."""
    at = datetime.fromisoformat(row["at"])
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return SignOut(at=at, of=str(row["of"]))
