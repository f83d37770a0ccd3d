"""What several commands open: the installation's database and what is in it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from ari_app.cli import Refused
from db.database import Database, connect, opened
from db.directory import Directory
from premises.checking import check
from premises.installation import Installation
from premises.rulebooks import NoRules, Rulebooks
from routing import BadRules, load, render_mistakes
from routing.facts import Person
from routing.rulebook import Rulebook


@contextmanager
def database_of(installation: Installation) -> Iterator[Database]:
    """The installation's database, migrated to what this version needs, closed at the end."""
    installation.prepare()
    database = connect(installation.settings.database or "")
    try:
        yield database
    finally:
        database.close()


def staff_of(installation: Installation) -> tuple[Person, ...]:
    """Everybody in the directory; nobody where there is no directory yet, which this does not make."""
    with closing(opened(installation.settings.database or "")) as database:
        file = database.engine.url.database
        if database.is_sqlite and not Path(str(file)).exists():
            return ()
        return Directory(database).staff()


def timezone_of(installation: Installation) -> str:
    """The company's time zone, by the rules in force; raises `Refused` where there never were any."""
    with suppress(NoRules):
        return Rulebooks(installation).now().company.timezone
    text = installation.rule_file.read_bytes()
    try:
        return load(text).company.timezone
    except BadRules as bad:
        raise Refused(
            f"the rules have mistakes\n{render_mistakes(bad.mistakes, str(installation.rule_file), text)}"
        ) from bad


def rules_of(installation: Installation, staff: tuple[Person, ...]) -> Rulebook:
    """The installation's rules; raises `Refused` with what is wrong in them."""
    checked = check(installation.rule_file, staff)
    if checked.rulebook is None:
        raise Refused(f"the rules have mistakes\n{checked.report}")
    return checked.rulebook
