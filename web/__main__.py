"""``python -m web --data DIR``: serve the HTTP API of the installation in this data folder, until SIGTERM or Ctrl-C."""

import argparse
import os
import sys
from collections.abc import Sequence

from db.errors import DatabaseError
from premises.installation import AlreadyRunning, Installation
from premises.log import set_up
from premises.options import take_data_folder
from premises.settings import BadSettings
from web.serving import serve

NICENESS = 5
"""Calls have the processors first."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve; the exit status is 0 once told to stop, 1 if it cannot be done, with the reason on standard error."""
    parser = argparse.ArgumentParser(prog="python -m web", description="Serve the HTTP API.")
    take_data_folder(parser)
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
