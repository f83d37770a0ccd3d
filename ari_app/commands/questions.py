"""``switchboard questions``: what customers ask for, counted per day and department (T5)."""

import argparse
import csv
import sys
from zoneinfo import ZoneInfo

import msgspec
from rich.table import Table

from ari_app.commands.opening import database_of, rules_of, staff_of
from ari_app.commands.printing import show
from db.questions import Count, questions
from premises.clock import now
from premises.installation import Installation

_COLUMNS = ("day", "department", "reason", "calls")


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("--days", type=_days, default=7, metavar="N", help="today and the days before it (default: 7)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="for a spreadsheet")
    form.add_argument("--json", action="store_true", help="one JSON object a line")


def run(given: argparse.Namespace) -> int:
    """Prints the counts, the latest day and the most frequent first."""
    installation = Installation(given.data)
    zone = ZoneInfo(rules_of(installation, staff_of(installation)).company.timezone)
    with database_of(installation) as database:
        counts = questions(database, now().astimezone(zone).date(), given.days, zone)
    if given.json:
        sys.stdout.buffer.writelines(msgspec.json.encode(count) + b"\n" for count in counts)
    elif given.csv:
        csv.writer(sys.stdout).writerows([_COLUMNS, *map(_row, counts)])
    else:
        table = Table(*_COLUMNS)
        for count in counts:
            table.add_row(*_row(count))
        show(table)
    return 0


def _row(count: Count) -> tuple[str, str, str, str]:
    return str(count.day), count.department or "", count.reason, str(count.calls)


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 3660):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days: 1 to 3660")
    return int(text)
