"""``switchboard report day|week|month``: what the calls come to, the calls behind a figure, and the files of days."""

import argparse
import datetime as dt
import os
import sys
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from ari_app.cli import Refused
from ari_app.commands.calls import as_json as call_as_json
from ari_app.commands.choosing import EARLIEST, LATEST
from ari_app.commands.figures import table_of_calls, tables_of
from ari_app.commands.opening import database_of, timezone_of
from ari_app.commands.printing import show
from ari_app.reporting import write_due
from premises.clock import now
from premises.figures import Reporting
from premises.installation import Installation
from premises.wall_clock import WallClock
from reports.forms import as_csv, as_json
from reports.span import KINDS, Span, span
from reports.tally import UnknownFigureError, figure

SHOWN_TOGETHER = 1000
"""Calls in one table: a month's may be a million."""
_LONGEST = 86_400.0
"""Seconds within which a call may be answered in time."""


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument(
        "what",
        choices=(*KINDS, "due"),
        help="which time; due: write the files of the days that are over into the folder of the setting daily_reports",
    )
    parser.add_argument("--date", type=day, metavar="DAY", help="a day of it, as 2026-11-24 (default: today)")
    parser.add_argument(
        "--within", type=seconds, metavar="SECONDS", help="in time is what is answered so soon (default: a setting, 20)"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="for spreadsheets; times in seconds")
    form.add_argument("--json", action="store_true", help="one JSON object; with --calls one a line")
    parser.add_argument(
        "--calls",
        nargs="+",
        metavar="FIGURE",
        help="the calls behind a figure: abandoned; hour 09 abandoned; queue operators answered; person anna missed",
    )


def run(given: argparse.Namespace) -> int:
    """Prints it."""
    installation = Installation(given.data)
    settings, timezone = installation.settings, timezone_of(installation)
    within = settings.answer_within_seconds if given.within is None else given.within
    with database_of(installation) as database:
        reporting = Reporting(database, within)
        if given.what == "due":
            _write_due(installation, reporting, settings.daily_reports, timezone)
            return 0
        days = span(given.what, given.date or now().astimezone(ZoneInfo(timezone)).date(), timezone)
        if given.calls:
            _show_calls(reporting, given, days)
            return 0
        report = reporting.report(days, now())
    if given.csv or given.json:
        sys.stdout.buffer.write(as_csv(report).encode() if given.csv else as_json(report) + b"\n")
        return 0
    for table in tables_of(report, reporting.names):
        show(table)
    print("the calls behind a figure: --calls abandoned, --calls queue operators abandoned, --calls person anna missed")
    return 0


def day(text: str) -> dt.date:
    """A day as people type it, for argparse."""
    try:
        given = dt.date.fromisoformat(text)
    except ValueError:
        given = dt.date.min
    if not EARLIEST <= given <= LATEST:  # its week and month must have a calendar, too
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write it as 2026-11-24")
    return given


def seconds(text: str) -> float:
    """Seconds as people type them, for argparse."""
    try:
        given = float(text)
    except ValueError:
        given = -1.0
    if not 0 <= given <= _LONGEST:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds: write it as 20")
    return given


def _write_due(installation: Installation, reporting: Reporting, folder: str | None, timezone: str) -> None:
    if folder is None:
        raise Refused("no folder for them: name one in settings.yaml, as  daily_reports: /srv/reports")
    if not Path(folder).is_dir():
        raise Refused(f"{folder} is no folder: make it, or change daily_reports in settings.yaml")
    os.nice(10)  # calls go first
    for file in write_due(installation, reporting, Path(folder), timezone, now()):
        print(file)


def _show_calls(reporting: Reporting, given: argparse.Namespace, days: Span) -> None:
    if given.csv:
        raise Refused("--calls goes with --json, not with --csv")
    try:
        calls = reporting.calls_behind(figure(given.calls), days)
    except UnknownFigureError as why:
        raise Refused(f"--calls {' '.join(given.calls)}: {why}") from None
    if given.json:
        for one in calls:
            waited, talked = one.waited.total_seconds(), one.talked.total_seconds()
            line = call_as_json(one.row, fate=one.fate, waited=waited, talked=talked)
            sys.stdout.buffer.write(line + b"\n")
    else:
        while some := tuple(islice(calls, SHOWN_TOGETHER)):
            show(table_of_calls(some, WallClock(days.timezone)))
