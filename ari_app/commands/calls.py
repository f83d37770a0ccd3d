"""``switchboard calls``: the register, newest first."""

import argparse
import sys

import msgspec
from rich.table import Table

from ari_app.commands.choosing import TIMES, at_most, by_the_companys_clocks, moment, number, refuse_strangers
from ari_app.commands.opening import database_of
from ari_app.commands.printing import show
from db.records import CallRow
from db.stories import Stories
from premises.installation import Installation
from premises.wall_clock import WallClock, wall_clock


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("--since", type=moment, metavar="TIME", help=TIMES)
    parser.add_argument("--until", type=moment, metavar="TIME")
    parser.add_argument("--person", help="who was rung")
    parser.add_argument("--number", type=number, help="the caller's, in E.164")
    parser.add_argument("--customer", help="a customer's id")
    parser.add_argument("--limit", type=at_most, default=50, metavar="N", help="how many at most (default: 50)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(given: argparse.Namespace) -> int:
    """Prints them."""
    installation = Installation(given.data)
    with database_of(installation) as database:
        rows = Stories(database).calls(
            limit=given.limit,
            since=by_the_companys_clocks(given.since, installation),
            until=by_the_companys_clocks(given.until, installation),
            person=given.person,
            number=given.number,
            customer=given.customer,
        )
        if not rows:
            refuse_strangers(database, person=given.person, customer=given.customer)
    if given.json:
        for row in rows:
            sys.stdout.buffer.write(as_json(row) + b"\n")
    else:
        show(_table(rows, wall_clock(installation)))
    return 0


def as_json(row: CallRow, **more: object) -> bytes:
    """A call's row as JSON, with facts and trail in it as JSON, too; ``more``: what else is told of it."""
    fields = {name: getattr(row, name) for name in row.__struct_fields__ if name not in ("facts", "trail")}
    written = {name: _as_written(getattr(row, name)) for name in ("facts", "trail")}
    return msgspec.json.encode(fields | written | more)


def _as_written(text: bytes | None) -> msgspec.Raw | str | None:
    """The JSON that it is; as a text, should it be none: whoever reads the call is to see that, and all else of it."""
    if not text:
        return None
    try:
        return msgspec.json.decode(text.decode(), type=msgspec.Raw)
    except (ValueError, RecursionError):  # no UTF-8, no JSON, or nested too deep
        return text.decode(errors="replace")


def _table(rows: tuple[CallRow, ...], clock: WallClock) -> Table:
    table = Table()
    for column in ("id", "arrived", "caller", "customer", "line", "intent", "end", "seconds", "served by"):
        table.add_column(column)
    for row in rows:
        seconds = f"{(row.ended - row.arrived).total_seconds():.0f}" if row.ended else "…"
        table.add_row(
            row.id,
            clock.second(row.arrived),
            "erased" if row.erased else row.number or "withheld",
            row.customer or "-",
            row.dialled,
            row.intent or "-",
            row.end or "in progress",
            seconds,
            "" if row.served_by == "engine" else row.served_by,
        )
    return table
