"""The register's rows on their way into the database and back: cleaned, upserted, read.

What a row may change is decided by the database itself, in one statement: a call that is closed is not opened again by
an older row that comes late, an erased one is not filled again, what was noted afterwards (a message was heard, a task
done, a file removed) is not lost, and of what people said and did the latest counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, String, Table, and_, func, or_, true
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, ProgrammingError, StatementError

from db.database import Database, Upsert
from db.records import (
    ActRow,
    AttendanceRow,
    CallRow,
    DutyRow,
    LegRow,
    MessageRow,
    PresenceRow,
    RecordingRow,
    RemarkRow,
    Row,
    TaskRow,
)
from db.tables import Acts, Attendances, Calls, Duties, Legs, Messages, Presences, Recordings, Remarks, Tables, Tasks
from db.text import clean

TABLES: dict[type[Row], type[Tables]] = {
    CallRow: Calls,
    LegRow: Legs,
    RecordingRow: Recordings,
    MessageRow: Messages,
    TaskRow: Tasks,
    DutyRow: Duties,
    PresenceRow: Presences,
    AttendanceRow: Attendances,
    RemarkRow: Remarks,
    ActRow: Acts,
}
_LATEST: dict[type[Row], str] = {DutyRow: "since", PresenceRow: "noted"}
"""By which of its times a row is later than another one."""
_NOTED_AFTERWARDS = {"heard", "heard_by", "removed", "taken", "taken_by", "done", "done_by"}

Key = tuple[type[Row], str]
Kind = TypeVar(
    "Kind", CallRow, LegRow, RecordingRow, MessageRow, TaskRow, DutyRow, PresenceRow, AttendanceRow, RemarkRow, ActRow
)
OfCall = TypeVar("OfCall", LegRow, MessageRow, RemarkRow, ActRow)


def key(row: Row) -> Key:
    """What makes two rows the same one: the later replaces the earlier."""
    match row:
        case RecordingRow():
            return type(row), row.call
        case DutyRow() | PresenceRow():
            return type(row), row.person
        case AttendanceRow():
            return type(row), f"{row.person} {row.since.isoformat()}"
        case _:
            return type(row), row.id


def values(row: Row) -> dict[str, Any]:
    """The row as the database takes it: texts without what cannot be stored, no longer than their columns."""
    lengths = _lengths(type(row))
    return {name: _fit(value, lengths.get(name)) for name, value in msgspec.structs.asdict(row).items()}


def cleaned(row: Row) -> Row:
    """The row with texts that can be stored, as `values` has them."""
    return type(row)(**values(row))


def upsert(database: Database, kind: type[Row]) -> Upsert:
    """The statement that writes a row of this kind, be it new or known."""
    table = table_of(kind)
    statement = database.upsert(TABLES[kind])
    new = statement.excluded
    changes = {
        column.name: func.coalesce(new[column.name], column) if column.name in _NOTED_AFTERWARDS else new[column.name]
        for column in table.columns
        if not column.primary_key
    }
    where = and_(*_conditions(table, new, _LATEST.get(kind)))
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changes, where=where)


def _conditions(table: Table, new: Any, latest: str | None) -> Iterator[ColumnElement[bool]]:
    """When a known row may be changed."""
    yield true()
    if latest is not None:
        yield table.c[latest] <= new[latest]
    if "ended" in table.c:
        yield or_(table.c.ended.is_(None), new["ended"].is_not(None))
    if "erased" in table.c:
        yield table.c.erased.is_(None)


def read(kind: type[Kind], connection: Connection, query: Select[Any]) -> tuple[Kind, ...]:
    """The rows that a query over whole rows of their table finds."""
    return tuple(kind(**stored) for stored in connection.execute(query).mappings())


def by_call(found: Iterable[OfCall]) -> defaultdict[str, list[OfCall]]:
    """Rows by the call that they are of, in the order in which they come; none for a call that has none."""
    calls = defaultdict[str, list[OfCall]](list)
    for row in found:
        calls[row.call].append(row)
    return calls


def table_of(kind: type[Row]) -> Table:
    """The table of a kind of rows; its columns have the names of the row's fields."""
    table = TABLES[kind].__table__
    if not isinstance(table, Table):  # pragma: no cover - SQLAlchemy types it more widely than it is
        raise TypeError(kind)
    return table


def is_to_blame(error: Exception) -> bool:
    """Whether the row itself cannot be stored, so that trying again is of no use; else the database has its troubles.

    A ProgrammingError with an SQLSTATE was said by the server (a table is missing, access is denied), one without by
    the driver, which cannot send such a value.
    """
    if isinstance(error, DataError | IntegrityError):
        return True
    if isinstance(error, ProgrammingError | InterfaceError):
        return not error.connection_invalidated and getattr(error.orig, "sqlstate", None) is None
    if isinstance(error, DBAPIError):
        return False
    return isinstance(error, StatementError | ValueError | TypeError | ArithmeticError)


@cache
def _lengths(kind: type[Row]) -> dict[str, int]:
    """The columns of text, with their longest."""
    columns = table_of(kind).columns
    return {c.name: c.type.length for c in columns if isinstance(c.type, String) and c.type.length is not None}


def _fit(value: Any, length: int | None) -> Any:
    if isinstance(value, str):
        return clean(value, length)
    if isinstance(value, tuple):
        return tuple(_fit(one, None) for one in value)
    return value
