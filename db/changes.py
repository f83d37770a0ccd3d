"""In which order the register changes: who follows it learns of everything, and resumes where it was.

Each transaction of the register's writers ends by taking the next number and noting under it which calls and people it
was about. The counter's row is locked from then to the commit, which comes next: so numbers become visible in their
order, without a gap, whichever engine wrote them, and nobody waits longer for another one than for a commit. It costs a
transaction two small statements, of which there are ten a second at most, however many calls there are.

Only names are noted, and rows are read when somebody is told: what comes late or twice can show nobody an old state,
and of an erased customer nothing is here. A call's row and its legs have all their times in them, so who comes back
after a while learns of each ringing and each talk of every call meanwhile, though a call is told once.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from db.database import Database
from db.records import ActRow, CallRow, DutyRow, LegRow, PresenceRow, Row
from db.tables import CHANGES, Changes, Versions
from routing.facts import PersonId

KEPT = 200_000
"""So many changes are kept: five and a half hours of ten a second, and on an ordinary day some days."""
_TIDIED_EVERY = 1000
ENOUGH = 500
"""Calls after which no further transaction is told with those before: of a spool delivered, each has hundreds."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What one or more transactions were about."""

    sequence: int
    """The number of the last of them."""
    calls: frozenset[str]
    people: frozenset[PersonId]


class Forgotten(Exception):  # noqa: N818 - it is a fact
    """What came after that number is not kept any more, or the database never had that number."""


class ChangeBook:
    """The changes' reading side; for any number of threads. Raises SQLAlchemy's errors when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self) -> int:
        """The number of the last change; 0: there was none yet."""
        with self._database.reading() as connection:
            return connection.execute(_LAST).scalar_one()

    def after(self, sequence: int, limit: int) -> Change:
        """What the next transactions after that number were about, so many of them at most. Raises `Forgotten`.

        Fewer where they were about very many calls, see `ENOUGH`.
        """
        query = select(Changes.sequence, Changes.calls, Changes.people).where(Changes.sequence > sequence)
        with self._database.reading() as connection:
            last = connection.execute(_LAST).scalar_one()  # first: what is there up to it must be found below
            found = connection.execute(query.order_by(Changes.sequence).limit(limit)).all()
        if sequence > last or (found[0].sequence != sequence + 1 if found else sequence < last):
            raise Forgotten
        told = list(_until_enough(found))
        return Change(
            sequence=told[-1].sequence if told else sequence,
            calls=frozenset(call for row in told for call in row.calls),
            people=frozenset(person for row in told for person in row.people),
        )


def _until_enough(found: Iterable[Any]) -> Iterator[Any]:
    calls = set[str]()
    for row in found:
        yield row
        calls.update(row.calls)
        if len(calls) >= ENOUGH:
            return


def note(connection: Connection, written: Iterable[Row]) -> None:
    """Note what the rows of a transaction are about; to be done last in it."""
    calls, people = set[str](), set[PersonId]()
    for row in written:
        match row:
            case CallRow():
                calls.add(row.id)
            case LegRow() | ActRow():
                calls.add(row.call)
            case PresenceRow() | DutyRow():
                people.add(row.person)
    if calls or people:
        number = connection.execute(_NEXT).scalar_one()
        values = {"sequence": number, "calls": tuple(sorted(calls)), "people": tuple(sorted(people))}
        connection.execute(_NOTE, values)
        if number % _TIDIED_EVERY == 0:
            connection.execute(delete(Changes).where(Changes.sequence <= number - KEPT))


_NOTE = insert(Changes)
_LAST = select(Versions.number).where(Versions.name == CHANGES)
_NEXT = update(Versions).where(Versions.name == CHANGES).values(number=Versions.number + 1).returning(Versions.number)
