"""``python -m web --data DIR``: serve the HTTP API of the installation in this data folder, until SIGTERM or Ctrl-C."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence

from db.errors import DatabaseError
from premises.alone import AlreadyRunning
from premises.installation import Installation
from premises.log import set_up
from premises.options import take_data_folder
from premises.settings import BadSettings
from web.serving import serve

NICENESS = 5
"""Calls have the processors first."""
AGAIN_SECONDS = 2.0
"""Between two looks at settings, or a port, that keep the API from being served."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve; the exit status is 0 once told to stop, 1 if another one serves from there already."""
    parser = argparse.ArgumentParser(prog="python -m web", description="Serve the HTTP API.")
    take_data_folder(parser)
    parser.add_argument("--log", action="store_true", help="write the log to log/web.log in the data folder")
    given = parser.parse_args(arguments)
    installation = Installation(given.data)
    os.nice(NICENESS)
    try:
        installation.prepare()
        set_up(installation.logs / "web.log" if given.log else None)
        _serve(installation)
    except (AlreadyRunning, OSError) as fault:
        print(f"HTTP API: {fault}", file=sys.stderr)
        return 1
    return 0


def _serve(installation: Installation) -> None:
    """Serve until told to stop. What keeps us from it is told once, and looked at again until it was put right.

    Raises `AlreadyRunning`.
    """
    told = ""
    while True:
        try:
            return serve(installation)
        except (BadSettings, DatabaseError, OSError) as fault:
            if str(fault) != told:
                print(f"HTTP API not served, calls are: {fault}", file=sys.stderr)
            told = str(fault)
        for number in (signal.SIGTERM, signal.SIGINT):  # which may stop a server that is no more
            signal.signal(number, signal.SIG_DFL)
        time.sleep(AGAIN_SECONDS)


if __name__ == "__main__":
    raise SystemExit(main())
