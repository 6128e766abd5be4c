"""The configuration folder of a Home Assistant that nobody has to click through."""

from collections.abc import Mapping
from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any, Final

from .hour import ZONE

INTEGRATION: Final = Path(__file__).parents[2] / "custom_components" / "fleet_pulse"

# Without `my`, Home Assistant's own address is the redirect URI: nothing outside this
# machine takes part in signing in. Without `default_config`, nothing scans networks.
# The place is where the fake cars are at home.
CONFIGURATION: Final = """\
homeassistant:
  name: Home
  latitude: 52.5200
  longitude: 13.4050
  elevation: 0
  unit_system: metric
  currency: EUR
  country: NL
  time_zone: {zone}
  internal_url: {url}
  external_url: {url}
  auth_providers:
    - type: trusted_networks
      trusted_networks: [127.0.0.1, "::1"]
      allow_bypass_login: true
    - type: homeassistant
frontend:
config:
history:
logbook:
energy:
sun:
logger:
  default: warning
  logs:
{logs}
"""

# The cameras' libraries are asked for and missed at every start; no car has a camera
# that we show.
QUIET: Final = {
    "haffmpeg": "critical",
    "homeassistant.components.camera.img_util": "critical",
}


def seed(config: Path, *, port: int, logs: Mapping[str, str]) -> None:
    """Write the folder as it is after onboarding, but without an owner."""
    (config / ".storage").mkdir(parents=True)
    levels = "".join(f"    {k}: {v}\n" for k, v in (QUIET | dict(logs)).items())
    url = f"http://127.0.0.1:{port}"
    text = CONFIGURATION.format(url=url, logs=levels, zone=ZONE)
    (config / "configuration.yaml").write_text(text)
    _store(config, "http", _http(port), version=2, minor=2)
    # Every step but the user's: the later ones set up what needs the internet.
    done = ["core_config", "analytics", "integration"]
    _store(config, "onboarding", {"done": done}, version=4)
    components = config / "custom_components"
    components.mkdir()
    (components / INTEGRATION.name).symlink_to(INTEGRATION, target_is_directory=True)


def _http(port: int) -> dict[str, Any]:
    """Return the settings of the web server; in YAML they are deprecated."""
    stable = {
        "server_port": port,
        "server_host": ["127.0.0.1"],
        "cors_allowed_origins": ["https://cast.home-assistant.io"],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": True,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": datetime.now(UTC).isoformat(),
        "error": None,
        "error_message": None,
    }
    return {"stable": stable, "pending": None, "yaml_migration_done": True}


def _store(
    config: Path, key: str, data: dict[str, Any], *, version: int, minor: int = 1
) -> None:
    """Write one file of Home Assistant's storage."""
    stored = {"version": version, "minor_version": minor, "key": key, "data": data}
    (config / ".storage" / key).write_text(json.dumps(stored, indent=2))
