"""Live a year, or some days of it: `python -m tests.year ours self_wakes --days 21`.

With several kinds of cars, one of each lives in the same household.
"""

import argparse
from datetime import datetime
import json
import logging
from pathlib import Path
import sys
import time

from .lived import PROGRAMS, Case, run
from .town import MODELS, SHORT_DAYS, SPRING


def main() -> int:
    """Live it and print what came of it."""
    parser = argparse.ArgumentParser(prog="tests.year", description=__doc__)
    parser.add_argument("program", choices=sorted(PROGRAMS))
    parser.add_argument("models", nargs="+", choices=MODELS)
    parser.add_argument("--begin", type=datetime.fromisoformat, default=SPRING)
    parser.add_argument("--days", type=int, default=SHORT_DAYS)
    parser.add_argument("--json", type=Path, help="write the figures to a file")
    parser.add_argument("--log", action="store_true", help="show warnings")
    wanted = parser.parse_args()
    if not wanted.log:
        logging.disable(logging.CRITICAL)
    case = Case(
        program=wanted.program,
        models=tuple(wanted.models),
        begin=wanted.begin,
        days=wanted.days,
    )
    before = time.perf_counter()
    figures = run(case)
    text = json.dumps(figures, indent=1)
    sys.stdout.write(f"{text}\n{time.perf_counter() - before:.0f} s\n")
    if wanted.json is not None:
        wanted.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
