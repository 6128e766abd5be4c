"""What Google, Alexa and Apple make of an entity, by Home Assistant's own code.

HomeKit's part cannot be imported without a package that only its users need, so the
one function that chooses is taken out of its file and run alone.
"""

import ast
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
import logging
from pathlib import Path
from typing import Any, Final, override

from homeassistant.components.alexa.config import AbstractConfig
from homeassistant.components.alexa.entities import ENTITY_ADAPTERS
from homeassistant.components.google_assistant.helpers import (
    get_google_type,
    supported_traits_for_state,
)
from homeassistant.core import HomeAssistant, State

CHOOSES: Final = "get_accessory"


def google(state: State) -> tuple[str, set[str]]:
    """Give the type and the traits Google sees in an entity."""
    kind = get_google_type(state.domain, state.attributes.get("device_class"))
    traits = {trait.name for trait in supported_traits_for_state(state)}
    return (
        kind.removeprefix("action.devices.types."),
        {name.removeprefix("action.devices.traits.") for name in traits},
    )


class Speaker(AbstractConfig):
    """An Alexa that understands English."""

    @property
    @override
    def endpoint(self) -> None:
        """Report nothing."""
        return None

    @property
    @override
    def locale(self) -> str:
        """Speak English."""
        return "en-US"

    @property
    @override
    def user_identifier(self) -> str:
        """Be anybody."""
        return ""


def alexa(hass: HomeAssistant, state: State) -> tuple[str, set[str]]:
    """Give the category and the interfaces Alexa sees in an entity."""
    entity = ENTITY_ADAPTERS[state.domain](hass, Speaker(hass), state)
    (category,) = entity.default_display_categories()
    names = {one.name().removeprefix("Alexa.") for one in entity.interfaces()}
    # What every entity has says nothing of it.
    return category, names - {"Alexa", "EndpointHealth"}


@cache
def _chooser() -> Callable[..., str | None]:
    """Give the function of HomeKit's that chooses an accessory, names for types."""
    package = find_spec("homeassistant.components")
    assert package is not None
    assert package.submodule_search_locations is not None
    (folder,) = package.submodule_search_locations
    code = ast.parse(Path(folder, "homekit/accessories.py").read_text())
    wanted = [
        part
        for part in code.body
        if (isinstance(part, ast.ImportFrom) and _is_core(part))
        or (isinstance(part, ast.FunctionDef) and part.name == CHOOSES)
    ]
    known: dict[str, Any] = {
        "CLIMATE_TYPES": {None: "Thermostat"},
        "CONF_FEATURE_LIST": "feature_list",
        "HomeAccessory": object,
        "HomeDriver": object,
        "TYPES": _Named(),
        "TYPE_THERMOSTAT": None,
        "_LOGGER": logging.getLogger(__name__),
        "validate_media_player_features": lambda state, features: True,
    }
    exec(compile(ast.Module(wanted, []), CHOOSES, "exec"), known)
    chooser: Callable[..., str | None] = known[CHOOSES]
    return chooser


def _is_core(part: ast.ImportFrom) -> bool:
    """Say whether an import is Home Assistant's, not HomeKit's."""
    return part.level == 0 and str(part.module).startswith("homeassistant.")


class _Named(dict[str, Callable[..., str]]):
    """Accessory types that are only their names."""

    def __missing__(self, name: str) -> Callable[..., str]:
        """Give what would make the accessory."""
        return lambda *_: name


def homekit(hass: HomeAssistant, state: State) -> str | None:
    """Give the accessory HomeKit sees in an entity."""
    return _chooser()(hass, None, state, 1, {})
