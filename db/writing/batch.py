"""One batch of the register's rows into the database: all in one transaction, and no good row lost for a bad one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec
from sqlalchemy import Connection

from db import changes, outbox, rows
from db.database import Database
from db.errors import first_line
from db.records import RemarkRow, Row


class Refused(msgspec.Struct, frozen=True):
    """A row that no database could store, and why."""

    row: Row
    why: str


class Writer:
    """Writes rows; used by one thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._letters = outbox.insertion(database)
        self._statements = {kind: rows.upsert(database, kind) for kind in rows.TABLES}

    def write(self, batch: Iterable[Row]) -> list[Refused]:
        """Write the batch; once this returns, it is there for good, but for the rows refused.

        Raises what the database raises when it is the database that fails: then nothing was written.
        """
        batch = list(batch)
        try:
            with self._database.writing() as connection:
                self._together(connection, batch)
        except Exception as error:
            if not rows.is_to_blame(error):
                raise
        else:
            return []
        with self._database.writing() as connection:
            refused = list(self._one_by_one(connection, batch))
            changes.note(connection, batch)
            return refused

    def _put(self, connection: Connection, kind: type[Row], of_kind: list[Row]) -> None:
        """Whoever must be told of a remark is: its letters are there as soon as it is, or neither."""
        connection.execute(self._statements[kind], [rows.values(row) for row in of_kind])
        if letters := [letter for row in of_kind if isinstance(row, RemarkRow) for letter in outbox.letters(row)]:
            connection.execute(self._letters, letters)

    def _together(self, connection: Connection, batch: list[Row]) -> None:
        kinds = defaultdict[type[Row], list[Row]](list)
        for row in batch:
            kinds[type(row)].append(row)
        for kind, of_kind in kinds.items():
            self._put(connection, kind, of_kind)
        changes.note(connection, batch)

    def _one_by_one(self, connection: Connection, batch: list[Row]) -> Iterator[Refused]:
        for row in batch:
            try:
                with connection.begin_nested():
                    self._put(connection, type(row), [row])
            except Exception as error:
                if not rows.is_to_blame(error):
                    raise
                yield Refused(row, first_line(error))
