"""``switchboard bans``: the addresses that are shut out since they guessed passwords; ``--lift`` lets one in again."""

import argparse
import datetime as dt
import ipaddress
import time

from rich.table import Table

from ari_app.bans.ban_list import BanList
from ari_app.cli import Refused
from ari_app.commands.printing import show
from premises.installation import Installation
from premises.wall_clock import wall_clock


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("--lift", metavar="ADDRESS", help="let this address in again; a running engine does so in 1 s")


def run(given: argparse.Namespace) -> int:
    """Prints them, or lifts one; 1 if that address was not shut out."""
    installation = Installation(given.data)
    bans, now = BanList(installation.bans), time.time()
    if given.lift:
        try:
            address = str(ipaddress.ip_address(given.lift))
        except ValueError:
            raise Refused(f"{given.lift!r} is no address") from None
        if not (installation.bans.exists() and bans.lift(address, now)):
            raise Refused(f"{address} is not shut out")
        print(f"{address} is let in again")
        return 0
    table, clock = Table(), wall_clock(installation)
    for column in ("address", "since", "until"):
        table.add_column(column)
    for ban in bans.read(now).values():
        table.add_row(ban.address, *(clock.second(_moment(seconds)) for seconds in (ban.since, ban.until)))
    show(table)
    return 0


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
