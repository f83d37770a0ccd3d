"""What people are doing, and what was offered to them last, as the register has it (T3)."""

from sqlalchemy import select

from db import rows
from db.database import Database
from db.paging import newest
from db.records import LegRow, PresenceRow
from routing.facts import PersonId

_PRESENCES, _LEGS = rows.table_of(PresenceRow), rows.table_of(LegRow)


class Presences:
    """Everybody's presence, for any number of threads. Raises SQLAlchemy's errors when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[PersonId, PresenceRow]:
        """What everybody was doing, as of the last change of it, who was ever seen by an engine."""
        with self._database.reading() as connection:
            return {row.person: row for row in rows.read(PresenceRow, connection, select(_PRESENCES))}

    def of(self, person: PersonId) -> PresenceRow | None:
        """What a person was doing, as of the last change of it; None: no engine has seen the person yet."""
        with self._database.reading() as connection:
            found = rows.read(PresenceRow, connection, select(_PRESENCES).where(_PRESENCES.c.person == person))
        return found[0] if found else None

    def offers(self, person: PersonId, limit: int) -> tuple[LegRow, ...]:
        """The last times that this person was rung, with what came of it: the newest first."""
        query = newest(select(_LEGS).where(_LEGS.c.person == person), _LEGS.c.rang, _LEGS.c.id).limit(limit)
        with self._database.reading() as connection:
            return rows.read(LegRow, connection, query)
