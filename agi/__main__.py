"""``python -m agi --data DIR``: be the stand-in of the installation in this data folder, until SIGTERM or Ctrl-C."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial

import structlog

from agi.answering import answer
from agi.server import Server, listen
from dialplan.plan import LOOPBACK
from premises import ports
from premises.alone import AlreadyRunning
from premises.installation import Installation
from premises.log import set_up
from premises.options import take_data_folder
from premises.rulebooks import NoRules, Rulebooks
from premises.settings import BadSettings

log = structlog.get_logger()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve; the exit status is 0 once told to stop, 1 if it cannot be done, with the reason on standard error."""
    parser = argparse.ArgumentParser(prog="python -m agi", description="Serve calls while no engine does.")
    take_data_folder(parser)
    parser.add_argument("--log", action="store_true", help="write the log to log/stand-in.log in the data folder")
    given = parser.parse_args(arguments)
    installation = Installation(given.data)
    try:
        set_up(installation.logs / "stand-in.log" if given.log else None)
        _serve(installation)
    except (ports.NotChosen, NoRules, AlreadyRunning, BadSettings, OSError) as fault:
        print(f"stand-in: {fault}", file=sys.stderr)
        return 1
    return 0


def _serve(installation: Installation) -> None:
    rules = Rulebooks(installation)
    port = ports.kept(installation.ports_file).agi
    with installation.stood_in_for() as lock, listen(LOOPBACK, port) as listener:
        rules.now()  # compiled once here, not in every call's process
        log.info("stand-in serves", port=listener.getsockname()[1], data=str(installation.folder))
        Server(partial(answer, installation=installation, rules=rules), lock.close).serve(listener)


if __name__ == "__main__":
    raise SystemExit(main())
