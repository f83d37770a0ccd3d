"""The PINs by which people sign in at telephones that are not their own, as `premises.passwords` keeps them."""

import msgspec
from sqlalchemy import delete, insert, select

from db.database import Database
from db.tables import People, Pins
from routing.facts import PersonId


class Kept(msgspec.Struct, frozen=True):
    """Somebody who can sign in by keys."""

    person: PersonId
    pin: str
    """As it is kept."""

    def __repr__(self) -> str:
        """Without the PIN."""
        return f"Kept({self.person!r})"


class PinBook:
    """PINs; for any number of threads. Raises SQLAlchemy's errors when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, extension: str) -> Kept | None:
        """Who has this internal number, and a PIN; None: nobody."""
        query = select(Pins.person, Pins.kept).join_from(Pins, People).where(People.extension == extension)
        with self._database.reading() as connection:
            found = connection.execute(query).one_or_none()
        return Kept(found.person, found.kept) if found else None

    def set(self, person: PersonId, kept: str | None) -> None:
        """Give somebody of the directory a PIN instead of the one before; None: none any more."""
        with self._database.writing() as connection:
            connection.execute(delete(Pins).where(Pins.person == person))
            if kept is not None:
                connection.execute(insert(Pins).values(person=person, kept=kept))
