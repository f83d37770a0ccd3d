"""``python -m agi --data DIR``: be the stand-in of the installation in this data folder, until SIGTERM or Ctrl-C."""

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec
import structlog

from agi.answering import answer
from agi.errors import AgiError, NotServing
from agi.server import Server, listen
from dialplan.plan import LOOPBACK, Ports
from premises.installation import AlreadyRunning, Installation
from premises.log import set_up
from premises.rulebooks import NoRules, Rulebooks
from premises.settings import PROGRAM, BadSettings

log = structlog.get_logger()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve; the exit status is 0 once told to stop, 1 if it cannot be done, with the reason on standard error."""
    parser = argparse.ArgumentParser(prog="python -m agi", description="Serve calls while no engine does.")
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("SWITCHBOARD_DATA", PROGRAM / "var")),
        metavar="DIR",
        help="the installation's data folder (default: SWITCHBOARD_DATA, else ./var)",
    )
    parser.add_argument("--log", action="store_true", help="write the log to log/stand-in.log in the data folder")
    given = parser.parse_args(arguments)
    installation = Installation(given.data)
    try:
        set_up(installation.logs / "stand-in.log" if given.log else None)
        _serve(installation)
    except (AgiError, NoRules, AlreadyRunning, BadSettings, OSError) as fault:
        print(f"stand-in: {fault}", file=sys.stderr)
        return 1
    return 0


def _serve(installation: Installation) -> None:
    rules = Rulebooks(installation)
    with installation.stood_in_for() as lock, listen(LOOPBACK, _port(installation)) as listener:
        rules.now()  # compiled once here, not in every call's process
        log.info("stand-in serves", port=listener.getsockname()[1], data=str(installation.folder))
        Server(partial(answer, installation=installation, rules=rules), lock.close).serve(listener)


def _port(installation: Installation) -> int:
    try:
        return msgspec.json.decode(installation.ports_file.read_bytes(), type=Ports).agi
    except FileNotFoundError:
        raise NotServing(f"{installation.ports_file} is not there: start ./switchboard up once, it makes it") from None
    except msgspec.DecodeError as error:
        raise NotServing(f"{installation.ports_file}: {error}; ./switchboard up writes it anew") from error


if __name__ == "__main__":
    raise SystemExit(main())
