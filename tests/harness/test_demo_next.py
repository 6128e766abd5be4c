"""The demo on the next Home Assistant, as a newcomer runs it.

In a file of its own, so that two workers play the two stories at the same time.
"""

from pathlib import Path

import pytest

from .check import complaint


@pytest.mark.browser
@pytest.mark.process
def test_the_story_is_true(tmp_path: Path, socket_enabled: None) -> None:
    """On 2026.11.0 it ends well, without a warning of ours in the log."""
    assert complaint(".venv-next", tmp_path) == ""
