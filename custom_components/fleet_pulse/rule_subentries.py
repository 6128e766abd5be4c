"""Reads the rules and alerts of an account from the subentries in which forms keep them."""

from collections.abc import Callable, Mapping
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry

from .model.invalid import InvalidInput
from .rules.view import Matter

_LOGGER = logging.getLogger(__name__)


def rule_ids(entry: ConfigEntry) -> frozenset[str]:
    """Return which rules there are, readable or not; alerts are none."""
    return frozenset(
        rule_id
        for rule_id, subentry in entry.subentries.items()
        if subentry.subentry_type in Matter
    )


def rules_of[R](
    entry: ConfigEntry,
    matter: str,
    load: Callable[[str, str, Mapping[str, Any]], R],
) -> dict[str, R]:
    """Return what subentries of a type hold, by id; what cannot be read does nothing."""
    found: dict[str, R] = {}
    for rule_id, subentry in entry.subentries.items():
        if subentry.subentry_type != matter:
            continue
        try:
            found[rule_id] = load(rule_id, subentry.title, subentry.data)
        except InvalidInput as err:
            kind = matter.replace("_", " ")
            _LOGGER.warning("A %s cannot be used: %s", kind, err.field)
    return found
