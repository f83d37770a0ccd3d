"""The register read for statistics: every call of a span with its legs, and who was at work when.

A page at a time, the oldest first: neither the memory nor a transaction lasts for all, be it a million calls.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, select, tuple_

from db import rows
from db.database import Database
from db.paging import oldest
from db.records import AttendanceRow, CallRow, LegRow

_CALLS, _LEGS, _ATTENDANCE = rows.table_of(CallRow), rows.table_of(LegRow), rows.table_of(AttendanceRow)
_OF_CALLS = [column for column in _CALLS.columns if column.name != "facts"]
_LONGEST_CALL = dt.timedelta(days=2)
PAGE = 1000
"""Calls read at a time."""

CallWithLegs = tuple[CallRow, Sequence[LegRow]]
"""A call, without its facts, and everybody who was rung for it, in that order."""


class History:
    """The register's past, for any number of threads. Raises SQLAlchemy's errors when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def calls(self, since: dt.datetime, until: dt.datetime) -> Iterator[CallWithLegs]:
        """Every call that arrived in the span (``until`` does not belong to it), the oldest first."""
        time, key = _CALLS.c.arrived, _CALLS.c.id
        query = select(*_OF_CALLS).where(time >= since, time < until).limit(PAGE)
        page = self._page(oldest(query, time, key))
        while page:
            yield from page
            last = page[-1][0]
            page = self._page(oldest(query, time, key, (last.arrived, last.id)))

    def earlier_legs(self, moment: dt.datetime) -> tuple[LegRow, ...]:
        """The legs, of calls that have ended, which reach beyond the moment though their call arrived before it."""
        arrived = _CALLS.c.arrived
        earlier = select(_CALLS.c.id).where(
            arrived >= moment - _LONGEST_CALL, arrived < moment, _CALLS.c.ended.is_not(None)
        )
        over = func.coalesce(_LEGS.c.wrapped_up, _LEGS.c.ended)
        query = select(_LEGS).where(_LEGS.c.call.in_(earlier), _LEGS.c.ended.is_not(None), over > moment)
        with self._database.reading() as connection:
            return rows.read(LegRow, connection, query.order_by(_LEGS.c.rang, _LEGS.c.id))

    def attendance(self, since: dt.datetime, until: dt.datetime) -> tuple[AttendanceRow, ...]:
        """Who came to work and left in the span, in the order of the times; before that, how the span began."""
        person, time = _ATTENDANCE.c.person, _ATTENDANCE.c.since
        before = select(person, func.max(time)).where(time < since).group_by(person)
        within = select(_ATTENDANCE).where(time >= since, time < until)
        with self._database.reading() as connection:
            begun = rows.read(AttendanceRow, connection, select(_ATTENDANCE).where(tuple_(person, time).in_(before)))
            found = (*begun, *rows.read(AttendanceRow, connection, within))
        return tuple(sorted(found, key=lambda row: (row.since, row.person)))

    def _page(self, query: Select[Any]) -> list[CallWithLegs]:
        with self._database.reading() as connection:
            calls = rows.read(CallRow, connection, query)
            legs = _legs_of(connection, [call.id for call in calls])
        return [(call, legs[call.id]) for call in calls]


def _legs_of(connection: Connection, calls: Sequence[str]) -> Mapping[str, list[LegRow]]:
    query = select(_LEGS).where(_LEGS.c.call.in_(calls)).order_by(_LEGS.c.rang, _LEGS.c.id)
    return rows.by_call(rows.read(LegRow, connection, query))
