"""How schedules that we write into a car are told apart from each other, and others.

A car knows its schedules by a number; Tesla's app takes the second in which a
schedule was made. Ours follow from their names, so that writing one again replaces it,
and lie below every second since the app exists.
"""

from hashlib import sha256
from typing import Final

_IDS: Final = 10**9


def schedule_id(kind: str, name: str) -> int:
    """Return the car's number of a schedule of a kind with a name."""
    spoken = f"{kind}/{' '.join(name.split()).casefold()}"
    return 1 + int.from_bytes(sha256(spoken.encode()).digest()[:8]) % _IDS
