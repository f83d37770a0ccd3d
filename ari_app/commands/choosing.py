"""What lists are narrowed down by, as people type it: times, numbers, people, customers, how many."""

import argparse
import datetime as dt
import re
from zoneinfo import ZoneInfo

from ari_app.cli import Refused
from ari_app.commands.opening import timezone_of
from db.database import Database
from db.directory import Directory
from db.personal import known_of
from premises.installation import Installation

_AGO = re.compile(r"(\d+)([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_NUMBER = re.compile(r"\+[0-9]{1,20}")
EARLIEST, LATEST = dt.date(1970, 1, 1), dt.date(9000, 1, 1)
MOST = 1_000_000
"""Rows in one list; `report` counts more."""
TIMES = "2026-11-24, 2026-11-24T09:00 (by the company's clocks), 2026-11-24T09:00+03:00, or 30m, 2h, 7d ago"


def moment(text: str) -> dt.datetime:
    """A time as people type it, for argparse: a date, a time, or so long ago; see `by_the_companys_clocks`."""
    try:
        if ago := _AGO.fullmatch(text):
            given: dt.datetime | None = dt.datetime.now(dt.UTC) - dt.timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        else:
            given = dt.datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        given = None
    if given is None or not EARLIEST <= given.date() <= LATEST:  # everybody's clock can tell it
        raise argparse.ArgumentTypeError(f"{text!r} is no time: 2026-11-24, 2026-11-24T09:00+03:00, 30m, 2h or 7d")
    return given


def by_the_companys_clocks(given: dt.datetime | None, installation: Installation) -> dt.datetime | None:
    """A `moment` that was typed without a time zone in the company's, in which reports count days, too.

    Raises `Refused` where it is not known.
    """
    if given is None or given.tzinfo:
        return given
    return given.replace(tzinfo=ZoneInfo(timezone_of(installation)))


def number(text: str) -> str:
    """A caller's number, for argparse, as the register has it."""
    if not _NUMBER.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number in E.164: write it as +79160000101")
    return text


def at_most(text: str) -> int:
    """A number of rows, for argparse."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rows: 1 to {MOST}")
    return int(text)


def refuse_strangers(database: Database, *, person: str | None, customer: str | None) -> None:
    """Of a list with nothing in it: say so if it was asked for somebody whom nothing is known of. Raises `Refused`."""
    if person is not None and person not in {one.id for one in Directory(database).staff()}:
        raise Refused(f"nobody in the directory is called {person!r}, and no call has rung anybody of that name")
    if customer is not None and known_of(database, customer).is_nothing:
        raise Refused(f"nothing is known of a customer {customer}: the id is meant, as the directory has it")
