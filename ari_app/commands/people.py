"""``switchboard people``: who works here; ``--away WHY`` and ``--back`` change it, ``--why`` explains it."""

import argparse

from rich.table import Table

from ari_app.cli import Refused
from ari_app.commands.opening import database_of, rules_of
from ari_app.commands.printing import show
from db.database import Database
from db.directory import Directory
from db.people import Staff
from db.stories import Stories
from premises.clock import now
from premises.installation import Installation
from premises.whereabouts import Whereabouts, tell
from routing.hours import local, open_names
from routing.people import absence
from routing.presence import Duty

OFFERS = 5
"""So many of the last ones are shown."""


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("person", nargs="?", help="a person's id")
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--away", metavar="WHY", help="not to be rung for now: lunch, training, …")
    change.add_argument("--back", action="store_true", help="to be rung again")
    change.add_argument("--why", action="store_true", help="why somebody gets calls, or none; and the last offers")


def run(given: argparse.Namespace) -> int:
    """Prints everybody, after the change if one was asked for; a running engine knows it within a second."""
    installation = Installation(given.data)
    with database_of(installation) as database:
        directory = Directory(database)
        staff = directory.read_staff()
        if given.person is not None and given.person not in {person.id for person in staff.people}:
            raise Refused(f"nobody in the directory is called {given.person!r}")
        if given.why:
            for known in _whereabouts(installation, database, staff, given.person):
                print(*tell(known), sep="\n")
            return 0
        if given.away or given.back:
            if given.person is None:
                raise Refused("say who: switchboard people NAME --away WHY")
            directory.set_away(given.person, given.away)
            staff = directory.read_staff()
    show(_table(staff, given.person))
    return 0


def _whereabouts(installation: Installation, database: Database, staff: Staff, only: str | None) -> list[Whereabouts]:
    rulebook, stories, served = rules_of(installation, staff.people), Stories(database), installation.is_announced()
    today, hours = local(rulebook, now()).date(), open_names(rulebook, now())
    return [
        Whereabouts(
            person=person.id,
            name=person.name,
            calendar=absence(person, today, hours),
            duty=staff.duties.get(person.id, Duty()),
            presence=stories.presence(person.id),
            served=served,
            offers=stories.offers(person.id, OFFERS),
        )
        for person in staff.people
        if only in (None, person.id)
    ]


def _table(staff: Staff, only: str | None) -> Table:
    table = Table()
    for column in ("id", "name", "extension", "role", "departments", "hours", "away"):
        table.add_column(column)
    for person in staff.people:
        if only in (None, person.id):
            table.add_row(
                person.id,
                person.name,
                person.extension or "-",
                person.role,
                " ".join(person.departments),
                person.hours or "always",
                _away(staff.duties.get(person.id, Duty())),
            )
    return table


def _away(duty: Duty) -> str:
    if duty.kind == "in" or duty.since is None:
        return "-"
    return f"{duty.reason or 'signed out'} since {duty.since.astimezone():%H:%M}"
