"""``switchboard render DIR``: the PBX's configuration for an Asterisk that somebody already runs."""

import argparse
from pathlib import Path

from ari_app import ports
from ari_app.commands.opening import rules_of, staff_of
from ari_app.planning import plan
from dialplan.render import render_for_existing
from premises.installation import Installation


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="where to write it")


def run(given: argparse.Namespace) -> int:
    """Writes the files and says what to include where."""
    installation = Installation(given.data)
    installation.prepare()
    staff = staff_of(installation)
    # Not the embedded PBX's own ports: it may be running.
    where = ports.settle(installation.pbx / "rendered-ports.json", installation.settings.address)
    pbx = plan(installation, staff, rules_of(installation, staff), where)
    readme = render_for_existing(pbx, given.folder)
    print(readme.read_text(encoding="utf-8"))
    return 0
