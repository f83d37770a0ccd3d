"""``switchboard people``: who works here; ``--away WHY`` and ``--back`` change it, ``--why`` explains it.

``--pin`` gives somebody a PIN to sign in with at other telephones; it is read as passwords are.
"""

import argparse

from rich.table import Table

from ari_app.cli import Refused
from ari_app.commands.opening import database_of, rules_of
from ari_app.commands.printing import show
from ari_app.commands.secret import asked
from db.database import Database
from db.directory import Directory
from db.people import Staff
from db.pins import PinBook
from db.presences import Presences
from premises import pins
from premises.clock import now
from premises.installation import Installation
from premises.seating import Seating
from premises.turns import Turns
from premises.wall_clock import WallClock, wall_clock
from premises.whereabouts import Whereabouts, tell
from routing.hours import local, open_names
from routing.people import absence
from routing.presence import Duty
from routing.seats import told

OFFERS = 5
"""So many of the last ones are shown."""


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("person", nargs="?", help="a person's id")
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--away", metavar="WHY", help="not to be rung for now: lunch, training, …")
    change.add_argument("--back", action="store_true", help="to be rung again")
    change.add_argument("--pin", action="store_true", help="set the PIN for signing in at any telephone (*44)")
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
                print(*tell(known, wall_clock(installation)), sep="\n")
            return 0
        if (given.away or given.back or given.pin) and given.person is None:
            raise Refused("say who: switchboard people NAME, and what about that person")
        if given.pin:
            _set_pin(database, staff, given.person)
            return 0
        if given.away or given.back:
            directory.set_away(given.person, given.away)
            staff = directory.read_staff()
    show(_table(staff, given.person, wall_clock(installation)))
    return 0


def _set_pin(database: Database, staff: Staff, who: str) -> None:
    """It goes with the internal number, which is keyed in first."""
    extension = next(person.extension for person in staff.people if person.id == who)
    if extension is None:
        raise Refused(f"{who} has no extension to sign in by: give one in the people file (docs/directory.md)")
    PinBook(database).set(who, asked("PIN", pins.wrong_with))
    print(f"{who}: signs in at any telephone by *44, {extension}# and the PIN, with # behind it")


def _whereabouts(installation: Installation, database: Database, staff: Staff, only: str | None) -> list[Whereabouts]:
    rulebook, served = rules_of(installation, staff.people), installation.is_announced()
    presences = Presences(database)
    seats = Seating(installation.seats, Turns(installation.turns)).now()
    today, hours = local(rulebook, now()).date(), open_names(rulebook, now())
    return [
        Whereabouts(
            person=person.id,
            name=person.name,
            calendar=absence(person, today, hours),
            duty=staff.duties.get(person.id, Duty()),
            seat=told(seats, person.id),
            presence=presences.of(person.id),
            served=served,
            offers=presences.offers(person.id, OFFERS),
        )
        for person in staff.people
        if only in (None, person.id)
    ]


def _table(staff: Staff, only: str | None, clock: WallClock) -> Table:
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
                _away(staff.duties.get(person.id, Duty()), clock),
            )
    return table


def _away(duty: Duty, clock: WallClock) -> str:
    if duty.kind == "in" or duty.since is None:
        return "-"
    return f"{duty.reason or 'signed out'} since {clock.minute(duty.since)}"
