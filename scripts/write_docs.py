"""Write the pages of `docs/` that are made from the program's own tables.

Run as `.venv/bin/python -m scripts.write_docs` after a table or a text was changed.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from scripts import action_page, alert_page, automation_page, entity_page, error_page

DOCS: Final = Path(__file__).parents[1] / "docs"

PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "actions.md": action_page.written,
    "alerts.md": alert_page.written,
    "automations.md": automation_page.written,
    "entities.md": entity_page.written,
    "errors.md": error_page.written,
}
"""A page's name below `docs/`, and what writes it."""


def main() -> None:
    """Write every page."""
    for name, written in PAGES.items():
        (DOCS / name).write_text(written(), encoding="utf-8")


if __name__ == "__main__":
    main()
