"""A child of `weight`: how long a fresh interpreter imports one integration.

Home Assistant, its own components and aiohttp are there before; what is timed is the
package with all its platforms, and the requirements it brings along. The seconds are
the processor's: a machine that is busy elsewhere does not lengthen them.
"""

from importlib import import_module
from importlib.util import find_spec
import json
import sys
import time
from typing import Final

BASE: Final = (
    "aiohttp",
    "jwt",
    "cryptography.hazmat.primitives.serialization",
    "homeassistant.bootstrap",
    "homeassistant.config_entries",
    "homeassistant.helpers.config_entry_oauth2_flow",
    "homeassistant.helpers.update_coordinator",
)
COMPONENTS: Final = (
    *("application_credentials", "diagnostics", "http", "repairs", "system_health"),
    *("binary_sensor", "button", "climate", "cover", "device_tracker", "lock"),
    *("media_player", "number", "select", "sensor", "switch", "update"),
)
"""What Home Assistant itself brings; either integration needs only a part."""
PARTS: Final = (
    *("application_credentials", "config_flow", "diagnostics", "repairs"),
    "system_health",
)
"""Imported at start besides the platforms of entities, where an integration has it."""


def main(package: str) -> None:
    """Import, and print how long it took and what came along."""
    for name in BASE:
        import_module(name)
    for name in COMPONENTS:
        import_module(f"homeassistant.components.{name}")
    before = set(sys.modules)
    begun = time.process_time()
    root = import_module(package)
    for part in (*root.PLATFORMS, *PARTS):
        if find_spec(f"{package}.{part}") is not None:
            import_module(f"{package}.{part}")
    took = time.process_time() - begun
    sys.stdout.write(
        json.dumps({"import_s": took, "modules": len(set(sys.modules) - before)})
    )


if __name__ == "__main__":
    main(sys.argv[1])
