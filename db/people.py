"""The staff in the directory: who works here, and who is away just now."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from db.database import Database
from db.tables import Leaves, People, PersonDepartments, Versions
from routing.facts import Leave, Person, PersonId


class Away(msgspec.Struct, frozen=True):
    """Somebody is not at the telephone just now, whatever the hours and the calendar say."""

    reason: str
    since: dt.datetime


class Staff(msgspec.Struct, frozen=True):
    """Everybody at one moment."""

    version: int
    """Another number means that something has changed, and only then."""
    people: tuple[Person, ...]
    """In the order of their ids."""
    away: dict[PersonId, Away]


def version_of(connection: Connection) -> int:
    """The staff's version: one small read, to see whether `read` is worth it."""
    return connection.execute(_VERSION).scalar_one()


def read(connection: Connection) -> Staff:
    """Everybody. The version is read first: what changes meanwhile has a later one, and is seen at the next look."""
    version = version_of(connection)
    departments, leaves = _departments(connection), _leaves(connection)
    away: dict[PersonId, Away] = {}
    people: list[Person] = []
    for row in connection.execute(_PEOPLE):
        if row.away is not None and row.away_since is not None:
            away[row.id] = Away(row.away, row.away_since)
        people.append(
            Person(
                id=row.id,
                name=row.name,
                role=row.role,
                departments=tuple(departments[row.id]),
                hours=row.hours,
                leave=tuple(leaves[row.id]),
                languages=row.languages,
                extension=row.extension,
            )
        )
    people.sort(key=lambda person: person.id)  # not by the database, whose collation may be any
    return Staff(version, tuple(people), away)


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
        changed(connection)


def set_away(connection: Connection, person: PersonId, away: Away | None) -> bool:
    """Note that somebody is away, or back with None. Gives whether there is such a person."""
    reason, since = (away.reason, away.since) if away else (None, None)
    found = connection.execute(update(People).where(People.id == person).values(away=reason, away_since=since))
    changed(connection)
    return bool(found.rowcount)


def changed(connection: Connection) -> None:
    """Raise the staff's version, within the transaction that changed it."""
    connection.execute(update(Versions).where(Versions.name == "staff").values(number=Versions.number + 1))


_VERSION = select(Versions.number).where(Versions.name == "staff")
_PEOPLE = select(
    People.id,
    People.name,
    People.role,
    People.hours,
    People.languages,
    People.extension,
    People.away,
    People.away_since,
)


def _departments(connection: Connection) -> dict[PersonId, list[str]]:
    found = defaultdict[PersonId, list[str]](list)
    columns = select(PersonDepartments.person, PersonDepartments.department)
    for person, department in connection.execute(columns.order_by(PersonDepartments.place)):
        found[person].append(department)
    return found


def _leaves(connection: Connection) -> dict[PersonId, list[Leave]]:
    found = defaultdict[PersonId, list[Leave]](list)
    for person, first, last in connection.execute(
        select(Leaves.person, Leaves.first, Leaves.last).order_by(Leaves.first)
    ):
        found[person].append(Leave(first, last))
    return found


def _put_departments(connection: Connection, people: Sequence[Person]) -> None:
    rows = [
        {"person": person.id, "department": department, "place": place}
        for person in people
        for place, department in enumerate(person.departments)
    ]
    if rows:
        connection.execute(insert(PersonDepartments), rows)


def _put_leaves(connection: Connection, people: Sequence[Person]) -> None:
    rows = [
        {"person": person.id, "first": leave.first, "last": leave.last} for person in people for leave in person.leave
    ]
    if rows:
        connection.execute(insert(Leaves), rows)
