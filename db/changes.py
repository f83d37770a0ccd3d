"""In which order the register changes: who follows it learns of everything, and resumes where it was.

Each transaction of the register's writers, and each change of a task, ends by taking the next number and noting under
it which calls, people and tasks it was about. The counter's row is locked from then to the commit, which comes next: so
numbers become visible in their order, without a gap, whichever engine wrote them, and nobody waits longer for another
one than for a commit. It costs a transaction two small statements, of which there are ten a second at most, however
many calls there are.

Only names are noted, and rows are read when somebody is told: what comes late or twice can show nobody an old state,
and of an erased customer nothing is here. A call's row and its legs have all their times in them, so who comes back
after a while learns of each ringing and each talk of every call meanwhile, though a call is told once.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from db.database import Database
from db.records import ActRow, CallRow, DutyRow, LegRow, PresenceRow, Row, TaskRow
from db.tables import CHANGES, Changes, Versions
from routing.facts import PersonId

KEPT = 200_000
"""So many changes are kept: five and a half hours of ten a second, and on an ordinary day some days."""
_TIDIED_EVERY = 1000
ENOUGH = 500
"""Calls after which no further transaction is told with those before: of a spool delivered, each has hundreds."""


class Had(msgspec.Struct, frozen=True):
    """Somebody who had a task that may be another one's now, or nobody's."""

    task: str
    owner: str | None
    """A person, a group or a department's head; None: anybody could have seen to it."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What one or more transactions were about."""

    sequence: int
    """The number of the last of them."""
    calls: frozenset[str]
    people: frozenset[PersonId]
    tasks: frozenset[str] = frozenset()
    """Those that were taken from somebody, or erased, as well."""
    had: frozenset[Had] = frozenset()
    """From whom: only they may be told that a task is theirs no more."""


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
        query = select(*_TOLD).where(Changes.sequence > sequence)
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
            tasks=frozenset(task for row in told for task in row.tasks),
            had=frozenset(_had(one) for row in told for one in row.had),
        )


def _until_enough(found: Iterable[Any]) -> Iterator[Any]:
    calls = set[str]()
    for row in found:
        yield row
        calls.update(row.calls)
        if len(calls) >= ENOUGH:
            return


def note(connection: Connection, written: Iterable[Row], had: Iterable[Had] = ()) -> None:
    """Note what the rows of a transaction are about, and who ``had`` its tasks; to be done last in it."""
    had = tuple(had)
    calls, people, tasks = set[str](), set[PersonId](), {one.task for one in had}
    for row in written:
        match row:
            case CallRow():
                calls.add(row.id)
            case LegRow() | ActRow():
                calls.add(row.call)
            case PresenceRow() | DutyRow():
                people.add(row.person)
            case TaskRow():
                tasks.add(row.id)
    if calls or people or tasks:
        number = connection.execute(_NEXT).scalar_one()
        names = {"calls": calls, "people": people, "tasks": tasks, "had": set(map(_word, had))}
        values = {name: tuple(sorted(words)) for name, words in names.items()}
        connection.execute(_NOTE, {"sequence": number, **values})
        if number % _TIDIED_EVERY == 0:
            connection.execute(delete(Changes).where(Changes.sequence <= number - KEPT))


def _word(had: Had) -> str:
    """A task's id has no spaces, an owner's name may."""
    return had.task if had.owner is None else f"{had.task} {had.owner}"


def _had(word: str) -> Had:
    task, _, owner = word.partition(" ")
    return Had(task, owner or None)


_TOLD = (Changes.sequence, Changes.calls, Changes.people, Changes.tasks, Changes.had)
_NOTE = insert(Changes)
_LAST = select(Versions.number).where(Versions.name == CHANGES)
_NEXT = update(Versions).where(Versions.name == CHANGES).values(number=Versions.number + 1).returning(Versions.number)
