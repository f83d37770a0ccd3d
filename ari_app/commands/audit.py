"""``switchboard audit``: the register and Asterisk's own list of calls, compared; see ``docs/audit.md``."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing

import msgspec

from ari_app.commands.choosing import TIMES, by_the_companys_clocks, moment
from ari_app.commands.opening import database_of
from ari_app.recordings.places import places_of
from ari_app.witness import auditing
from ari_app.witness.comparing import SETTLED, Finding, compare
from ari_app.witness.repairing import repaired
from db.register import Register
from db.stories import Stories
from premises.installation import Installation
from premises.wall_clock import wall_clock


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("--since", type=moment, default="1d", metavar="TIME", help=f"{TIMES} (default: 1d)")
    parser.add_argument(
        "--settled",
        type=float,
        default=SETTLED,
        metavar="SECONDS",
        help="leave out calls that ended less than so long ago (default: %(default)g)",
    )
    parser.add_argument("--repair", action="store_true", help="write and close rows from Asterisk's list first")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(given: argparse.Namespace) -> int:
    """Prints what does not agree, a line for each call; 0 only if there is nothing."""
    installation = Installation(given.data)
    since = by_the_companys_clocks(given.since, installation) or given.since
    with database_of(installation) as database:
        stories = Stories(database)
        picture = auditing.picture(installation, stories, since, given.settled)
        findings = compare(picture)
        if given.repair:
            with closing(Register(database)) as register:
                register.put(*repaired(findings, picture, stories.story, places_of(installation).last_sound))
                register.flush()
            findings = auditing.audit(installation, stories, since, given.settled)
    if given.json:
        _print_json(findings)
    else:
        _print(findings, wall_clock(installation).second(since))
    return 1 if findings else 0


def _print_json(findings: Sequence[Finding]) -> None:
    for finding in findings:
        sys.stdout.buffer.write(msgspec.json.encode(finding) + b"\n")


def _print(findings: Sequence[Finding], since: str) -> None:
    for finding in findings:
        print(finding)
    told = f"{len(findings)} findings" if findings else "register and Asterisk's list of calls agree"
    print(f"{told}, since {since}")
