"""The staff in the directory: who works here, and what they said about being at work."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from db import rows
from db.database import Database
from db.records import DutyRow
from db.tables import STAFF, Duties, Leaves, People, PersonDepartments, Versions
from routing.facts import Leave, Person, PersonId
from routing.presence import Duty


class Staff(msgspec.Struct, frozen=True):
    """Everybody at one moment."""

    version: int
    """Another number means that something has changed, and only then."""
    people: tuple[Person, ...]
    """In the order of their ids."""
    duties: dict[PersonId, Duty] = {}
    """What each said last about being at work; who is not in it never said anything."""


def version_of(connection: Connection) -> int:
    """The staff's version: one small read, to see whether `read` is worth it."""
    return connection.execute(_VERSION).scalar_one()


def read(connection: Connection) -> Staff:
    """Everybody. The version is read first: what changes meanwhile has a later one, and is seen at the next look."""
    version = version_of(connection)
    departments, leaves = _departments(connection), _leaves(connection)
    people = [_person(row, departments[row.id], leaves[row.id]) for row in connection.execute(_PEOPLE)]
    people.sort(key=lambda person: person.id)  # not by the database, whose collation may be any
    return Staff(version, tuple(people), _duties(connection))


def put(database: Database, connection: Connection, people: Sequence[Person]) -> None:
    """Write these people, new ones and known ones; who is away stays away. The departments must be there."""
    if not people:
        return
    statement = database.upsert(People)
    fields = ("name", "role", "hours", "languages", "extension")
    statement = statement.on_conflict_do_update(
        index_elements=["id"], set_={field: statement.excluded[field] for field in fields}
    )
    ids = [{"of": person.id} for person in people]
    # Two people may have swapped their extensions, and each row is checked by itself.
    connection.execute(update(People).where(People.id == bindparam("of")).values(extension=None), ids)
    values = [{"id": person.id} | {field: getattr(person, field) for field in fields} for person in people]
    connection.execute(statement, values)
    for table in (PersonDepartments, Leaves):
        connection.execute(delete(table).where(table.person == bindparam("of")), ids)
    _put_departments(connection, people)
    _put_leaves(connection, people)
    changed(connection)


def remove(connection: Connection, ids: Iterable[PersonId]) -> None:
    """Forget these people. They must not be anybody's manager."""
    if who := [{"of": person} for person in ids]:
        connection.execute(delete(People).where(People.id == bindparam("of")), who)
        connection.execute(delete(Duties).where(Duties.person == bindparam("of")), who)
        changed(connection)


def say(database: Database, connection: Connection, duty: DutyRow) -> bool:
    """Note what somebody says about being at work. Gives whether there is such a person."""
    if connection.execute(select(People.id).where(People.id == duty.person)).one_or_none() is None:
        return False
    connection.execute(rows.upsert(database, DutyRow), rows.values(duty))
    changed(connection)
    return True


def changed(connection: Connection) -> None:
    """Raise the staff's version, within the transaction that changed it."""
    connection.execute(update(Versions).where(Versions.name == STAFF).values(number=Versions.number + 1))


_VERSION = select(Versions.number).where(Versions.name == STAFF)
_PEOPLE = select(
    People.id,
    People.name,
    People.role,
    People.hours,
    People.languages,
    People.extension,
)


def _person(row: "Row[*tuple[Any, ...]]", departments: Iterable[str], leave: Iterable[Leave]) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        role=row.role,
        departments=tuple(departments),
        hours=row.hours,
        leave=tuple(leave),
        languages=row.languages,
        extension=row.extension,
    )


def _departments(connection: Connection) -> dict[PersonId, list[str]]:
    found = defaultdict[PersonId, list[str]](list)
    columns = select(PersonDepartments.person, PersonDepartments.department)
    for person, department in connection.execute(columns.order_by(PersonDepartments.place)):
        found[person].append(department)
    return found


def _duties(connection: Connection) -> dict[PersonId, Duty]:
    found = rows.read(DutyRow, connection, select(rows.table_of(DutyRow)))
    return {row.person: Duty(row.kind, row.reason, row.since) for row in found}


def _leaves(connection: Connection) -> dict[PersonId, list[Leave]]:
    found = defaultdict[PersonId, list[Leave]](list)
    for person, first, last in connection.execute(
        select(Leaves.person, Leaves.first, Leaves.last).order_by(Leaves.first)
    ):
        found[person].append(Leave(first, last))
    return found


def _put_departments(connection: Connection, people: Sequence[Person]) -> None:
    belonging = [
        {"person": person.id, "department": department, "place": place}
        for person in people
        for place, department in enumerate(person.departments)
    ]
    if belonging:
        connection.execute(insert(PersonDepartments), belonging)


def _put_leaves(connection: Connection, people: Sequence[Person]) -> None:
    leaves = [
        {"person": person.id, "first": leave.first, "last": leave.last} for person in people for leave in person.leave
    ]
    if leaves:
        connection.execute(insert(Leaves), leaves)
