"""How schedules that we write into a car are told apart from each other, and others.

A car knows its schedules by a number; Tesla's app takes the second in which a
schedule was made. Ours follow from their names, so that writing one again replaces it,
and lie below every second since cars keep schedules:

    1 ───── by name, of actions ───── 10⁹ ──── of rules ──── 1.5 · 10⁹ ─── Tesla's app
"""

from hashlib import sha256
from typing import Final

_NAMED: Final = 10**9
_OF_A_RULE: Final = 100
"""Schedules that one rule may need: one for each of its windows, places and dates."""
_RULES: Final = 5 * 10**6


def schedule_id(kind: str, name: str) -> int:
    """Return the car's number of a schedule of a kind with a name."""
    return 1 + _number(f"{kind}/{' '.join(name.split()).casefold()}", _NAMED)


def rule_ids(rule: str) -> range:
    """Return the car's numbers of all schedules that a rule may have."""
    first = 1 + _NAMED + _number(f"rule/{rule}", _RULES) * _OF_A_RULE
    return range(first, first + _OF_A_RULE)


def is_of_rules(number: int) -> bool:
    """Say whether a schedule is one that rules wrote, whichever rule it was."""
    return 0 < number - _NAMED <= _RULES * _OF_A_RULE


def _number(words: str, below: int) -> int:
    """Return a number that follows from words."""
    return int.from_bytes(sha256(words.encode()).digest()[:8]) % below
