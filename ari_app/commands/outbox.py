"""``switchboard outbox``: which departments could not be told of what, and why; ``--again`` tries it anew."""

import argparse

from rich.table import Table

from ari_app.commands.opening import database_of
from ari_app.commands.printing import show
from db.outbox import Outbox, Unsent
from premises.clock import now
from premises.installation import Installation
from premises.wall_clock import WallClock, wall_clock


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("--again", action="store_true", help="let a running engine try at once what was given up")


def run(given: argparse.Namespace) -> int:
    """Prints what could not be sent, or how many letters are tried anew."""
    installation = Installation(given.data)
    with database_of(installation) as database:
        outbox = Outbox(database)
        if given.again:
            print(f"{outbox.send_again(now())} letters are tried again")
        else:
            show(_table(outbox.unsent(), wall_clock(installation)))
    return 0


def _table(letters: tuple[Unsent, ...], clock: WallClock) -> Table:
    table = Table()
    for column in ("letter", "department", "remark", "attempts", "next", "why"):
        table.add_column(column)
    for one in letters:
        due = clock.second(one.due) if one.due else "given up"
        table.add_row(one.id, one.department, one.remark, str(one.attempts), due, one.why)
    return table
