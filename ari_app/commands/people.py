"""``switchboard people``: who works here; ``people NAME --away WHY``, ``people NAME --back``."""

import argparse

from rich.table import Table

from ari_app.cli import Refused
from ari_app.commands.opening import database_of
from ari_app.commands.printing import show
from db.directory import Directory
from db.people import Staff
from premises.installation import Installation


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("person", nargs="?", help="a person's id")
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--away", metavar="WHY", help="not to be rung for now: lunch, training, …")
    change.add_argument("--back", action="store_true", help="to be rung again")


def run(given: argparse.Namespace) -> int:
    """Prints everybody, after the change if one was asked for; a running engine knows it within a second."""
    with database_of(Installation(given.data)) as database:
        directory = Directory(database)
        staff = directory.read_staff()
        if given.person is not None and given.person not in {person.id for person in staff.people}:
            raise Refused(f"nobody in the directory is called {given.person!r}")
        if given.away or given.back:
            if given.person is None:
                raise Refused("say who: switchboard people NAME --away WHY")
            directory.set_away(given.person, given.away)
            staff = directory.read_staff()
    show(_table(staff, given.person))
    return 0


def _table(staff: Staff, only: str | None) -> Table:
    table = Table()
    for column in ("id", "name", "extension", "role", "departments", "hours", "away"):
        table.add_column(column)
    for person in staff.people:
        if only in (None, person.id):
            away = staff.away.get(person.id)
            table.add_row(
                person.id,
                person.name,
                person.extension or "-",
                person.role,
                " ".join(person.departments),
                person.hours or "always",
                f"{away.reason} since {away.since.astimezone():%H:%M}" if away else "-",
            )
    return table
