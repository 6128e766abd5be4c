"""Where the browser for the checks is, and how to get one.

Run as a module it prints the path, or says what to install and fails.
"""

import os
from pathlib import Path
import shutil
import sys

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
HOW_TO_GET_IT = (
    "The browser checks need Chromium: `apt-get install --no-install-recommends "
    "chromium` on Debian, `dnf install chromium` on Fedora, Google Chrome elsewhere, "
    "or CHROMIUM=/path/to/it."
)


class NoBrowserError(RuntimeError):
    """No browser is installed; the message says how to get one."""


def find() -> Path:
    """Return the browser to drive, or raise with what to install."""
    for name in (os.environ.get("CHROMIUM"), *NAMES):
        if name and (found := shutil.which(name)):
            return Path(found)
    raise NoBrowserError(HOW_TO_GET_IT)


def main() -> int:
    """Print the browser's path; fail with instructions where there is none."""
    is_quiet = "--quiet" in sys.argv
    try:
        found = find()
    except NoBrowserError as err:
        if not is_quiet:
            sys.stderr.write(f"{err}\n")
        return 1
    if not is_quiet:
        sys.stdout.write(f"{found}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
