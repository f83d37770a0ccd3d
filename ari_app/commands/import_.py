"""``switchboard import customers|people FILE.csv``: all of the file or nothing of it."""

import argparse
import sys
from pathlib import Path

from rich.progress import Progress

from ari_app.cli import Refused
from ari_app.commands.opening import database_of, rules_of, staff_of
from db.importing import import_customers, import_people
from premises.checking import check
from premises.installation import Installation

READERS = {"customers": import_customers, "people": import_people}


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("what", choices=READERS)
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument("--remove", action="store_true", help="whoever the file does not have leaves the directory")


def run(given: argparse.Namespace) -> int:
    """Prints what was read, or every row that is wrong; and what is wrong in the rules for these people."""
    installation = Installation(given.data)
    print(import_file(installation, given.what, given.file, remove=given.remove))
    if given.what == "people":
        _check_rules(installation)
    return 0


def _check_rules(installation: Installation) -> None:
    """Nothing is wrong with the file: these may be the first of all people. But nobody should learn of it from `up`."""
    checked = check(installation.rule_file, staff_of(installation))
    if not checked.passed:
        told = "with these people the rules have mistakes; `up` goes by those in force before, if any were"
        print(f"{told}\n{checked.report}", file=sys.stderr)


def import_file(installation: Installation, what: str, file: Path, *, remove: bool = False) -> str:
    """Read the file into the directory; raises `Refused` with everything that is wrong in it."""
    with database_of(installation) as database, Progress(transient=True) as progress:
        task = progress.add_task(f"reading {file.name}", total=None)
        rulebook = rules_of(installation, ())
        report = READERS[what](
            database, file, rulebook, lambda rows: progress.update(task, completed=rows), remove=remove
        )
    if report.mistakes:
        raise Refused("nothing was imported\n" + "\n".join(str(mistake) for mistake in report.mistakes))
    return str(report)
