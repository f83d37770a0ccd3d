"""``switchboard accounts``: who may use the HTTP API. A password is read from the terminal, or from standard input."""

import argparse
from typing import get_args

from rich.table import Table

from ari_app.cli import Refused
from ari_app.commands.opening import database_of
from ari_app.commands.printing import show
from ari_app.commands.secret import asked
from db.accounts import Account, AccountBook, Role
from db.database import Database
from db.directory import Directory
from premises import passwords
from premises.clock import now
from premises.installation import Installation
from premises.wall_clock import WallClock, wall_clock

ACTIONS = ("list", "add", "password", "remove")
_NAMES = "letters, digits and . _ @ -, at most 64 of them"


def options(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("what", nargs="?", choices=ACTIONS, default="list")
    parser.add_argument("name", nargs="?", help=f"the account's: {_NAMES}")
    parser.add_argument("--role", choices=get_args(Role), help="add: what the account may do; see docs/api.md")
    parser.add_argument("--person", help="add: who it is in the directory (default: whoever has the account's name)")


def run(given: argparse.Namespace) -> int:
    """Prints them, or what was done."""
    installation = Installation(given.data)
    with database_of(installation) as database:
        book = AccountBook(database)
        if given.what == "list":
            show(_table(book, wall_clock(installation)))
            return 0
        if not given.name:
            raise Refused("say whose: switchboard accounts list shows them")
        match given.what:
            case "add":
                _add(database, book, given)
            case "password":
                _change(book, given.name)
            case _:
                _remove(book, given.name)
    return 0


def _add(database: Database, book: AccountBook, given: argparse.Namespace) -> None:
    if given.role is None:
        raise Refused(f"say --role: one of {', '.join(get_args(Role))}")
    if len(given.name) > 64 or not all(one.isascii() and (one.isalnum() or one in "._@-") for one in given.name):
        raise Refused(f"{given.name!r} is no name for an account: {_NAMES}")
    account = Account(name=given.name, role=given.role, person=_person(database, given), made=now())
    if not book.add(account, _password()):
        raise Refused(f"there is an account {given.name!r} already: switchboard accounts password changes its password")
    print(f"{account.name}: may sign in as {account.role}" + (f", is {account.person}" if account.person else ""))


def _person(database: Database, given: argparse.Namespace) -> str | None:
    """Who it is in the directory. An operator is somebody there: else no call would ever be the operator's own."""
    people = {person.id for person in Directory(database).staff()}
    person: str | None = given.person or (given.name if given.name in people else None)
    if person is not None and person not in people:
        raise Refused(f"nobody in the directory is called {person!r}")
    if person is None and given.role in ("operator", "head"):
        raise Refused(f"say --person: the {given.role} is somebody of the directory (switchboard people)")
    return person


def _change(book: AccountBook, name: str) -> None:
    if name not in {account.name for account in book.all()} or not book.set_password(name, _password()):
        raise Refused(f"there is no account {name!r}")
    print(f"{name}: has a new password, and must sign in again everywhere")


def _remove(book: AccountBook, name: str) -> None:
    if not book.remove(name):
        raise Refused(f"there is no account {name!r}")
    print(f"{name}: is no account any more")


def _password() -> str:
    return asked("password", passwords.wrong_with)


def _table(book: AccountBook, clock: WallClock) -> Table:
    table = Table()
    for column in ("account", "role", "person", "made"):
        table.add_column(column)
    for account in book.all():
        table.add_row(account.name, account.role, account.person or "-", clock.minute(account.made))
    return table
