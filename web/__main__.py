"""``python -m web --data DIR``: serve the HTTP API of the installation in this data folder, until SIGTERM or Ctrl-C."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from db.errors import DatabaseError
from premises.installation import AlreadyRunning, Installation
from premises.log import set_up
from premises.settings import PROGRAM, BadSettings
from web.serving import serve

NICENESS = 5
"""Calls have the processors first."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve; the exit status is 0 once told to stop, 1 if it cannot be done, with the reason on standard error."""
    parser = argparse.ArgumentParser(prog="python -m web", description="Serve the HTTP API.")
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("SWITCHBOARD_DATA", PROGRAM / "var")),
        metavar="DIR",
        help="the installation's data folder (default: SWITCHBOARD_DATA, else ./var)",
    )
    parser.add_argument("--log", action="store_true", help="write the log to log/web.log in the data folder")
    given = parser.parse_args(arguments)
    installation = Installation(given.data)
    os.nice(NICENESS)
    try:
        installation.prepare()
        set_up(installation.logs / "web.log" if given.log else None)
        serve(installation)
    except (AlreadyRunning, BadSettings, DatabaseError, OSError) as fault:
        print(f"HTTP API: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
