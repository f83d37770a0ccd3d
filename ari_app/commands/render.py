"""``switchboard render DIR``: the PBX's configuration for an Asterisk that somebody already runs."""

import argparse
import os
import shlex
import sys
from pathlib import Path

from ari_app.commands.opening import rules_of, staff_of
from ari_app.pbx.planning import kept_ports, own_ports, plan
from dialplan.render import render_for_existing
from premises.installation import Installation
from premises.settings import PROGRAM

SPEAKING = ("SWITCHBOARD_ESPEAK", "SWITCHBOARD_SOX")


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="where to write it")


def run(given: argparse.Namespace) -> int:
    """Writes the files and says what to include where."""
    installation = Installation(given.data)
    installation.prepare()
    staff = staff_of(installation)
    # The stand-in of this folder listens at one port, whichever Asterisk asks for it.
    where = kept_ports(installation) if installation.ports_file.exists() else own_ports(installation)
    pbx = plan(installation, staff, rules_of(installation, staff), where)
    readme = render_for_existing(
        pbx, given.folder, stand_in=_stand_in(installation), ports_file=installation.ports_file
    )
    print(readme.read_text(encoding="utf-8"))
    return 0


def _stand_in(installation: Installation) -> str:
    """The command that starts it, with the programs that `./switchboard` found for it."""
    programs = [f"{name}={os.environ[name]}" for name in SPEAKING if name in os.environ]
    command = ["env", *programs, sys.executable, "-P", "-m", "agi", "--data", str(installation.folder)]
    return f"cd {shlex.quote(str(PROGRAM))} && {shlex.join(command)}"
