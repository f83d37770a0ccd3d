"""The customers in the directory, to be looked through; who may see which of them is said by the one who asks."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, exists, or_, select

from db.database import Database
from db.tables import Calls, CustomerNumbers, Customers, Legs, PersonDepartments
from routing.facts import PersonId


class CustomerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A customer as the directory has it, without the code (D26)."""

    id: str
    name: str
    other_names: tuple[str, ...]
    type: str
    manager: PersonId | None
    department: str | None
    language: str | None
    numbers: tuple[str, ...]
    overdue: Decimal
    balance: Decimal
    credit_limit: Decimal | None


class Circle(msgspec.Struct, frozen=True, kw_only=True):
    """Whose customers are meant: those of these people and departments, by the directory or by a recent call (D26)."""

    people: Collection[PersonId]
    departments: Collection[str]
    since: dt.datetime
    """Calls that arrived since then make a caller one's customer."""


class CustomerBook:
    """The directory's customers; for any number of threads. Raises SQLAlchemy's errors when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def customers(
        self,
        *,
        within: Circle | None = None,
        limit: int,
        beyond: str | None = None,
        name: str | None = None,
        number: str | None = None,
    ) -> tuple[CustomerEntry, ...]:
        """Customers in the order of their ids, those ``beyond`` the last id of an earlier page.

        ``name``: a part of it; on SQLite capitals count beyond ASCII. ``number``: as `db.numbers.normalise` gives it.
        """
        query = select(Customers.__table__).where(*_within(within)).order_by(Customers.id).limit(limit)
        if beyond is not None:
            query = query.where(Customers.id > beyond)
        if name is not None:
            query = query.where(Customers.name.icontains(name, autoescape=True))
        if number is not None:
            query = query.where(
                exists().where(CustomerNumbers.customer == Customers.id, CustomerNumbers.number == number)
            )
        return self._read(query)

    def customer(self, key: str, within: Circle | None = None) -> CustomerEntry | None:
        """One of them; None: there is none, or not within this circle."""
        found = self._read(select(Customers.__table__).where(Customers.id == key, *_within(within)))
        return found[0] if found else None

    def _read(self, query: Any) -> tuple[CustomerEntry, ...]:
        with self._database.reading() as connection:
            found = connection.execute(query).mappings().all()
            numbers = _numbers(connection, [row["id"] for row in found])
        fields = [name for name in CustomerEntry.__struct_fields__ if name != "numbers"]
        return tuple(
            CustomerEntry(numbers=tuple(numbers[row["id"]]), **{name: row[name] for name in fields}) for row in found
        )


def _numbers(connection: Connection, customers: Collection[str]) -> dict[str, list[str]]:
    numbers = defaultdict[str, list[str]](list)
    query = select(CustomerNumbers.customer, CustomerNumbers.number).where(CustomerNumbers.customer.in_(customers))
    for customer, number in connection.execute(query.order_by(CustomerNumbers.number)):
        numbers[customer].append(number)
    return numbers


def _within(circle: Circle | None) -> Iterator[ColumnElement[bool]]:
    if circle is None:
        return
    managers = select(PersonDepartments.person).where(PersonDepartments.department.in_(circle.departments))
    rung = exists().where(
        Calls.customer == Customers.id,
        Calls.arrived >= circle.since,
        Legs.call == Calls.id,
        Legs.person.in_(circle.people),
    )
    yield or_(
        Customers.manager.in_(circle.people),
        Customers.department.in_(circle.departments),
        Customers.manager.in_(managers),
        rung,
    )
