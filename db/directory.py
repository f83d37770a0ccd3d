"""The directory: whose number it is (D2), and who works here. Its functions wait for the database; see `db.lookup`."""

import datetime as dt
from typing import Literal

from sqlalchemy import bindparam, select

from db import people
from db.database import Database
from db.people import Staff
from db.records import DutyRow
from db.tables import CUSTOMERS, CustomerNumbers, Customers, Versions
from db.text import clean
from routing.facts import Customer, Debt, Person, PersonId

LONGEST_REASON = 256
"""Characters kept of why somebody is away."""

# Made once: SQLAlchemy then finds the SQL in its cache, and both databases find their prepared statement.
BY_NUMBER = (
    select(
        Customers.id,
        Customers.name,
        Customers.type,
        Customers.manager,
        Customers.department,
        Customers.overdue,
        Customers.balance,
        Customers.credit_limit,
        Customers.language,
        Customers.code,
    )
    .join_from(CustomerNumbers, Customers, Customers.id == CustomerNumbers.customer)
    .where(CustomerNumbers.number == bindparam("number"))
)
_CUSTOMERS_VERSION = select(Versions.number).where(Versions.name == CUSTOMERS)


class Directory:
    """What the directory knows; for any number of threads. Raises SQLAlchemy's errors when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def customer(self, number: str | None) -> Customer | None:
        """Whose number it is, as `db.numbers.normalise` gives it; None: nobody's, or the number is withheld."""
        if number is None:
            return None
        with self._database.reading() as connection:
            row = connection.execute(BY_NUMBER, {"number": number}).one_or_none()
        if row is None:
            return None
        return Customer(
            id=row.id,
            name=row.name,
            type=row.type,
            manager=row.manager,
            department=row.department,
            debt=Debt(overdue=row.overdue, balance=row.balance, limit=row.credit_limit),
            language=row.language,
            code=row.code,
        )

    def staff(self) -> tuple[Person, ...]:
        """Everybody, in the order of their ids."""
        return self.read_staff().people

    def read_staff(self) -> Staff:
        """Everybody, what they said about being at work, and the version of it all."""
        with self._database.reading() as connection:
            return people.read(connection)

    def staff_version(self) -> int:
        """Another number than before means that `read_staff` would give something else."""
        with self._database.reading() as connection:
            return people.version_of(connection)

    def customers_version(self) -> int:
        """Another number than before means that an import has changed customers; 0 before the first one."""
        with self._database.reading() as connection:
            return connection.execute(_CUSTOMERS_VERSION).scalar_one_or_none() or 0

    def set_away(self, person: PersonId, reason: str | None, *, since: dt.datetime | None = None) -> None:
        """Note that somebody is away, from now on unless told otherwise; None: is back.

        Raises KeyError when nobody has this id.
        """
        kind: Literal["in", "away"] = "in" if reason is None else "away"
        at = since or dt.datetime.now(dt.UTC)
        duty = DutyRow(person=person, kind=kind, reason=reason and clean(reason, LONGEST_REASON), since=at)
        with self._database.writing() as connection:
            if not people.say(self._database, connection, duty):
                raise KeyError(person)
