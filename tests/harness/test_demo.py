"""The demo, as a newcomer runs it: the same story on this Home Assistant and the next."""

from pathlib import Path
import subprocess

import pytest

CHECKOUT = Path(__file__).parents[2]


@pytest.mark.browser
@pytest.mark.process
@pytest.mark.parametrize(
    "environment",
    [
        pytest.param(".venv", id="Home Assistant 2026.10.4"),
        pytest.param(".venv-next", id="Home Assistant 2026.11.0"),
    ],
)
def test_the_story_is_true(
    environment: str, tmp_path: Path, socket_enabled: None
) -> None:
    """`scripts/demo --check` ends well, without a warning of ours in the log."""
    python = str(CHECKOUT / environment / "bin" / "python")
    demo = [python, "-m", "tests.harness.demo", "--check", "--folder", str(tmp_path)]
    ended = subprocess.run(
        demo, cwd=CHECKOUT, capture_output=True, text=True, timeout=400, check=False
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
