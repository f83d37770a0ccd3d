"""``switchboard check [FILE]``: every mistake at once, then the proof."""

import argparse
from pathlib import Path

from ari_app.commands.opening import staff_of
from premises.checking import check
from premises.installation import Installation
from premises.settings import PROGRAM
from routing.schema import schema_text


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("file", nargs="?", type=Path, help="the rule file (default: the installation's)")
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of rule files, for editors")


def run(given: argparse.Namespace) -> int:
    """0: the rules are good; 1: they are not."""
    if given.schema:
        print(schema_text())
        return 0
    installation = Installation(given.data)
    file = given.file or installation.rule_file
    staff = staff_of(installation)
    checked = check(file, staff)
    if checked.report:
        print(checked.report)
    if checked.proof is None:
        return 1
    people = (
        f"{len(staff)} people of the directory" if staff else "people assumed in every role, for lack of a directory"
    )
    minutes = checked.proof.longest_seconds / 60
    verdict = "every caller reaches an answer" if checked.passed else "NOT every caller reaches an answer"
    shown = file.relative_to(PROGRAM) if file.is_relative_to(PROGRAM) else file
    print(f"{shown}: {verdict}, at the latest after {minutes:.0f} minutes ({checked.proof.cases} cases, {people})")
    return 0 if checked.passed else 1
