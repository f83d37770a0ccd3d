"""``switchboard tasks``: what is owed to callers, the oldest first; ``take`` and ``done`` change it."""

import argparse

from rich.table import Table

from ari_app.cli import Refused
from ari_app.commands.opening import database_of, rules_of
from ari_app.commands.printing import show
from db.database import Database
from db.directory import Directory
from db.tasks import Owed, TaskList
from premises.clock import now
from premises.installation import Installation
from premises.wall_clock import WallClock, wall_clock
from routing.people import owners


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("act", nargs="?", choices=("list", "take", "done"), default="list")
    parser.add_argument("task", nargs="?", help="a task's id, as the list shows it")
    parser.add_argument("--by", metavar="PERSON", help="who sees to it, or has done it")
    parser.add_argument("--for", dest="person", metavar="PERSON", help="list only what this person must see to")


def run(given: argparse.Namespace) -> int:
    """Changes what was asked for, and prints what is left."""
    installation = Installation(given.data)
    with database_of(installation) as database:
        people = Directory(database).read_staff().people
        for person in (given.by, given.person):
            if person is not None and person not in {one.id for one in people}:
                raise Refused(f"nobody in the directory is called {person!r}")
        if given.act != "list":
            _change(database, given)
        owed = TaskList(database).open()
        if given.person is not None:
            rulebook = rules_of(installation, people)
            owed = tuple(
                one
                for one in owed
                if one.task.taken_by == given.person
                or (one.task.owner and given.person in {who.id for who in owners(one.task.owner, rulebook, people)})
            )
    show(_table(owed, wall_clock(installation)))
    return 0


def _change(database: Database, given: argparse.Namespace) -> None:
    if given.task is None or given.by is None:
        raise Refused(f"say which and who: switchboard tasks {given.act} TASK --by PERSON")
    tasks = TaskList(database)
    change = tasks.take if given.act == "take" else tasks.do
    if not change(given.task, given.by, now()):
        raise Refused(f"there is no open task {given.task!r}")


def _table(owed: tuple[Owed, ...], clock: WallClock) -> Table:
    table = Table()
    for column in ("id", "since", "kind", "about", "owner", "number", "customer", "taken by"):
        table.add_column(column, overflow="fold")
    for one in owed:
        task = one.task
        table.add_row(
            task.id,
            clock.minute(task.since),
            task.kind,
            task.about,
            task.owner or "-",
            one.number or "-",
            one.customer or "-",
            task.taken_by or "-",
        )
    return table
